// Shapes of the Batch data plane, api-version 2025-06-01, under the names of its REST reference: shared.
// What a request must hold is required; an answer holds what `$select` asked for, so its parts are optional.

export interface BatchTaskContainerSettings {
    containerRunOptions?: string;
    imageName: string;
    registry?: ContainerRegistryReference;
    workingDirectory?: ContainerWorkingDirectory;
    containerHostBatchBindMounts?: ContainerHostBatchBindMountEntry[];
}

export interface ContainerRegistryReference {
    username?: string;
    password?: string;
    registryServer?: string;
    identityReference?: BatchNodeIdentityReference;
}

export interface BatchNodeIdentityReference {
    resourceId?: string;
}

export type ContainerWorkingDirectory = "taskWorkingDirectory" | "containerImageDefault";

export interface ContainerHostBatchBindMountEntry {
    source?: ContainerHostDataPath;
    isReadOnly?: boolean;
}

export type ContainerHostDataPath = "Shared" | "Startup" | "VfsMounts" | "Task" | "JobPrep" | "Applications";

export interface ResourceFile {
    autoStorageContainerName?: string;
    storageContainerUrl?: string;
    httpUrl?: string;
    blobPrefix?: string;
    filePath?: string;
    fileMode?: string;
    identityReference?: BatchNodeIdentityReference;
}

export interface OutputFile {
    filePattern: string;
    destination: OutputFileDestination;
    uploadOptions: OutputFileUploadConfiguration;
}

export interface OutputFileDestination {
    container?: OutputFileBlobContainerDestination;
}

export interface OutputFileBlobContainerDestination {
    path?: string;
    containerUrl: string;
    identityReference?: BatchNodeIdentityReference;
    uploadHeaders?: OutputFileUploadHeader[];
}

export interface OutputFileUploadHeader {
    name: string;
    value?: string;
}

export interface OutputFileUploadConfiguration {
    uploadCondition: OutputFileUploadCondition;
}

export type OutputFileUploadCondition = "tasksuccess" | "taskfailure" | "taskcompletion";

export interface EnvironmentSetting {
    name: string;
    value?: string;
}

export interface BatchTaskConstraints {
    maxWallClockTime?: string;
    retentionTime?: string;
    maxTaskRetryCount?: number;
}

export interface UserIdentity {
    username?: string;
    autoUser?: AutoUserSpecification;
}

export interface AutoUserSpecification {
    scope?: AutoUserScope;
    elevationLevel?: ElevationLevel;
}

export type AutoUserScope = "task" | "pool";

export type ElevationLevel = "nonadmin" | "admin";

export interface BatchApplicationPackageReference {
    applicationId: string;
    version?: string;
}

export type BatchTaskState = "active" | "preparing" | "running" | "completed";

export interface BatchTaskExecutionInfo {
    startTime?: string;
    endTime?: string;
    exitCode?: number;
    containerInfo?: BatchTaskContainerExecutionInfo;
    failureInfo?: BatchTaskFailureInfo;
    retryCount: number;
    lastRetryTime?: string;
    requeueCount: number;
    lastRequeueTime?: string;
    result?: BatchTaskExecutionResult;
}

export interface BatchTaskContainerExecutionInfo {
    containerId?: string;
    state?: string;
    error?: string;
}

export interface BatchTaskFailureInfo {
    category: BatchErrorSourceCategory;
    code?: string;
    message?: string;
    details?: NameValuePair[];
}

export type BatchErrorSourceCategory = "usererror" | "servererror";

export interface NameValuePair {
    name?: string;
    value?: string;
}

export type BatchTaskExecutionResult = "success" | "failure";
