// Shapes of the Batch data plane, api-version 2025-06-01, under the names of its REST reference: nodes.
// What a request must hold is required; an answer holds what `$select` asked for, so its parts are optional.
import type { BatchStartTask, InboundEndpointProtocol } from "./pools";
import type {
    BatchTaskContainerExecutionInfo,
    BatchTaskExecutionInfo,
    BatchTaskExecutionResult,
    BatchTaskFailureInfo,
    BatchTaskState,
    NameValuePair,
} from "./shared";
import type { BatchVmImageReference } from "./virtualMachines";

export interface BatchNode {
    id?: string;
    url?: string;
    state?: BatchNodeState;
    schedulingState?: SchedulingState;
    stateTransitionTime?: string;
    lastBootTime?: string;
    allocationTime?: string;
    ipAddress?: string;
    ipv6Address?: string;
    affinityId?: string;
    vmSize?: string;
    totalTasksRun?: number;
    runningTasksCount?: number;
    runningTaskSlotsCount?: number;
    totalTasksSucceeded?: number;
    recentTasks?: BatchTaskInfo[];
    startTask?: BatchStartTask;
    startTaskInfo?: BatchStartTaskInfo;
    errors?: BatchNodeError[];
    isDedicated?: boolean;
    endpointConfiguration?: BatchNodeEndpointConfiguration;
    nodeAgentInfo?: BatchNodeAgentInfo;
    virtualMachineInfo?: VirtualMachineInfo;
}

export type BatchNodeState =
    | "idle"
    | "rebooting"
    | "reimaging"
    | "running"
    | "unusable"
    | "creating"
    | "starting"
    | "waitingforstarttask"
    | "starttaskfailed"
    | "unknown"
    | "leavingpool"
    | "offline"
    | "preempted"
    | "upgradingos"
    | "deallocated"
    | "deallocating";

/** What happens to the tasks of a node that is rebooted or reimaged. */
export type BatchNodeRebootKind = "requeue" | "terminate" | "taskcompletion" | "retaineddata";

export type SchedulingState = "enabled" | "disabled";

export interface BatchTaskInfo {
    taskUrl?: string;
    jobId?: string;
    taskId?: string;
    subtaskId?: number;
    taskState: BatchTaskState;
    executionInfo?: BatchTaskExecutionInfo;
}

export interface BatchStartTaskInfo {
    state: BatchStartTaskState;
    startTime: string;
    endTime?: string;
    exitCode?: number;
    containerInfo?: BatchTaskContainerExecutionInfo;
    failureInfo?: BatchTaskFailureInfo;
    retryCount: number;
    lastRetryTime?: string;
    result?: BatchTaskExecutionResult;
}

export type BatchStartTaskState = "running" | "completed";

export interface BatchNodeError {
    code?: string;
    message?: string;
    errorDetails?: NameValuePair[];
}

export interface BatchNodeEndpointConfiguration {
    inboundEndpoints: InboundEndpoint[];
}

export interface InboundEndpoint {
    name: string;
    protocol: InboundEndpointProtocol;
    publicIPAddress: string;
    publicFQDN: string;
    frontendPort: number;
    backendPort: number;
}

export interface BatchNodeAgentInfo {
    version: string;
    lastUpdateTime: string;
}

export interface VirtualMachineInfo {
    imageReference?: BatchVmImageReference;
    scaleSetVmResourceId?: string;
}
