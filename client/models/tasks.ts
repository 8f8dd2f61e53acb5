// Shapes of the Batch data plane, api-version 2025-06-01, under the names of its REST reference: tasks.
// What a request must hold is required; an answer holds what `$select` asked for, so its parts are optional.
import type {
    BatchApplicationPackageReference,
    BatchTaskConstraints,
    BatchTaskContainerExecutionInfo,
    BatchTaskContainerSettings,
    BatchTaskExecutionInfo,
    BatchTaskExecutionResult,
    BatchTaskFailureInfo,
    BatchTaskState,
    EnvironmentSetting,
    OutputFile,
    ResourceFile,
    UserIdentity,
} from "./shared";

export interface BatchTaskCreateOptions {
    id: string;
    displayName?: string;
    exitConditions?: ExitConditions;
    commandLine: string;
    containerSettings?: BatchTaskContainerSettings;
    resourceFiles?: ResourceFile[];
    outputFiles?: OutputFile[];
    environmentSettings?: EnvironmentSetting[];
    affinityInfo?: BatchAffinityInfo;
    constraints?: BatchTaskConstraints;
    requiredSlots?: number;
    userIdentity?: UserIdentity;
    multiInstanceSettings?: MultiInstanceSettings;
    dependsOn?: BatchTaskDependencies;
    applicationPackageReferences?: BatchApplicationPackageReference[];
}

export interface ExitConditions {
    exitCodes?: ExitCodeMapping[];
    exitCodeRanges?: ExitCodeRangeMapping[];
    preProcessingError?: ExitOptions;
    fileUploadError?: ExitOptions;
    default?: ExitOptions;
}

export interface ExitCodeMapping {
    code: number;
    exitOptions: ExitOptions;
}

export interface ExitOptions {
    jobAction?: BatchJobActionKind;
    dependencyAction?: DependencyAction;
}

export type BatchJobActionKind = "none" | "disable" | "terminate";

export type DependencyAction = "satisfy" | "block";

export interface ExitCodeRangeMapping {
    start: number;
    end: number;
    exitOptions: ExitOptions;
}

export interface BatchAffinityInfo {
    affinityId: string;
}

export interface MultiInstanceSettings {
    numberOfInstances?: number;
    coordinationCommandLine: string;
    commonResourceFiles?: ResourceFile[];
}

export interface BatchTaskDependencies {
    taskIds?: string[];
    taskIdRanges?: BatchTaskIdRange[];
}

export interface BatchTaskIdRange {
    start: number;
    end: number;
}

export interface BatchTask {
    id?: string;
    displayName?: string;
    url?: string;
    eTag?: string;
    lastModified?: string;
    creationTime?: string;
    exitConditions?: ExitConditions;
    state?: BatchTaskState;
    stateTransitionTime?: string;
    previousState?: BatchTaskState;
    previousStateTransitionTime?: string;
    commandLine?: string;
    containerSettings?: BatchTaskContainerSettings;
    resourceFiles?: ResourceFile[];
    outputFiles?: OutputFile[];
    environmentSettings?: EnvironmentSetting[];
    affinityInfo?: BatchAffinityInfo;
    constraints?: BatchTaskConstraints;
    requiredSlots?: number;
    userIdentity?: UserIdentity;
    executionInfo?: BatchTaskExecutionInfo;
    nodeInfo?: BatchNodeInfo;
    multiInstanceSettings?: MultiInstanceSettings;
    stats?: BatchTaskStatistics;
    dependsOn?: BatchTaskDependencies;
    applicationPackageReferences?: BatchApplicationPackageReference[];
}

export interface BatchNodeInfo {
    affinityId?: string;
    nodeUrl?: string;
    poolId?: string;
    nodeId?: string;
    taskRootDirectory?: string;
    taskRootDirectoryUrl?: string;
}

export interface BatchTaskStatistics {
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
    waitTime: string;
}

export interface BatchTaskGroup {
    value: BatchTaskCreateOptions[];
}

export interface BatchCreateTaskCollectionResult {
    value?: BatchTaskCreateResult[];
}

export interface BatchTaskCreateResult {
    status: BatchTaskAddStatus;
    taskId: string;
    eTag?: string;
    lastModified?: string;
    location?: string;
    error?: BatchError;
}

export type BatchTaskAddStatus = "success" | "clienterror" | "servererror";

export interface BatchError {
    code?: string;
    message?: BatchErrorMessage;
    values?: BatchErrorDetail[];
}

export interface BatchErrorMessage {
    lang?: string;
    value?: string;
}

export interface BatchErrorDetail {
    key?: string;
    value?: string;
}

export interface BatchTaskCountsResult {
    taskCounts: BatchTaskCounts;
    taskSlotCounts: BatchTaskSlotCounts;
}

export interface BatchTaskCounts {
    active: number;
    running: number;
    completed: number;
    succeeded: number;
    failed: number;
}

export interface BatchTaskSlotCounts {
    active: number;
    running: number;
    completed: number;
    succeeded: number;
    failed: number;
}

export interface BatchSubtask {
    id?: number;
    nodeInfo?: BatchNodeInfo;
    startTime?: string;
    endTime?: string;
    exitCode?: number;
    containerInfo?: BatchTaskContainerExecutionInfo;
    failureInfo?: BatchTaskFailureInfo;
    state?: BatchSubtaskState;
    stateTransitionTime?: string;
    previousState?: BatchSubtaskState;
    previousStateTransitionTime?: string;
    result?: BatchTaskExecutionResult;
}

export type BatchSubtaskState = "preparing" | "running" | "completed";

export interface BatchNodeFile {
    name?: string;
    url?: string;
    isDirectory?: boolean;
    properties?: FileProperties;
}

export interface FileProperties {
    creationTime?: string;
    lastModified: string;
    contentLength: number;
    contentType?: string;
    fileMode?: string;
}
