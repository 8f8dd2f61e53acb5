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

/** Finds the limits of tasks that come one by one. */
export class LimitsProfiler {
    #tasks = 0;
    #withoutWallClock = 0;
    #maxRetries = 0;
    #maxSlots = 1;
    #longestRetention: number | undefined;
    readonly #images = new Set<string>();

    add(task: ProfiledTask): void {
        const { maxWallClockTime, maxTaskRetryCount = 0, retentionTime } = task.constraints ?? {};
        this.#tasks++;
        if (!limitsWallClock(maxWallClockTime)) this.#withoutWallClock++;
        this.#maxRetries =
            this.#maxRetries === -1 || maxTaskRetryCount === -1
                ? -1
                : Math.max(this.#maxRetries, maxTaskRetryCount);
        this.#maxSlots = Math.max(this.#maxSlots, task.requiredSlots ?? 1);
        const retention = retentionTime === undefined ? undefined : isoSeconds(retentionTime);
        if (retention !== undefined)
            this.#longestRetention = Math.max(this.#longestRetention ?? 0, retention);
        const image = task.containerSettings?.imageName;
        if (image !== undefined && !hasDigest(image) && this.#images.size < SHOWN) this.#images.add(image);
    }

    limits(): TaskLimits {
        return {
            tasks: this.#tasks,
            withoutWallClock: this.#withoutWallClock,
            maxRetries: this.#maxRetries,
            maxSlots: this.#maxSlots,
            ...(this.#longestRetention === undefined ? {} : { longestRetention: this.#longestRetention }),
            imagesWithoutDigest: [...this.#images],
        };
    }
}

/** Finds what is seen in the contents of tasks that come one by one. */
export class ContentsProfiler {
    #sas: { first: number; last: number } | undefined;
    readonly #secrets: string[] = [];

    add(task: ProfiledTask): void {
        if (this.#secrets.length < SHOWN) this.#secrets.push(...secretsOf(task));
        for (const end of sasEnds(task)) {
            const { first, last } = this.#sas ?? { first: end, last: end };
            this.#sas = { first: Math.min(first, end), last: Math.max(last, end) };
        }
    }

    contents(): TaskContents {
        const secrets = this.#secrets.slice(0, SHOWN);
        if (this.#sas === undefined) return { secrets };
        const { first, last } = this.#sas;
        return { secrets, sas: { first: new Date(first).toISOString(), last: new Date(last).toISOString() } };
    }
}

/** Limits of some tasks. */
export function taskLimits(tasks: Iterable<ProfiledTask>): TaskLimits {
    const profiler = new LimitsProfiler();
    for (const task of tasks) profiler.add(task);
    return profiler.limits();
}

/** What is seen in the contents of some tasks. */
export function taskContents(tasks: Iterable<ProfiledTask>): TaskContents {
    const profiler = new ContentsProfiler();
    for (const task of tasks) profiler.add(task);
    return profiler.contents();
}

/** The profile of some tasks. */
export const taskProfile = (tasks: readonly ProfiledTask[]): TaskProfile => ({
    ...taskLimits(tasks),
    ...taskContents(tasks),
});
