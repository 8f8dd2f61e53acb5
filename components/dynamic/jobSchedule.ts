import type { BatchClient, BatchJobScheduleCreateOptions, BatchSignIn } from "../../client";
import { isServiceError, sameTask } from "../../client";
import { cancelled } from "./cancel";
import { batchClient } from "./connections";
import { advice, InitializationError, withAdvice } from "./errors";
import type { Fault } from "./faults";
import { Faults } from "./faults";
import { isGone, untilSettled } from "./gone";
import { importedSchedule } from "./imports";
import type { Imported } from "./imports";
import { checkJob, checkSchedule } from "./jobFaults";
import { changedParts, differs, items, known, uncertain } from "./known";
import type { Unsure } from "./known";
import { isOurs, keptOwner, refuseForeign, withOwner, withoutOwner } from "./owner";
import { withStorageLinks } from "./storageLinks";
import { secondsOr } from "./time";

/** A schedule as the data plane takes it, without its id. */
type ScheduleBody = Omit<BatchJobScheduleCreateOptions, "id">;

/** Inputs of a job schedule. What was not there in 0.1.0 may be missing in a state. */
export interface JobScheduleInputs {
    readonly endpoint: string;
    readonly scheduleId: string;
    /** Whether the id was drawn: then a new schedule can be made before the old one goes. */
    readonly generatedId?: boolean;
    /** Says whose schedule it is: project, stack and name. */
    readonly owner: string;
    readonly jobSchedule: ScheduleBody;
    /** Whether a deletion is waited for. */
    readonly deletion?: "wait" | "detach";
    /** Seconds until a deletion is given up. */
    readonly deleteTimeout: number;
    /** Whether a schedule of this id that is not of this stack is taken over. */
    readonly adopt?: boolean;
    readonly batchCredentials?: BatchSignIn;
    /** Set by an import: the schedule is what the service says, not what a program does. */
    readonly imported?: boolean;
}

const updatable = ["schedule", "jobSpecification", "metadata"] as const;
const settings = ["owner", "deletion", "deleteTimeout"] as const;

export function check(
    olds: Partial<JobScheduleInputs>,
    news: Unsure<JobScheduleInputs>,
): { inputs: object; failures: Fault[] } {
    const faults = new Faults();
    faults.id("scheduleId", news.scheduleId);
    const { jobSchedule } = news;
    faults.displayName("jobSchedule.displayName", jobSchedule?.displayName);
    checkSchedule(jobSchedule?.schedule, "jobSchedule.schedule.", faults);
    checkJob(jobSchedule?.jobSpecification, "jobSchedule.jobSpecification.", faults);
    items(jobSchedule?.metadata).forEach(({ name }, index) => {
        if (isOurs(known(name)))
            faults.add(
                `jobSchedule.metadata[${index}].name`,
                `'${known(name)}' is kept for this library: use another`,
            );
    });
    return { inputs: { ...news, ...keptOwner(olds) }, failures: faults.found };
}

/** When it runs, what it runs and metadata change in place, for the jobs to come. */
export function diff(
    _id: string,
    olds: JobScheduleInputs,
    news: JobScheduleInputs,
): { changes: boolean; replaces: string[]; deleteBeforeReplace: boolean } {
    const replaces: string[] = (["endpoint", "scheduleId"] as const).filter((name) =>
        differs(olds[name], news[name]),
    );
    if (news.generatedId === true && uncertain(news.scheduleId)) replaces.push("scheduleId");
    const changed = changesOf(olds, news);
    if (changed.some((part) => !(updatable as readonly string[]).includes(part)))
        replaces.push("jobSchedule");
    const others = settings.some((name) => differs(olds[name], news[name]));
    return {
        changes: changed.length > 0 || others || replaces.length > 0 || uncertain(news.jobSchedule),
        replaces,
        deleteBeforeReplace:
            replaces.length > 0 && !differs(olds.scheduleId, news.scheduleId) && !uncertain(news.scheduleId),
    };
}

/** Parts that change. Of an imported schedule only what is declared counts: the rest is the service's defaults. */
function changesOf(olds: JobScheduleInputs, news: JobScheduleInputs): string[] {
    const changed = changedParts(olds.jobSchedule, news.jobSchedule);
    if (olds.imported !== true) return changed;
    return (changed as (keyof ScheduleBody)[]).filter(
        (part) =>
            news.jobSchedule[part] !== undefined && !sameTask(news.jobSchedule[part], olds.jobSchedule[part]),
    );
}

const outputs = (inputs: JobScheduleInputs): Record<string, unknown> => ({
    ...inputs,
    url: idOf(inputs),
});

const idOf = (inputs: JobScheduleInputs): string => `${inputs.endpoint}/jobschedules/${inputs.scheduleId}`;

/** Makes the schedule, or takes over one that an interrupted run of this very stack has made. */
export async function create(
    inputs: JobScheduleInputs,
): Promise<{ id: string; outs: Record<string, unknown> }> {
    const { scheduleId, jobSchedule, owner } = inputs;
    try {
        const client = await batchClient(inputs);
        const declared = { ...jobSchedule, id: scheduleId, metadata: withOwner(jobSchedule.metadata, owner) };
        const body = await withStorageLinks(declared);
        await client.jobSchedules.add(body, { signal: cancelled }).catch(async (error: unknown) => {
            if (!isServiceError(error, "JobScheduleExists")) throw error;
            await adopt(client, inputs);
        });
    } catch (error) {
        throw withAdvice(error);
    }
    return { id: idOf(inputs), outs: outputs(inputs) };
}

async function adopt(client: BatchClient, inputs: JobScheduleInputs): Promise<void> {
    const { scheduleId, jobSchedule } = inputs;
    const found = await client.jobSchedules.get(scheduleId);
    refuseForeign(`job schedule ${scheduleId}`, found, inputs);
    if (!sameTask(jobSchedule.displayName, found.displayName))
        throw new Error(
            `job schedule ${scheduleId} exists already with another displayName, which cannot be changed: declare it as it is, or delete it`,
        );
    await change(client, inputs, updatable);
}

async function change(
    client: BatchClient,
    inputs: JobScheduleInputs,
    parts: readonly string[],
): Promise<void> {
    const declared = {
        ...inputs.jobSchedule,
        metadata: withOwner(inputs.jobSchedule.metadata, inputs.owner),
    };
    const patch = Object.fromEntries(parts.map((part) => [part, declared[part as keyof ScheduleBody]]));
    if (parts.length === 0) return;
    const signed = await withStorageLinks(patch);
    await client.jobSchedules.patch(inputs.scheduleId, signed, { signal: cancelled });
}

export async function update(
    _id: string,
    olds: JobScheduleInputs,
    news: JobScheduleInputs,
): Promise<{ outs: Record<string, unknown> }> {
    const changed = changesOf(olds, news);
    if (differs(olds.owner, news.owner) && !changed.includes("metadata")) changed.push("metadata");
    try {
        await change(await batchClient(news), news, changed);
    } catch (error) {
        // What the service may not have taken is still to come: the state keeps the old values.
        const outs = outputs({ ...news, jobSchedule: olds.jobSchedule, owner: olds.owner });
        throw new InitializationError(idOf(news), { ...news }, outs, [advice(error)]);
    }
    return { outs: outputs(news) };
}

/** Looks whether the schedule is still there and as declared. */
export async function read(id: string, props: JobScheduleInputs): Promise<Imported> {
    if (props.scheduleId === undefined) return importedSchedule(id);
    try {
        const client = await batchClient(props);
        const found = await client.jobSchedules.get(props.scheduleId, { signal: cancelled });
        const changed = updatable.flatMap((part) => {
            const seen = part === "metadata" ? withoutOwner(found.metadata) : found[part];
            const declared = props.jobSchedule[part];
            return declared === undefined || sameTask(declared, seen) ? [] : [[part, seen] as const];
        });
        const jobSchedule = { ...props.jobSchedule, ...Object.fromEntries(changed) };
        return { id, props: outputs({ ...props, jobSchedule }) };
    } catch (error) {
        if (isGone(error)) return {};
        throw withAdvice(error);
    }
}

/** Deletes the schedule with its jobs and, unless told otherwise, waits until it is gone. */
export async function remove(_id: string, props: JobScheduleInputs): Promise<void> {
    const { scheduleId } = props;
    const seconds = secondsOr(props.deleteTimeout, 600);
    try {
        const client = await batchClient(props);
        await client.jobSchedules.delete(scheduleId, { signal: cancelled }).catch((error: unknown) => {
            if (!isServiceError(error, "JobScheduleBeingDeleted")) throw error;
        });
        if (props.deletion === "detach") {
            console.error(`job schedule ${scheduleId}: the service deletes it; not waited for`);
            return;
        }
        await untilSettled(
            async () => {
                const options = { select: "id,state", signal: cancelled };
                return `job schedule ${scheduleId}: ${(await client.jobSchedules.get(scheduleId, options)).state}`;
            },
            seconds,
            `job schedule ${scheduleId} is still being deleted after ${seconds} s: run the deployment again, or give it more time with timeouts.delete`,
        );
    } catch (error) {
        if (!isGone(error)) throw withAdvice(error);
    }
}
