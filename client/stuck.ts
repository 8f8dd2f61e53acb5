import type { BatchClient } from "./batchClient";
import { isServiceError } from "./errors";
import type { BatchTask, ExitConditions } from "./models";
import { idFilters } from "./submission/verify";

/** Tasks that are looked at: with more of them, something else is the matter. */
const LOOKED_AT = 1000;

/**
 * Why the tasks of a job that wait will never run, when none of them runs: their pool is gone, or all of them depend on tasks that have
 * failed. Undefined as long as one of them may run.
 */
export async function whyStuck(
    client: BatchClient,
    jobId: string,
    signal?: AbortSignal,
): Promise<string | undefined> {
    const job = await client.jobs.get(jobId, { select: "id,state,poolInfo", signal });
    const poolId = job.poolInfo?.poolId;
    if (job.state === "active" && poolId !== undefined && !(await hasPool(client, poolId, signal)))
        return `pool ${poolId} does not exist any more: make it again, or give the job another one`;
    return blockedByFailures(client, jobId, signal);
}

async function hasPool(client: BatchClient, poolId: string, signal?: AbortSignal): Promise<boolean> {
    try {
        await client.pools.get(poolId, { select: "id", signal });
        return true;
    } catch (error) {
        if (isServiceError(error, "PoolNotFound")) return false;
        throw error;
    }
}

async function blockedByFailures(
    client: BatchClient,
    jobId: string,
    signal?: AbortSignal,
): Promise<string | undefined> {
    const waiting: BatchTask[] = [];
    const active = { filter: "state eq 'active'", select: "id,dependsOn", signal };
    for await (const task of client.tasks.list(jobId, active)) {
        // One that depends on nothing can run.
        if (task.dependsOn === undefined || waiting.length >= LOOKED_AT) return undefined;
        waiting.push(task);
    }
    if (waiting.length === 0) return undefined;
    const blocking = new Map<string, string>();
    const failed = { filter: "executionInfo/result eq 'failure'", select: "id,exitConditions", signal };
    for await (const { id = "", exitConditions } of client.tasks.list(jobId, failed))
        if (blocks(exitConditions)) blocking.set(id.toLowerCase(), id);
    let example: [waits: string, failed: string] | undefined;
    for (let left = waiting; left.length > 0;) {
        const free: BatchTask[] = [];
        for (const task of left) {
            const on = [...blocking].find(([id]) => dependsOn(task, id))?.[1];
            if (on === undefined) free.push(task);
            else {
                example ??= [task.id ?? "", on];
                blocking.set((task.id ?? "").toLowerCase(), task.id ?? "");
            }
        }
        if (free.length === left.length) return undefined;
        left = free;
    }
    return `all ${waiting.length} tasks that wait depend on tasks that have failed, as ${example?.[0]} does on ${example?.[1]}: correct what failed and reactivate it, or let its exitConditions satisfy what depends on it`;
}

/** Unless its exit conditions say otherwise somewhere, a failed task blocks what depends on it. */
function blocks(conditions: ExitConditions | undefined): boolean {
    return !/"dependencyAction":"satisfy"/i.test(JSON.stringify(conditions ?? {}));
}

function dependsOn({ dependsOn: on }: BatchTask, id: string): boolean {
    if (on?.taskIds?.some((one) => one.toLowerCase() === id) === true) return true;
    if (!/^\d+$/.test(id)) return false;
    const number = Number(id);
    return on?.taskIdRanges?.some(({ start, end }) => number >= start && number <= end) === true;
}

/** Dependencies that are looked for in the job at most. */
const LOOKED_FOR = 30;

/** A task that waits for one that the job does not have (yet), as a sentence; undefined when none is found. */
export async function whatIsMissing(
    client: BatchClient,
    jobId: string,
    signal?: AbortSignal,
): Promise<string | undefined> {
    const waits = new Map<string, string>();
    let looked = 0;
    const active = { filter: "state eq 'active'", select: "id,dependsOn", signal };
    for await (const { id = "", dependsOn: on } of client.tasks.list(jobId, active)) {
        for (const one of on?.taskIds ?? []) if (waits.size < LOOKED_FOR) waits.set(one, id);
        if ((looked += 1) >= LOOKED_AT || waits.size >= LOOKED_FOR) break;
    }
    if (waits.size === 0) return undefined;
    const there = new Set<string>();
    for (const filter of idFilters(waits.keys()))
        for await (const { id = "" } of client.tasks.list(jobId, { filter, select: "id", signal }))
            there.add(id.toLowerCase());
    for (const [id, task] of waits)
        // Filters may compare with case, ids are compared without.
        if (!there.has(id.toLowerCase()) && !(await hasTask(client, jobId, id, signal)))
            return `Task ${task} depends on ${id}, which the job does not have.`;
    return undefined;
}

async function hasTask(
    client: BatchClient,
    jobId: string,
    id: string,
    signal?: AbortSignal,
): Promise<boolean> {
    try {
        await client.tasks.get(jobId, id, { select: "id", signal });
        return true;
    } catch (error) {
        if (isServiceError(error, "TaskNotFound")) return false;
        throw error;
    }
}
