import type { BatchJobScheduleCreateOptions } from "../../client";
import { isServiceError } from "../../client";
import { ID_PATTERN, limits } from "../../catalog";
import { cancelled } from "./cancel";
import { batchClient } from "./connections";
import { withAdvice } from "./errors";
import { OWNER } from "./job";
import { differs, known, uncertain } from "./known";
import { pause, secondsOr } from "./time";

/** Inputs of a job schedule. */
export interface JobScheduleInputs {
    readonly endpoint: string;
    /** Name of the settings of the sign-in; not compared. */
    readonly batchCredentials?: string;
    readonly scheduleId: string;
    /** Says whose schedule it is: project, stack and name. */
    readonly owner: string;
    /** The schedule as the data plane takes it, without its id. */
    readonly jobSchedule: Omit<BatchJobScheduleCreateOptions, "id">;
    /** Seconds until a deletion is given up. */
    readonly deleteTimeout: number;
}

type Failure = { property: string; reason: string };

export function check(
    _olds: unknown,
    news: JobScheduleInputs,
): { inputs: JobScheduleInputs; failures: Failure[] } {
    const id = known(news.scheduleId);
    const failures: Failure[] = [];
    if (id !== undefined && !ID_PATTERN.test(id)) {
        const reason = `'${id}' is not an id: use 1 to ${limits.idLength.value} letters, digits, - and _`;
        failures.push({ property: "scheduleId", reason });
    }
    return { inputs: news, failures };
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
    if (differs(olds.jobSchedule?.displayName, news.jobSchedule?.displayName)) replaces.push("jobSchedule");
    const changed =
        differs(olds.jobSchedule, news.jobSchedule) || differs(olds.deleteTimeout, news.deleteTimeout);
    return {
        changes: changed || replaces.length > 0 || uncertain(news.jobSchedule),
        replaces,
        deleteBeforeReplace: replaces.length > 0 && !differs(olds.scheduleId, news.scheduleId),
    };
}

const metadataOf = (inputs: JobScheduleInputs) => [
    ...(inputs.jobSchedule.metadata ?? []),
    { name: OWNER, value: inputs.owner },
];

const outputs = (inputs: JobScheduleInputs): Record<string, unknown> => ({
    ...inputs,
    url: idOf(inputs),
});

const idOf = (inputs: JobScheduleInputs): string => `${inputs.endpoint}/jobschedules/${inputs.scheduleId}`;

/** Makes the schedule, or takes over one that an interrupted run of this very stack has made. */
export async function create(
    inputs: JobScheduleInputs,
): Promise<{ id: string; outs: Record<string, unknown> }> {
    const { scheduleId, jobSchedule } = inputs;
    try {
        const client = await batchClient(inputs);
        const body = { ...jobSchedule, id: scheduleId, metadata: metadataOf(inputs) };
        await client.jobSchedules.add(body, { signal: cancelled }).catch(async (error: unknown) => {
            if (!isServiceError(error, "JobScheduleExists")) throw error;
            const found = await client.jobSchedules.get(scheduleId);
            const owner = found.metadata?.find((item) => item.name === OWNER)?.value;
            if (owner !== inputs.owner) {
                throw new Error(
                    `job schedule ${scheduleId} exists and is ${owner === undefined ? "not of a Pulumi stack" : `that of ${owner}`}: choose another id, or delete that schedule`,
                );
            }
            await change(inputs);
        });
    } catch (error) {
        throw withAdvice(error);
    }
    return { id: idOf(inputs), outs: outputs(inputs) };
}

async function change(inputs: JobScheduleInputs): Promise<void> {
    const client = await batchClient(inputs);
    const { schedule, jobSpecification } = inputs.jobSchedule;
    await client.jobSchedules.patch(
        inputs.scheduleId,
        { schedule, jobSpecification, metadata: metadataOf(inputs) },
        { signal: cancelled },
    );
}

export async function update(
    _id: string,
    _olds: unknown,
    news: JobScheduleInputs,
): Promise<{ outs: Record<string, unknown> }> {
    try {
        await change(news);
    } catch (error) {
        throw withAdvice(error);
    }
    return { outs: outputs(news) };
}

export async function read(
    id: string,
    props: JobScheduleInputs,
): Promise<{ id?: string; props?: Record<string, unknown> }> {
    try {
        const client = await batchClient(props);
        await client.jobSchedules.get(props.scheduleId, { select: "id,state" });
        return { id, props: outputs(props) };
    } catch (error) {
        if (isServiceError(error, "JobScheduleNotFound", "ResourceNotFound")) return {};
        throw withAdvice(error);
    }
}

/** Deletes the schedule with its jobs and waits until it is gone. */
export async function remove(_id: string, props: JobScheduleInputs): Promise<void> {
    const until = Date.now() + secondsOr(props.deleteTimeout, 600) * 1000;
    try {
        const client = await batchClient(props);
        await client.jobSchedules.delete(props.scheduleId).catch((error: unknown) => {
            if (!isServiceError(error, "JobScheduleBeingDeleted")) throw error;
        });
        for (let delay = 50; ; delay = Math.min(delay * 1.5, 2000)) {
            await client.jobSchedules.get(props.scheduleId, { select: "id,state" });
            if (Date.now() > until)
                throw new Error(
                    `job schedule ${props.scheduleId} is still being deleted after ${props.deleteTimeout} s: run the deployment again`,
                );
            await pause(delay, cancelled);
        }
    } catch (error) {
        if (isServiceError(error, "JobScheduleNotFound", "ResourceNotFound")) return;
        throw withAdvice(error);
    }
}
