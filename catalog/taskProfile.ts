import { isoSeconds } from "./isoDuration";
import { limits } from "./limits";
import { hasDigest, sasExpiry, suspectedSecret, suspectedSecretVariable } from "./secrets";

interface Settings {
    readonly name?: string;
    readonly value?: string;
}

interface Files {
    readonly httpUrl?: string;
    readonly storageContainerUrl?: string;
}

/** What of a task (in the names of the data plane) its profile is made from. */
export interface ProfiledTask {
    readonly id?: string;
    readonly commandLine?: string;
    readonly environmentSettings?: readonly Settings[];
    readonly resourceFiles?: readonly Files[];
    readonly outputFiles?: readonly {
        readonly destination?: { readonly container?: { readonly containerUrl?: string } };
    }[];
    readonly constraints?: {
        readonly maxWallClockTime?: string;
        readonly maxTaskRetryCount?: number;
        readonly retentionTime?: string;
    };
    readonly requiredSlots?: number;
    readonly containerSettings?: { readonly imageName?: string };
}

/** What a policy has to know of many tasks, in a few hundred bytes. It holds no value of a task, secret or not. */
export interface TaskProfile extends TaskLimits, TaskContents {}

/** The part that needs no command line, variable or URL: known before anything is deployed. */
export interface TaskLimits {
    readonly tasks: number;
    /** Tasks that may run for ever. */
    readonly withoutWallClock: number;
    /** The largest number of retries; -1 when one has no limit. */
    readonly maxRetries: number;
    /** The most task slots that one takes. */
    readonly maxSlots: number;
    /** The longest time that files of a task are kept, in seconds, as far as tasks say it. */
    readonly longestRetention?: number;
    /** Some of the images that are named by a tag. */
    readonly imagesWithoutDigest: readonly string[];
}

/** The part that is seen in command lines, variables and URLs alone. */
export interface TaskContents {
    /** Some of the places where a secret is suspected. */
    readonly secrets: readonly string[];
    /** When the first and the last shared access signature end (ISO 8601). */
    readonly sas?: { readonly first: string; readonly last: string };
}

const SHOWN = 5;

/** Whether a time limit is one: the service writes "none" as a time of thousands of years. */
export function limitsWallClock(time: string | undefined): boolean {
    const seconds = time === undefined ? undefined : isoSeconds(time);
    return seconds !== undefined && seconds < limits.taskLifetime.value;
}

function secretsOf(task: ProfiledTask): string[] {
    const where = `task ${task.id ?? "without id"}`;
    const inCommand = suspectedSecret(task.commandLine ?? "");
    const inVariables = (task.environmentSettings ?? []).flatMap(({ name = "", value = "" }) => {
        const what = suspectedSecretVariable(name, value);
        return what === undefined ? [] : [`${where}, environment variable ${name}: ${what}`];
    });
    return inCommand === undefined ? inVariables : [`${where}, command line: ${inCommand}`, ...inVariables];
}

function sasEnds(task: ProfiledTask): number[] {
    const urls = [
        ...(task.resourceFiles ?? []).flatMap(({ httpUrl, storageContainerUrl }) => [
            httpUrl,
            storageContainerUrl,
        ]),
        ...(task.outputFiles ?? []).map(({ destination }) => destination?.container?.containerUrl),
    ];
    return urls.flatMap((url) => (url === undefined ? [] : (sasExpiry(url) ?? [])));
}

/** Limits of some tasks. */
export function taskLimits(tasks: readonly ProfiledTask[]): TaskLimits {
    let withoutWallClock = 0;
    let maxRetries = 0;
    let maxSlots = 1;
    let longestRetention: number | undefined;
    const images = new Set<string>();
    for (const task of tasks) {
        const { maxWallClockTime, maxTaskRetryCount = 0, retentionTime } = task.constraints ?? {};
        if (!limitsWallClock(maxWallClockTime)) withoutWallClock++;
        maxRetries =
            maxRetries === -1 || maxTaskRetryCount === -1 ? -1 : Math.max(maxRetries, maxTaskRetryCount);
        maxSlots = Math.max(maxSlots, task.requiredSlots ?? 1);
        const retention = retentionTime === undefined ? undefined : isoSeconds(retentionTime);
        if (retention !== undefined) longestRetention = Math.max(longestRetention ?? 0, retention);
        const image = task.containerSettings?.imageName;
        if (image !== undefined && !hasDigest(image) && images.size < SHOWN) images.add(image);
    }
    return {
        tasks: tasks.length,
        withoutWallClock,
        maxRetries,
        maxSlots,
        ...(longestRetention === undefined ? {} : { longestRetention }),
        imagesWithoutDigest: [...images],
    };
}

/** What is seen in the contents of some tasks. */
export function taskContents(tasks: readonly ProfiledTask[]): TaskContents {
    let sas: { first: number; last: number } | undefined;
    const secrets: string[] = [];
    for (const task of tasks) {
        if (secrets.length < SHOWN) secrets.push(...secretsOf(task));
        for (const end of sasEnds(task)) {
            sas = { first: Math.min(sas?.first ?? end, end), last: Math.max(sas?.last ?? end, end) };
        }
    }
    return {
        secrets: secrets.slice(0, SHOWN),
        ...(sas === undefined
            ? {}
            : { sas: { first: new Date(sas.first).toISOString(), last: new Date(sas.last).toISOString() } }),
    };
}

/** The profile of some tasks. */
export const taskProfile = (tasks: readonly ProfiledTask[]): TaskProfile => ({
    ...taskLimits(tasks),
    ...taskContents(tasks),
});
