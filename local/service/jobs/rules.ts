import { isRefused, refuse } from "../../http/operation";
import type { Call, Outcome, Refused } from "../../http/operation";
import { eTagText } from "../../model/etag";
import { recordKey } from "../../model/ids";
import type { JobRecord } from "../../model/job";
import type { JobEvent } from "../../model/jobLifecycle";
import { jobLifecycle } from "../../model/jobLifecycle";
import type { JsonObject } from "../../model/json";
import { isObject } from "../../model/json";
import { move } from "../../model/lifecycle";
import { poolFault } from "../../model/poolRules";
import type { JobSpec } from "../../model/spec";
import { written } from "../answers";
import { packagesFault } from "../applications/references";
import { formulaFault } from "../pools/formula";
import type { BatchServices } from "../services";
import { invalidProperty, refuseFault } from "../shapes/present";

/** Moves a job by an event and keeps it; the answer to the operation that asked for it. */
export function moveJob(
    job: JobRecord,
    event: JobEvent,
    status: number,
    call: Call,
    services: BatchServices,
    change: Partial<JobRecord> = {},
): Outcome {
    const moved = move(jobLifecycle, job, event, call.now);
    if (moved.refused) return refuse(moved.refused);
    const after = keepJob({ ...(moved.record ?? job), ...change }, call, services);
    return written(call, status, `/jobs/${job.id}`, after);
}

/** Keeps a changed job under a new version, and has the scheduler look at it. */
export function keepJob(job: JobRecord, call: Call, services: BatchServices): JobRecord {
    const after = { ...job, lastModified: call.now, eTag: eTagText(services.store.nextNumber()) };
    services.store.jobs.put(after);
    services.scheduler.wake({
        job: job.key,
        ...(job.pool === undefined ? {} : { pool: recordKey(job.account, job.pool) }),
    });
    return after;
}

/** What a job's or schedule's declaration may not be, beyond its shape. `at` is its place in the body. */
export function jobFault(
    spec: JsonObject,
    call: Call,
    services: BatchServices,
    options: { at?: string; ofSchedule?: boolean } = {},
): Refused | undefined {
    const at = options.at ? `${options.at}.` : "";
    const job = spec as unknown as JobSpec;
    const auto = job.poolInfo.autoPoolSpecification;
    if (auto) {
        if (auto.poolLifetimeOption === "jobschedule" && !options.ofSchedule) {
            return invalidProperty(
                `${at}poolInfo.autoPoolSpecification.poolLifetimeOption`,
                auto.poolLifetimeOption,
                "jobschedule is only for jobs of a job schedule; use job.",
            );
        }
        const pool: JsonObject = isObject(auto.pool) ? auto.pool : {};
        const fault = poolFault(pool, call.account.subscriptionId);
        const place = `${at}poolInfo.autoPoolSpecification.pool.`;
        if (fault) return refuseFault({ ...fault, property: place + (fault.property ?? "") });
        const formula = formulaFault(pool["autoScaleFormula"]);
        if (formula) return formula;
        const packages = packagesFault(pool["applicationPackageReferences"], call.account, services.store);
        if (packages) return packages;
    }
    const manager = spec["jobManagerTask"];
    return isObject(manager)
        ? packagesFault(manager["applicationPackageReferences"], call.account, services.store)
        : undefined;
}

/** How many more jobs and schedules may be active. Completed ones do not count. */
export function quotaFault(call: Call, services: BatchServices): Refused | undefined {
    const { store } = services;
    const prefix = recordKey(call.account.name);
    const most = call.account.quotas.activeJobsAndSchedules;
    // Cheap way out: fewer records than the quota, whatever their states.
    if (store.jobs.count(prefix) + store.schedules.count(prefix) < most) return undefined;
    const active = [...store.jobs.list(prefix), ...store.schedules.list(prefix)].filter(
        ({ state }) => state !== "completed",
    ).length;
    return active >= most ? refuse("ActiveJobAndScheduleQuotaReached") : undefined;
}

/** A job's own part of patch and update: what they share. Gives the changed job or why not. */
export function changedJob(job: JobRecord, change: JsonObject, call: Call): JobRecord | Refused {
    const spec = { ...job.spec };
    const poolInfo = change["poolInfo"];
    let pool = job.pool;
    if (isObject(poolInfo)) {
        const next = poolChange(job, poolInfo);
        if (isRefused(next)) return next;
        spec["poolInfo"] = next.poolInfo;
        pool = next.pool;
    }
    const mode = change["onAllTasksComplete"];
    if (spec["onAllTasksComplete"] === "terminatejob" && mode === "noaction") {
        return invalidProperty(
            "onAllTasksComplete",
            mode,
            "Once it is terminatejob it cannot be changed back to noaction.",
        );
    }
    for (const name of updatable) if (change[name] !== undefined) spec[name] = change[name];
    const priority = typeof change["priority"] === "number" ? change["priority"] : job.priority;
    return { ...job, spec, priority, ...(pool === undefined ? {} : { pool }), lastModified: call.now };
}

const updatable = [
    "priority",
    "maxParallelTasks",
    "allowTaskPreemption",
    "constraints",
    "onAllTasksComplete",
    "metadata",
    "networkConfiguration",
] as const;

function poolChange(
    job: JobRecord,
    poolInfo: JsonObject,
): { poolInfo: unknown; pool: string | undefined } | Refused {
    const current = (job.spec as unknown as JobSpec).poolInfo;
    const auto = poolInfo["autoPoolSpecification"];
    if (isObject(auto) && current.autoPoolSpecification) {
        // Of an auto pool's specification keepAlive alone can be changed; the rest is left as it was.
        const keepAlive = auto["keepAlive"] ?? current.autoPoolSpecification.keepAlive;
        const specification = { ...current.autoPoolSpecification };
        if (typeof keepAlive === "boolean") specification.keepAlive = keepAlive;
        return { poolInfo: { autoPoolSpecification: specification }, pool: job.pool };
    }
    const poolId = String(poolInfo["poolId"] ?? "");
    if (poolId.toLowerCase() === current.poolId?.toLowerCase()) return { poolInfo: current, pool: job.pool };
    if (job.state !== "disabled") {
        // guess: the reference says that it fails, not with which code.
        return refuse("OperationInvalidForCurrentState", {
            message: "The pool of a job can be changed only while the job is disabled.",
            values: [{ key: "Reason", value: `The job is ${job.state}; disable it first.` }],
        });
    }
    if (isObject(auto)) {
        return invalidProperty(
            "poolInfo.autoPoolSpecification",
            auto,
            "A job cannot be moved to an auto pool.",
        );
    }
    return { poolInfo: { poolId }, pool: poolId.toLowerCase() };
}
