import { createHash } from "node:crypto";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { setImmediate } from "node:timers/promises";
import type { BatchClient } from "../../client";
import { IdSet, submitTasks } from "../../client";
import { linesOf } from "../../client/lines";
import { Draft, spoolFolder } from "../spool";
import { cancelled } from "./cancel";
import { isGone } from "./gone";
import { IdRanges } from "./idRanges";
import type { IdRange } from "./idRanges";
import { digestOf, RangeHashes, UnchangedTasks } from "./rangeHashes";
import { storageLinks } from "./storageLinks";

/** Tasks in a file of JSON Lines, as one reading of it shows them. */
export interface ReadTasks {
    readonly spool: string;
    /** The ids; their order is that of the tasks. */
    readonly declared: IdSet;
    /** The ids in short. */
    readonly ids: IdRange[] | undefined;
    /** What tells the next time which tasks have changed. */
    readonly hashes: string;
    /** 1 for each task that is as it was the last time, else 0. */
    readonly unchanged: Uint8Array;
}

/** @param hashes of the last time; without them all tasks count as changed @param onId is given each id in order */
export async function readTasks(
    spool: string,
    count: number,
    hashes: string | undefined,
    onId: (id: string) => void,
): Promise<ReadTasks> {
    const declared = new IdSet(count);
    const ranges = new IdRanges();
    const next = new RangeHashes();
    const unchanged = UnchangedTasks.since(hashes, count);
    for (const line of linesOf(spool)) {
        if (line === "") continue;
        const { id } = JSON.parse(line) as { id: string };
        const digest = digestOf(id, line);
        declared.add(id);
        ranges.add(id);
        onId(id);
        next.add(digest);
        unchanged.add(digest);
        // Ctrl-C is to be heard meanwhile.
        if (declared.size % 10_000 === 0) await setImmediate();
        cancelled.throwIfAborted();
    }
    return { spool, declared, ids: ranges.ranges(), hashes: next.toString(), unchanged: unchanged.finish() };
}

/** Where tasks go. */
export interface Delivery {
    readonly client: BatchClient;
    readonly jobId: string;
    /** Names the submission: it goes on where it was interrupted. */
    readonly subject: string;
    readonly onProgress: (done: { submitted: number }) => void;
}

/**
 * Brings tasks to the service, of those that are as they were the last time only what it does not have (any more) as they are.
 * @param since milliseconds; what the service has made later than that is not what the last time left there
 * @returns tasks that the service has
 */
export async function deliver(to: Delivery, tasks: ReadTasks, since: number): Promise<number> {
    const { unchanged, declared, spool } = tasks;
    const kept = unchanged.reduce((sum, one) => sum + one, 0);
    if (kept === 0) return submit(to, spool);
    const onProgress = ({ submitted }: { submitted: number }): void =>
        to.onProgress({ submitted: kept + submitted });
    const wanted = unchanged.map((one) => 1 - one);
    const sent = wanted.slice();
    if (kept < declared.size) await submitPart({ ...to, onProgress }, spool, wanted);
    // The hashes are a shortcut, the service is the truth.
    for (let round = 0; await findLacking(to, declared, sent, since, wanted); round++) {
        if (round === 3)
            throw new Error(
                `job ${to.jobId} loses its tasks while they are added: does somebody delete them?`,
            );
        await submitPart({ ...to, onProgress: () => undefined }, spool, wanted);
        wanted.forEach((one, at) => (sent[at] ||= one));
    }
    return declared.size;
}

/** Marks in `wanted` the tasks that the job does not have, or that were made anew and have not been sent; tells whether there are any. */
async function findLacking(
    { client, jobId }: Delivery,
    declared: IdSet,
    sent: Uint8Array,
    since: number,
    wanted: Uint8Array,
): Promise<boolean> {
    wanted.fill(1);
    for await (const task of client.tasks.list(jobId, { select: "id,creationTime", signal: cancelled })) {
        const order = task.id === undefined ? undefined : declared.orderOf(task.id);
        if (order === undefined) continue;
        // A deployment that was killed has made it, maybe otherwise.
        const remade = sent[order] === 0 && Date.parse(task.creationTime ?? "") > since;
        if (!remade) wanted[order] = 0;
    }
    return wanted.includes(1);
}

async function submitPart(to: Delivery, spool: string, wanted: Uint8Array): Promise<number> {
    const part = new Draft(spoolFolder("parts"));
    try {
        let order = 0;
        for (const line of linesOf(spool)) if (line !== "" && wanted[order++] === 1) part.add(line);
        part.close();
        // All tasks are asked for when the part is in.
        return await submit(to, part.file, "none");
    } finally {
        rmSync(part.file, { force: true });
    }
}

/**
 * The job is this stack's, and no other resource of it has these tasks: different ones under their ids are of before a change, or of a run that
 * was interrupted.
 */
async function submit(
    { client, jobId, subject, onProgress }: Delivery,
    jsonLines: string,
    verify?: "none",
): Promise<number> {
    const name = createHash("sha256").update(subject).digest("hex");
    const result = await submitTasks(
        client,
        jobId,
        { jsonLines },
        {
            signal: cancelled,
            onProgress,
            ledger: join(spoolFolder("ledgers"), name),
            verify,
            sas: storageLinks(),
            distinctIds: true,
            different: "replace",
        },
    );
    return result.submitted;
}

const DELETIONS_AT_ONCE = 16;

/** Deletes tasks, some at a time; what is gone already is as well. */
export async function deleteTasks(client: BatchClient, jobId: string, ids: Iterable<string>): Promise<void> {
    const queue = ids[Symbol.iterator]();
    // The iterator is shared: each takes the next one that nobody has taken.
    const work = async (): Promise<void> => {
        for (let next = queue.next(); next.done !== true; next = queue.next())
            await deleteTask(client, jobId, next.value);
    };
    await Promise.all(Array.from({ length: DELETIONS_AT_ONCE }, work));
}

async function deleteTask(client: BatchClient, jobId: string, taskId: string): Promise<void> {
    try {
        await client.tasks.delete(jobId, taskId, { signal: cancelled });
    } catch (error) {
        if (!isGone(error)) throw error;
    }
}

/** An instant (milliseconds) after all that the service has done until now, by its own clock; undefined where it does not tell. */
export async function serviceTime({ client, jobId }: Delivery): Promise<number | undefined> {
    const path = `/jobs/${encodeURIComponent(jobId)}`;
    const options = { signal: cancelled };
    const { headers } = await client.core.send({ method: "GET", path, query: { $select: "id" }, options });
    const seconds = Date.parse(String(headers["date"]));
    // It tells whole seconds; no other deployment begins within this one.
    return Number.isNaN(seconds) ? undefined : seconds + 1000;
}
