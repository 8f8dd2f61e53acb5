// Shapes of the Batch data plane, api-version 2025-06-01, under the names of its REST reference: schedules.
// What a request must hold is required; an answer holds what `$select` asked for, so its parts are optional.
import type {
    BatchAllTasksCompleteMode,
    BatchJobConstraints,
    BatchJobManagerTask,
    BatchJobNetworkConfiguration,
    BatchJobPreparationTask,
    BatchJobReleaseTask,
    BatchPoolInfo,
    BatchTaskFailureMode,
} from "./jobs";
import type { BatchMetadataItem } from "./pools";
import type { EnvironmentSetting } from "./shared";

export interface BatchJobScheduleCreateOptions {
    id: string;
    displayName?: string;
    schedule: BatchJobScheduleConfiguration;
    jobSpecification: BatchJobSpecification;
    metadata?: BatchMetadataItem[];
}

export interface BatchJobScheduleConfiguration {
    doNotRunUntil?: string;
    doNotRunAfter?: string;
    startWindow?: string;
    recurrenceInterval?: string;
}

export interface BatchJobSpecification {
    priority?: number;
    allowTaskPreemption?: boolean;
    maxParallelTasks?: number;
    displayName?: string;
    usesTaskDependencies?: boolean;
    onAllTasksComplete?: BatchAllTasksCompleteMode;
    onTaskFailure?: BatchTaskFailureMode;
    networkConfiguration?: BatchJobNetworkConfiguration;
    constraints?: BatchJobConstraints;
    jobManagerTask?: BatchJobManagerTask;
    jobPreparationTask?: BatchJobPreparationTask;
    jobReleaseTask?: BatchJobReleaseTask;
    commonEnvironmentSettings?: EnvironmentSetting[];
    poolInfo: BatchPoolInfo;
    metadata?: BatchMetadataItem[];
}

export interface BatchJobScheduleUpdateOptions {
    schedule?: BatchJobScheduleConfiguration;
    jobSpecification?: BatchJobSpecification;
    metadata?: BatchMetadataItem[];
}

export interface BatchJobSchedule {
    id?: string;
    displayName?: string;
    url?: string;
    eTag?: string;
    lastModified?: string;
    creationTime?: string;
    state?: BatchJobScheduleState;
    stateTransitionTime?: string;
    previousState?: BatchJobScheduleState;
    previousStateTransitionTime?: string;
    schedule?: BatchJobScheduleConfiguration;
    jobSpecification: BatchJobSpecification;
    executionInfo?: BatchJobScheduleExecutionInfo;
    metadata?: BatchMetadataItem[];
    stats?: BatchJobScheduleStatistics;
}

export type BatchJobScheduleState = "active" | "completed" | "disabled" | "terminating" | "deleting";

export interface BatchJobScheduleExecutionInfo {
    nextRunTime?: string;
    recentJob?: RecentBatchJob;
    endTime?: string;
}

export interface RecentBatchJob {
    id?: string;
    url?: string;
}

export interface BatchJobScheduleStatistics {
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
