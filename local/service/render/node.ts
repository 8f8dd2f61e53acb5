import type { FilterFields } from "../../http/filter";
import { recordKey } from "../../model/ids";
import { isoText } from "../../model/instant";
import type { JsonObject } from "../../model/json";
import { isObject } from "../../model/json";
import type { NodeRecord, PoolRecord } from "../../model/pool";
import type { BatchServices } from "../services";
import { given, runOf, when, withoutSecrets } from "./parts";
import { affinityIdOf, executionOf, taskUrl } from "./task";

export const nodeProperties: ReadonlySet<string> = new Set([
    ...["id", "url", "state", "schedulingState", "stateTransitionTime", "lastBootTime", "allocationTime"],
    ...["ipAddress", "ipv6Address", "affinityId", "vmSize", "totalTasksRun", "runningTasksCount"],
    ...[
        "runningTaskSlotsCount",
        "totalTasksSucceeded",
        "recentTasks",
        "startTask",
        "startTaskInfo",
        "errors",
    ],
    ...[
        "isDedicated",
        "endpointConfiguration",
        "nodeAgentInfo",
        "virtualMachineInfo",
        "certificateReferences",
    ],
]);

export const nodeFields: FilterFields = {
    id: "id",
    state: "enum",
    stateTransitionTime: "date",
    lastBootTime: "date",
    allocationTime: "date",
    "startTaskInfo/state": "enum",
    "startTaskInfo/result": "enum",
    "startTaskInfo/exitCode": "number",
    "startTaskInfo/startTime": "date",
    "startTaskInfo/endTime": "date",
};

/** Version of the agent that Batch Local's nodes claim to run. */
const agentVersion = "1.0.0";

export function renderNode(
    node: NodeRecord,
    pool: PoolRecord,
    origin: string,
    { scheduler, store }: Pick<BatchServices, "scheduler" | "store">,
): JsonObject {
    const flights = [...scheduler.world.onNode(node.key)].filter((flight) => flight.task !== undefined);
    const machine = pool.spec["virtualMachineConfiguration"];
    const image = isObject(machine) ? machine["imageReference"] : undefined;
    return given({
        id: node.id,
        url: `${origin}/pools/${pool.id}/nodes/${node.id}`,
        state: node.state,
        schedulingState: node.schedulingState,
        stateTransitionTime: isoText(node.stateTransitionTime),
        lastBootTime: when(node.lastBootTime),
        allocationTime: isoText(node.allocationTime),
        ipAddress: node.address,
        affinityId: affinityIdOf(node.id),
        vmSize: pool.spec["vmSize"],
        totalTasksRun: node.totalTasksRun,
        runningTasksCount: flights.length,
        runningTaskSlotsCount: scheduler.world.slotsUsed(node.key),
        totalTasksSucceeded: node.totalTasksSucceeded,
        recentTasks: recentTasksOf(node, origin, store),
        startTask: withoutSecrets(pool.spec["startTask"]),
        startTaskInfo: node.startTask && runOf(node.startTask),
        errors: node.errors,
        isDedicated: node.dedicated,
        endpointConfiguration: { inboundEndpoints: endpointsOf(node, pool) },
        nodeAgentInfo: {
            version: agentVersion,
            lastUpdateTime: isoText(node.lastBootTime ?? node.allocationTime),
        },
        virtualMachineInfo: image && { imageReference: image },
    });
}

function recentTasksOf(
    node: NodeRecord,
    origin: string,
    store: BatchServices["store"],
): JsonObject[] | undefined {
    const shown = (node.recentTasks ?? []).flatMap((recent): JsonObject[] => {
        const job = store.jobs.get(recent.job);
        const task = job && store.tasks.get(job.number, recent.task);
        if (!job || !task) return [];
        return [
            given({
                taskUrl: taskUrl(origin, job, task),
                jobId: job.id,
                taskId: task.id,
                subtaskId: recent.subtask,
                taskState: task.state,
                executionInfo: executionOf(task),
            }),
        ];
    });
    return shown.length > 0 ? shown : undefined;
}

/** The declared ports as each node has them: one port of the range a node. */
function endpointsOf(node: NodeRecord, pool: PoolRecord): JsonObject[] {
    const network = pool.spec["networkConfiguration"];
    const endpoints = isObject(network) ? network["endpointConfiguration"] : undefined;
    const pools: unknown = isObject(endpoints) ? endpoints["inboundNATPools"] : undefined;
    if (!Array.isArray(pools)) return [];
    const index = Number.parseInt(node.id.replace(/\D/g, "").slice(-4) || "0", 10);
    return pools.filter(isObject).map((declared) => {
        const start = Number(declared["frontendPortRangeStart"]);
        const span = Number(declared["frontendPortRangeEnd"]) - start + 1;
        return {
            name: `${String(declared["name"])}.${index}`,
            protocol: declared["protocol"],
            publicIPAddress: node.address,
            // A node of this machine has an address and no name.
            publicFQDN: node.address,
            frontendPort: start + (index % Math.max(1, span)),
            backendPort: declared["backendPort"],
        };
    });
}

export function nodeKeyOf(pool: PoolRecord, node: string): string {
    return recordKey(pool.account, pool.id, node);
}
