import { recordKey } from "../model/ids";
import type { JobNodeRecord } from "../model/job";
import { completeTask, removeTask, terminatedByUser } from "./taskEnd";
import type { Turn } from "./turn";

/**
 * After a restart nothing runs any more: tasks that were in flight go back to the queue (which is no retry), preparations and
 * releases that were running run again, nodes that were on their way start over.
 */
export function recover(turn: Turn): void {
    const { store } = turn;
    for (const job of store.jobs.list()) turn.touchJob(job.key);
    for (const schedule of store.schedules.list()) turn.touchSchedule(schedule.key);
    for (const pool of store.pools.list()) turn.touchPool(pool.key);
    const jobs = new Map(store.jobs.list().map((job) => [job.number, job]));
    for (const task of store.tasks.inFlight()) {
        const job = jobs.get(task.job);
        if (!job) continue;
        if (task.stopping === "delete") removeTask(turn, job, task);
        else if (task.stopping === "terminate")
            completeTask(turn, task, job, { failureInfo: terminatedByUser() });
        else {
            const {
                node: _node,
                startTime: _start,
                stopping: _stopping,
                subtasks: _subtasks,
                ...rest
            } = turn.moved(task, "active");
            turn.putTask(task, rest, job.key, "the service was restarted");
        }
    }
    for (const record of store.jobNodes.list()) store.jobNodes.put(withoutRunning(record));
    for (const node of store.nodes.list()) {
        if (node.state === "creating") {
            turn.do({ do: "openNode", node: node.key, address: node.address });
            continue;
        }
        if (node.draining) continue;
        if (node.state === "deallocating") {
            turn.putNode(node, { ...node, state: "deallocated" }, "the service was restarted");
            continue;
        }
        if (node.state === "waitingforstarttask" || node.startTask?.state === "running") {
            turn.putNode(
                node,
                { ...node, state: "starting", readyAt: turn.now },
                "the service was restarted",
            );
        } else if (node.settingUp) {
            const { settingUp: _lost, ...rest } = node;
            store.nodes.put({ ...rest, readyAt: turn.now });
        } else if ((node.state === "rebooting" || node.state === "reimaging") && node.readyAt === undefined) {
            // Whether it was cleared before the end is not known.
            const wipe = node.state === "reimaging";
            turn.do({ do: "clearNode", node: node.key, boot: node.boot, wipe });
        }
        turn.touchPool(recordKey(node.account, node.pool));
    }
}

function withoutRunning(record: JobNodeRecord): JobNodeRecord {
    const { preparation, release, ...rest } = record;
    return {
        ...rest,
        ...(preparation?.state === "completed" && { preparation }),
        ...(release?.state === "completed" && { release }),
    };
}
