import type { Version } from "../../http/conditions";
import type { FilterFields } from "../../http/filter";
import { eTagText } from "../../model/etag";
import { isoText } from "../../model/instant";
import type { JobRecord } from "../../model/job";
import type { JsonObject } from "../../model/json";
import { isObject } from "../../model/json";
import { taskConstraints } from "../../model/newJob";
import type { TaskRecord } from "../../model/task";
import { propertiesOf } from "../shapes";
import { given, stateOf, when, withoutSecrets } from "./parts";

export const taskProperties = propertiesOf("BatchTask", "BatchTaskCreateOptions");

export const taskFields: FilterFields = {
    id: "id",
    state: "enum",
    stateTransitionTime: "date",
    creationTime: "date",
    lastModifiedTime: "date",
    lastModified: "date",
    "executionInfo/startTime": "date",
    "executionInfo/endTime": "date",
    "executionInfo/exitCode": "number",
    "executionInfo/result": "enum",
};

const ends = Array.from({ length: 4096 }, (_, number) => eTagText(number).slice(-3));
let beginning = { of: -1, text: "" };

/** A task changes its tag when its data does, not when its state does. */
export function taskVersion({ lastModified, sequence }: TaskRecord): Version {
    // Tasks of one request begin alike; large numbers are slow to write in hexadecimal.
    if (beginning.of !== lastModified)
        beginning = { of: lastModified, text: eTagText(lastModified * 4096).slice(0, -3) };
    return { eTag: `${beginning.text}${ends[sequence % 4096] ?? ""}`, lastModified };
}

export function taskUrl(origin: string, job: JobRecord, task: { id: string }): string {
    return `${origin}/jobs/${job.id}/tasks/${task.id}`;
}

/** What the service shows of a task that names no user (recorded answers). */
const defaultIdentity = { autoUser: { scope: "pool", elevationLevel: "nonadmin" } } as const;

export function renderTask(task: TaskRecord, job: JobRecord, origin: string): JsonObject {
    const { id, displayName, constraints, containerSettings, ...spec } = task.spec;
    const retries = isObject(job.spec["constraints"]) ? job.spec["constraints"]["maxTaskRetryCount"] : 0;
    return given({
        id,
        displayName,
        url: taskUrl(origin, job, task),
        eTag: taskVersion(task).eTag,
        creationTime: isoText(task.creationTime),
        lastModified: isoText(task.lastModified),
        ...stateOf(task),
        userIdentity: defaultIdentity,
        ...spec,
        containerSettings: withoutSecrets(containerSettings),
        constraints: taskConstraints(constraints, Number(retries ?? 0)),
        requiredSlots: task.requiredSlots,
        executionInfo: executionOf(task),
        nodeInfo: task.node && nodeOf(task.node, origin),
    });
}

export function executionOf(task: TaskRecord): JsonObject {
    return given({
        startTime: when(task.startTime),
        endTime: when(task.endTime),
        exitCode: task.exitCode,
        failureInfo: task.failureInfo,
        retryCount: task.retryCount,
        lastRetryTime: when(task.lastRetryTime),
        requeueCount: task.requeueCount,
        lastRequeueTime: when(task.lastRequeueTime),
        result: task.result,
    });
}

/** Where a task ran: what the node's files are found by. */
export function nodeOf(node: { pool: string; node: string; directory: string }, origin: string): JsonObject {
    const nodeUrl = `${origin}/pools/${node.pool}/nodes/${node.node}`;
    return {
        affinityId: affinityIdOf(node.node),
        nodeUrl,
        poolId: node.pool,
        nodeId: node.node,
        taskRootDirectory: node.directory,
        taskRootDirectoryUrl: `${nodeUrl}/files/${node.directory}`,
    };
}

export function affinityIdOf(node: string): string {
    return `TVM:${node}`;
}

/** What a task used; times of processors, reads and writes are not measured here and shown as nothing. */
export function taskStatistics(task: TaskRecord, job: JobRecord, origin: string, now: number): JsonObject {
    const wall = task.startTime === undefined ? 0 : (task.endTime ?? now) - task.startTime;
    const waited = (task.startTime ?? now) - task.creationTime;
    return {
        url: `${taskUrl(origin, job, task)}/stats`,
        startTime: isoText(task.creationTime),
        lastUpdateTime: isoText(now),
        ...unmeasured,
        wallClockTime: secondsText(wall),
        waitTime: secondsText(waited),
    };
}

export const unmeasured = {
    userCPUTime: "PT0S",
    kernelCPUTime: "PT0S",
    readIOps: 0,
    writeIOps: 0,
    readIOGiB: 0,
    writeIOGiB: 0,
} as const;

export function secondsText(milliseconds: number): string {
    return `PT${Math.max(0, milliseconds) / 1000}S`;
}
