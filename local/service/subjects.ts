import { conditionFault } from "../http/conditions";
import { refuse } from "../http/operation";
import type { Call, Outcome } from "../http/operation";
import { recordKey } from "../model/ids";
import type { JobRecord, ScheduleRecord } from "../model/job";
import type { NodeRecord, PoolRecord } from "../model/pool";
import type { TaskRecord } from "../model/task";
import { taskVersion } from "./render/task";
import type { BatchServices } from "./services";

/*
 * What a call is about, loaded: the resource its path names, or the service's 404, then its conditional headers. An operation on a
 * job reads `handle: onJob((job, call, services) => ...)`.
 */

type Handler = (call: Call, services: BatchServices) => Outcome | Promise<Outcome>;
type On<Subjects extends unknown[]> = (
    ...given: [...Subjects, Call, BatchServices]
) => Outcome | Promise<Outcome>;

const readings = /_(Get|List|.*Exists)/;
const reading = (call: Call) => readings.test(call.operation);

export function onPool(handle: On<[PoolRecord]>): Handler {
    return (call, services) => {
        const pool = poolOf(call, services);
        if (!pool) return refuse("PoolNotFound");
        return conditionFault(call, reading(call), pool) ?? handle(pool, call, services);
    };
}

export function poolOf(call: Call, services: BatchServices): PoolRecord | undefined {
    return services.store.pools.get(recordKey(call.account.name, call.params["poolId"] ?? ""));
}

export function onNode(handle: On<[NodeRecord, PoolRecord]>): Handler {
    return (call, services) => {
        const pool = poolOf(call, services);
        if (!pool) return refuse("PoolNotFound");
        const node = services.store.nodes.get(
            recordKey(call.account.name, pool.id, call.params["nodeId"] ?? ""),
        );
        return node ? handle(node, pool, call, services) : refuse("NodeNotFound");
    };
}

export function onJob(handle: On<[JobRecord]>): Handler {
    return (call, services) => {
        const job = jobOf(call, services);
        if (!job) return refuse("JobNotFound");
        return conditionFault(call, reading(call), job) ?? handle(job, call, services);
    };
}

export function jobOf(call: Call, services: BatchServices): JobRecord | undefined {
    return services.store.jobs.get(recordKey(call.account.name, call.params["jobId"] ?? ""));
}

export function onTask(handle: On<[TaskRecord, JobRecord]>): Handler {
    return (call, services) => {
        const job = jobOf(call, services);
        if (!job) return refuse("JobNotFound");
        const task = services.store.tasks.get(job.number, call.params["taskId"] ?? "");
        // While its process is being stopped a deleted task is gone for everybody else.
        if (!task || task.stopping === "delete") return refuse("TaskNotFound");
        return conditionFault(call, reading(call), taskVersion(task)) ?? handle(task, job, call, services);
    };
}

export function onSchedule(handle: On<[ScheduleRecord]>): Handler {
    return (call, services) => {
        const key = recordKey(call.account.name, call.params["jobScheduleId"] ?? "");
        const schedule = services.store.schedules.get(key);
        if (!schedule) return refuse("JobScheduleNotFound");
        return conditionFault(call, reading(call), schedule) ?? handle(schedule, call, services);
    };
}
