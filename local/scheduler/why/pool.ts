import { isoText } from "../../model/instant";
import { recordKey } from "../../model/ids";
import type { JobRecord } from "../../model/job";
import type { NodeRecord, PoolRecord } from "../../model/pool";
import type { JobSpec } from "../../model/spec";
import { plural, reason, since, type Reason, type View } from "./reason";

/** The pool of a job, or why there is none. */
export function poolOf({ store }: View, job: JobRecord): PoolRecord | Reason {
    if (job.pool === undefined) {
        const { poolInfo } = job.spec as unknown as JobSpec;
        const error = job.schedulingError;
        if (error) return reason("noPool", `its pool could not be made: ${error.code}: ${error.message}`);
        return reason(
            "noPool",
            poolInfo.autoPoolSpecification
                ? "its auto pool is not there yet"
                : "the job names no pool; give it one by updating it",
        );
    }
    const pool = store.pools.get(recordKey(job.account, job.pool));
    if (!pool) return reason("noPool", `there is no pool '${job.pool}'; make it, or name another one`);
    if (pool.state === "deleting") return reason("poolDeleting", `pool '${pool.id}' is being deleted`);
    return pool;
}

/** Why a pool has no nodes, or fewer than it should. */
export function shortages(view: View, pool: PoolRecord): Reason[] {
    const reasons: Reason[] = [];
    for (const { code, message } of pool.resizeErrors ?? []) {
        const quota = /Quota/.test(code);
        reasons.push(
            reason(
                quota ? "quota" : "resizeError",
                `the last resize of pool '${pool.id}' fell short: ${code}: ${message}`,
            ),
        );
    }
    const wanted = pool.targetDedicatedNodes + pool.targetSpotNodes;
    if (pool.allocationState !== "steady") {
        reasons.push(
            reason(
                "resizing",
                `pool '${pool.id}' is ${pool.allocationState} to ${plural(pool.targetDedicatedNodes, "dedicated node")} and ${plural(pool.targetSpotNodes, "spot node")}, ${since(pool.allocationStateTransitionTime)}`,
            ),
        );
    }
    const nodes = view.store.nodes.count(pool.key);
    if (wanted > 0) {
        if (nodes === 0)
            reasons.push(reason("noNodes", `pool '${pool.id}' has no nodes; ${wanted} are wanted`));
        return reasons;
    }
    if (pool.autoScale) reasons.push(autoscaled(pool, pool.autoScale));
    else reasons.push(reason("noNodes", `pool '${pool.id}' is to have no nodes; resize it`));
    return reasons;
}

function autoscaled(
    pool: PoolRecord,
    { lastRun, nextEvaluation }: NonNullable<PoolRecord["autoScale"]>,
): Reason {
    const next = `it is evaluated again at ${isoText(nextEvaluation)}`;
    const error = lastRun?.error;
    if (error)
        return reason(
            "autoscale",
            `the formula of pool '${pool.id}' failed: ${error.code}: ${error.message}; ${next}`,
        );
    if (!lastRun)
        return reason("autoscale", `the formula of pool '${pool.id}' has not been evaluated yet; ${next}`);
    return reason(
        "autoscale",
        `the formula of pool '${pool.id}' wants no nodes (${lastRun.results ?? "no results"}, ${isoText(lastRun.timestamp)}); ${next}`,
    );
}

export function takesTasks(node: NodeRecord): boolean {
    return (
        (node.state === "idle" || node.state === "running") &&
        node.schedulingState === "enabled" &&
        !node.draining
    );
}

/** What is the matter with the nodes that take no tasks, one reason for each kind of trouble. */
export function unusable(nodes: readonly NodeRecord[]): Reason[] {
    const reasons: Reason[] = [];
    const others = new Map<string, number>();
    const starting: NodeRecord[] = [];
    const failed: NodeRecord[] = [];
    for (const node of nodes) {
        if (takesTasks(node)) continue;
        if (node.state === "waitingforstarttask") starting.push(node);
        else if (node.state === "starttaskfailed") failed.push(node);
        else {
            const state = stateOf(node);
            others.set(state, (others.get(state) ?? 0) + 1);
        }
    }
    const [slow] = starting;
    if (slow)
        reasons.push(
            reason(
                "startTaskRunning",
                `${plural(starting.length, "node")} still run the start task; ${slow.id} ${since(slow.startTask?.startTime ?? slow.stateTransitionTime)}`,
            ),
        );
    const [first] = failed;
    if (first) {
        const { exitCode, failureInfo } = first.startTask ?? {};
        const how = exitCode === undefined ? (failureInfo?.message ?? "an error") : `exit code ${exitCode}`;
        reasons.push(
            reason(
                "startTaskFailed",
                `the start task failed on ${plural(failed.length, "node")}; on ${first.id} with ${how}: see startup/stderr.txt there`,
            ),
        );
    }
    if (others.size > 0) {
        const words = [...others].map(([state, count]) => `${count} ${state}`);
        reasons.push(reason("nodesNotReady", `nodes that take no tasks: ${words.join(", ")}`));
    }
    return reasons;
}

function stateOf({ state, draining, schedulingState, errors }: NodeRecord): string {
    if (draining) return `on its way out (${draining.then}, ${draining.option})`;
    if (state === "unusable" && errors?.[0]) return `unusable (${errors[0].message})`;
    return schedulingState === "disabled" ? "with scheduling disabled" : state;
}
