import { realpath } from "node:fs/promises";
import { join, sep } from "node:path";
import { refuse } from "../../http/operation";
import type { Call, Refused } from "../../http/operation";
import { recordKey } from "../../model/ids";
import type { NodeRecord, NodeState } from "../../model/pool";
import type { BatchServices } from "../services";
import { jobOf, poolOf } from "../subjects";

/** A folder of a node that a call's files lie in. */
export interface Place {
    /** Absolute, links resolved: nothing outside is ever touched. */
    nodeRoot: string;
    /** Absolute; the names of files are relative to it. */
    folder: string;
    /** Address of its files. */
    url: string;
    /** What a file that is not there means. */
    missing: Refused;
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

export async function placeOfNode(call: Call, services: BatchServices): Promise<Place | Refused> {
    const pool = poolOf(call, services);
    if (!pool) return refuse("PoolNotFound");
    const node = services.store.nodes.get(recordKey(call.account.name, pool.id, call.params["nodeId"] ?? ""));
    if (!node) return refuse("NodeNotFound");
    const nodeRoot = await rootOf(node, services);
    if (typeof nodeRoot !== "string") return nodeRoot;
    const url = `${call.origin}/pools/${pool.id}/nodes/${node.id}/files`;
    return { nodeRoot, folder: nodeRoot, url, missing: refuse("FileNotFound") };
}

export async function placeOfTask(call: Call, services: BatchServices): Promise<Place | Refused> {
    const job = jobOf(call, services);
    if (!job) return refuse("JobNotFound");
    const task = services.store.tasks.get(job.number, call.params["taskId"] ?? "");
    if (!task || task.stopping === "delete") return refuse("TaskNotFound");
    if (!task.node) return refuse("TaskFilesUnavailable");
    const node = services.store.nodes.get(recordKey(call.account.name, task.node.pool, task.node.node));
    // guess: the files of a task whose node has left are reported as cleaned up.
    if (!node) return refuse("TaskFilesCleanedup");
    const nodeRoot = await rootOf(node, services);
    if (typeof nodeRoot !== "string") return nodeRoot;
    const folder = await inside(nodeRoot, join(nodeRoot, task.node.directory));
    const gone = refuse(task.state === "completed" ? "TaskFilesCleanedup" : "TaskFilesUnavailable");
    if (folder === undefined) return gone;
    const url = `${call.origin}/jobs/${job.id}/tasks/${task.id}/files`;
    return { nodeRoot, folder, url, missing: refuse("FileNotFound") };
}

async function rootOf(node: NodeRecord, { scheduler }: BatchServices): Promise<string | Refused> {
    if (unreachable.has(node.state)) {
        return refuse("NodeNotReady", { values: [{ key: "NodeState", value: node.state }] });
    }
    try {
        return await realpath(scheduler.host.rootOf(node.key));
    } catch {
        return refuse("NodeNotReady", { values: [{ key: "NodeState", value: node.state }] });
    }
}

/** The real path where it lies within the root, through whatever links; undefined where it does not or is not there. */
export async function inside(root: string, path: string): Promise<string | undefined> {
    try {
        const real = await realpath(path);
        return real === root || real.startsWith(root + sep) ? real : undefined;
    } catch {
        return undefined;
    }
}

/** The file that a call's path names, as a real path within the place. Paths from outside are never trusted. */
export async function fileOf(place: Place, name: string): Promise<string | Refused> {
    const steps = name.split(/[/\\]+/).filter((step) => step !== "" && step !== ".");
    if (steps.length === 0 || steps.includes("..") || name.includes("\0")) {
        return refuse("InvalidUri", {
            values: [{ key: "Reason", value: "The path of a file lies below the folder and has no '..'." }],
        });
    }
    return (await inside(place.nodeRoot, join(place.folder, ...steps))) ?? place.missing;
}
