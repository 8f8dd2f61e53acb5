// Shapes of the Batch data plane, api-version 2025-06-01, under the names of its REST reference: jobs.
// What a request must hold is required; an answer holds what `$select` asked for, so its parts are optional.
import type { BatchMetadataItem, BatchPoolSpecification } from "./pools";
import type {
    BatchApplicationPackageReference,
    BatchErrorSourceCategory,
    BatchTaskConstraints,
    BatchTaskContainerExecutionInfo,
    BatchTaskContainerSettings,
    BatchTaskExecutionResult,
    BatchTaskFailureInfo,
    EnvironmentSetting,
    NameValuePair,
    OutputFile,
    ResourceFile,
    UserIdentity,
} from "./shared";

export interface BatchJobCreateOptions {
    id: string;
    displayName?: string;
    usesTaskDependencies?: boolean;
    priority?: number;
    allowTaskPreemption?: boolean;
    maxParallelTasks?: number;
    constraints?: BatchJobConstraints;
    jobManagerTask?: BatchJobManagerTask;
    jobPreparationTask?: BatchJobPreparationTask;
    jobReleaseTask?: BatchJobReleaseTask;
    commonEnvironmentSettings?: EnvironmentSetting[];
    poolInfo: BatchPoolInfo;
    onAllTasksComplete?: BatchAllTasksCompleteMode;
    onTaskFailure?: BatchTaskFailureMode;
    networkConfiguration?: BatchJobNetworkConfiguration;
    metadata?: BatchMetadataItem[];
}

export interface BatchJobConstraints {
    maxWallClockTime?: string;
    maxTaskRetryCount?: number;
}

export interface BatchJobManagerTask {
    id: string;
    displayName?: string;
    commandLine: string;
    containerSettings?: BatchTaskContainerSettings;
    resourceFiles?: ResourceFile[];
    outputFiles?: OutputFile[];
    environmentSettings?: EnvironmentSetting[];
    constraints?: BatchTaskConstraints;
    requiredSlots?: number;
    killJobOnCompletion?: boolean;
    userIdentity?: UserIdentity;
    runExclusive?: boolean;
    applicationPackageReferences?: BatchApplicationPackageReference[];
    allowLowPriorityNode?: boolean;
}

export interface BatchJobPreparationTask {
    id?: string;
    commandLine: string;
    containerSettings?: BatchTaskContainerSettings;
    resourceFiles?: ResourceFile[];
    environmentSettings?: EnvironmentSetting[];
    constraints?: BatchTaskConstraints;
    waitForSuccess?: boolean;
    userIdentity?: UserIdentity;
    rerunOnNodeRebootAfterSuccess?: boolean;
}

export interface BatchJobReleaseTask {
    id?: string;
    commandLine: string;
    containerSettings?: BatchTaskContainerSettings;
    resourceFiles?: ResourceFile[];
    environmentSettings?: EnvironmentSetting[];
    maxWallClockTime?: string;
    retentionTime?: string;
    userIdentity?: UserIdentity;
}

export interface BatchPoolInfo {
    poolId?: string;
    autoPoolSpecification?: BatchAutoPoolSpecification;
}

export interface BatchAutoPoolSpecification {
    autoPoolIdPrefix?: string;
    poolLifetimeOption: BatchPoolLifetimeOption;
    keepAlive?: boolean;
    pool?: BatchPoolSpecification;
}

export type BatchPoolLifetimeOption = "jobschedule" | "job";

export type BatchAllTasksCompleteMode = "noaction" | "terminatejob";

export type BatchTaskFailureMode = "noaction" | "performexitoptionsjobaction";

export interface BatchJobNetworkConfiguration {
    subnetId: string;
    skipWithdrawFromVNet?: boolean;
}

export interface BatchJobUpdateOptions {
    priority?: number;
    allowTaskPreemption?: boolean;
    maxParallelTasks?: number;
    constraints?: BatchJobConstraints;
    poolInfo?: BatchPoolInfo;
    onAllTasksComplete?: BatchAllTasksCompleteMode;
    metadata?: BatchMetadataItem[];
    networkConfiguration?: BatchJobNetworkConfiguration;
}

export interface BatchJob {
    id?: string;
    displayName?: string;
    usesTaskDependencies?: boolean;
    url?: string;
    eTag?: string;
    lastModified?: string;
    creationTime?: string;
    state?: BatchJobState;
    stateTransitionTime?: string;
    previousState?: BatchJobState;
    previousStateTransitionTime?: string;
    priority?: number;
    allowTaskPreemption?: boolean;
    maxParallelTasks?: number;
    constraints?: BatchJobConstraints;
    jobManagerTask?: BatchJobManagerTask;
    jobPreparationTask?: BatchJobPreparationTask;
    jobReleaseTask?: BatchJobReleaseTask;
    commonEnvironmentSettings?: EnvironmentSetting[];
    poolInfo: BatchPoolInfo;
    onAllTasksComplete?: BatchAllTasksCompleteMode;
    onTaskFailure?: BatchTaskFailureMode;
    networkConfiguration?: BatchJobNetworkConfiguration;
    metadata?: BatchMetadataItem[];
    executionInfo?: BatchJobExecutionInfo;
    stats?: BatchJobStatistics;
}

export type BatchJobState =
    "active" | "disabling" | "disabled" | "enabling" | "terminating" | "completed" | "deleting";

export interface BatchJobExecutionInfo {
    startTime: string;
    endTime?: string;
    poolId?: string;
    schedulingError?: BatchJobSchedulingError;
    terminateReason?: string;
}

export interface BatchJobSchedulingError {
    category: BatchErrorSourceCategory;
    code?: string;
    message?: string;
    details?: NameValuePair[];
}

export interface BatchJobStatistics {
    url: string;
    startTime: string;
    lastUpdateTime: string;
    userCPUTime: string;
    kernelCPUTime: string;
    wallClockTime: string;
    readIOps: number;
    writeIOps: number;
    readIOGiB: number;
    writeIOGiB: number;
    numSucceededTasks: number;
    numFailedTasks: number;
    numTaskRetries: number;
    waitTime: string;
}

export interface BatchJobPreparationAndReleaseTaskStatus {
    poolId?: string;
    nodeId?: string;
    nodeUrl?: string;
    jobPreparationTaskExecutionInfo?: BatchJobPreparationTaskExecutionInfo;
    jobReleaseTaskExecutionInfo?: BatchJobReleaseTaskExecutionInfo;
}

export interface BatchJobPreparationTaskExecutionInfo {
    startTime: string;
    endTime?: string;
    state: BatchJobPreparationTaskState;
    taskRootDirectory?: string;
    taskRootDirectoryUrl?: string;
    exitCode?: number;
    containerInfo?: BatchTaskContainerExecutionInfo;
    failureInfo?: BatchTaskFailureInfo;
    retryCount: number;
    lastRetryTime?: string;
    result?: BatchTaskExecutionResult;
}

export type BatchJobPreparationTaskState = "running" | "completed";

export interface BatchJobReleaseTaskExecutionInfo {
    startTime: string;
    endTime?: string;
    state: BatchJobReleaseTaskState;
    taskRootDirectory?: string;
    taskRootDirectoryUrl?: string;
    exitCode?: number;
    containerInfo?: BatchTaskContainerExecutionInfo;
    failureInfo?: BatchTaskFailureInfo;
    result?: BatchTaskExecutionResult;
}

export type BatchJobReleaseTaskState = "running" | "completed";

export interface BatchJobDisableOptions {
    disableTasks: DisableBatchJobOption;
}

export type DisableBatchJobOption = "requeue" | "terminate" | "wait";

export interface BatchJobTerminateOptions {
    terminateReason?: string;
}
