import { refuse } from "../../http/operation";
import type { Call, Refused } from "../../http/operation";
import { recordKey } from "../../model/ids";
import type { NodeRecord, NodeState } from "../../model/pool";
import type { BatchServices } from "../services";
import { jobOf, poolOf } from "../subjects";

/** A folder of a node that a call's files lie in. */
export interface Place {
    /** The node's root: nothing outside is ever touched. */
    root: string;
    /** The folder below it; names of files are relative to it. */
    folder: string;
    /** Address of its files. */
    url: string;
    /** What it means that the folder itself is not there. */
    gone: Refused;
}

/** States in which a node's files cannot be reached. */
const unreachable: ReadonlySet<NodeState> = new Set<NodeState>([
    "creating",
    "starting",
    "rebooting",
    "reimaging",
    "leavingpool",
    "preempted",
    "unusable",
    "unknown",
    "deallocating",
    "deallocated",
]);

export function placeOfNode(call: Call, services: BatchServices): Place | Refused {
    const pool = poolOf(call, services);
    if (!pool) return refuse("PoolNotFound");
    const node = services.store.nodes.get(recordKey(call.account.name, pool.id, call.params["nodeId"] ?? ""));
    if (!node) return refuse("NodeNotFound");
    if (unreachable.has(node.state)) return notReady(node);
    const url = `${call.origin}/pools/${pool.id}/nodes/${node.id}/files`;
    return { root: services.scheduler.host.rootOf(node.key), folder: "", url, gone: notReady(node) };
}

export function placeOfTask(call: Call, services: BatchServices): Place | Refused {
    const job = jobOf(call, services);
    if (!job) return refuse("JobNotFound");
    const task = services.store.tasks.get(job.number, call.params["taskId"] ?? "");
    if (!task || task.stopping === "delete") return refuse("TaskNotFound");
    if (!task.node) return refuse("TaskFilesUnavailable");
    const node = services.store.nodes.get(recordKey(call.account.name, task.node.pool, task.node.node));
    // guess: the files of a task whose node has left are reported as cleaned up.
    if (!node) return refuse("TaskFilesCleanedup");
    if (unreachable.has(node.state)) return notReady(node);
    if (task.state === "completed" && task.retentionEnds === undefined) return refuse("TaskFilesCleanedup");
    return {
        root: services.scheduler.host.rootOf(node.key),
        folder: task.node.directory,
        url: `${call.origin}/jobs/${job.id}/tasks/${task.id}/files`,
        gone: refuse(task.state === "completed" ? "TaskFilesCleanedup" : "TaskFilesUnavailable"),
    };
}

function notReady(node: NodeRecord): Refused {
    return refuse("NodeNotReady", { values: [{ key: "NodeState", value: node.state }] });
}

/** The name of a call's file below its place. Paths from outside are never trusted. */
export function nameOf(call: Call): string | Refused {
    const text = call.params["*"] ?? "";
    const steps = text.split(/[/\\]+/).filter((step) => step !== "" && step !== ".");
    if (steps.length > 0 && !steps.includes("..") && !text.includes("\0")) return steps.join("/");
    return refuse("InvalidUri", {
        values: [{ key: "Reason", value: "The path of a file lies below the folder and has no '..'." }],
    });
}
