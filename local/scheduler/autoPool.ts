import { jobSchedulingErrorCodes } from "../../catalog";
import { eTagText } from "../model/etag";
import { idKey } from "../model/ids";
import type { JobRecord } from "../model/job";
import { newPool } from "../model/newPool";
import type { PoolRecord } from "../model/pool";
import type { JobSpec, PoolSpec } from "../model/spec";
import { endJob } from "./jobs";
import type { Turn } from "./turn";

/** Makes the pool that a job asked for, and deletes it when its lifetime is over. */
export function settleAutoPool(turn: Turn, job: JobRecord): void {
    const specification = (job.spec as unknown as JobSpec).poolInfo.autoPoolSpecification;
    if (!specification?.pool) return;
    const owner =
        specification.poolLifetimeOption === "jobschedule" && job.schedule !== undefined
            ? job.schedule
            : job.key;
    const existing = turn.store.pools.list(job.account).find((pool) => pool.autoPoolOwner === owner);
    if (job.state === "completed") {
        if (owner === job.key) endAutoPool(turn, job.account, owner, specification.keepAlive);
        return;
    }
    if (job.state === "deleting" || job.state === "terminating" || job.pool !== undefined) return;
    if (
        !existing &&
        turn.store.pools.count(job.account) >=
            (turn.store.accounts.get(job.account)?.quotas.pools ?? Infinity)
    ) {
        const code = "AutoPoolCreationFailedWithQuotaReached";
        // guess: a job that cannot get its pool ends; documented is only that the error says so.
        turn.putJob(job, { ...job, schedulingError: { code, ...jobSchedulingErrorCodes[code] } }, code);
        endJob(turn, job.key, "terminate", code);
        return;
    }
    const pool = existing ?? make(turn, job, owner, specification.autoPoolIdPrefix ?? "", specification.pool);
    turn.putJob(job, { ...job, pool: idKey(pool.id) }, `auto pool ${pool.id}`);
    turn.touchPool(pool.key);
}

/** The lifetime of what the pool was made for is over. */
export function endAutoPool(turn: Turn, account: string, owner: string, keepAlive = false): void {
    const pool = turn.store.pools.list(account).find((candidate) => candidate.autoPoolOwner === owner);
    if (!pool || keepAlive || pool.state === "deleting") return;
    turn.putPool(turn.moved(pool, "deleting"));
    turn.note(pool.key, pool.state, "deleting", `auto pool of ${owner}`);
    turn.touchPool(pool.key);
}

function make(turn: Turn, job: JobRecord, owner: string, prefix: string, spec: PoolSpec): PoolRecord {
    const number = turn.store.nextNumber();
    // guess: the service appends a random UUID; ours counts, so that nothing here draws numbers.
    const id = `${prefix}_00000000-0000-4000-8000-${number.toString(16).padStart(12, "0")}`;
    const pool = newPool({
        account: job.account,
        id,
        spec: { ...spec },
        now: turn.now,
        eTag: eTagText(number),
        autoPoolOwner: owner,
    });
    turn.store.pools.put(pool);
    turn.note(pool.key, undefined, "active", `auto pool of ${owner}`);
    return pool;
}
