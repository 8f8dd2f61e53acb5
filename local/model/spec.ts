/**
 * The parts of declared bodies that rules act on, in data plane names. Bodies were checked against their shapes before they were
 * kept, so reading one through these types is safe.
 */
export interface NameValue {
    name: string;
    value?: string;
}

export interface UserIdentity {
    username?: string;
    autoUser?: { scope?: "task" | "pool"; elevationLevel?: "nonadmin" | "admin" };
}

export interface IdentityReference {
    resourceId?: string;
}

export interface ResourceFileSpec {
    autoStorageContainerName?: string;
    storageContainerUrl?: string;
    httpUrl?: string;
    blobPrefix?: string;
    filePath?: string;
    fileMode?: string;
    identityReference?: IdentityReference;
}

export interface OutputFileSpec {
    filePattern: string;
    destination: {
        container?: {
            path?: string;
            containerUrl: string;
            identityReference?: IdentityReference;
            uploadHeaders?: { name: string; value?: string }[];
        };
    };
    uploadOptions: { uploadCondition: "tasksuccess" | "taskfailure" | "taskcompletion" };
}

export interface ContainerSettingsSpec {
    imageName: string;
    containerRunOptions?: string;
    workingDirectory?: "taskWorkingDirectory" | "containerImageDefault";
    registry?: { registryServer?: string; username?: string; password?: string };
}

export interface PackageReference {
    applicationId: string;
    version?: string;
}

export interface Constraints {
    maxWallClockTime?: string;
    maxTaskRetryCount?: number;
    retentionTime?: string;
}

/** What every command that runs on a node has. */
export interface RunnableSpec {
    commandLine: string;
    resourceFiles?: ResourceFileSpec[];
    environmentSettings?: NameValue[];
    userIdentity?: UserIdentity;
    containerSettings?: ContainerSettingsSpec;
    constraints?: Constraints;
}

export interface StartTaskSpec extends RunnableSpec {
    maxTaskRetryCount?: number;
    waitForSuccess?: boolean;
}

export interface JobAction {
    jobAction?: "none" | "disable" | "terminate";
    dependencyAction?: "satisfy" | "block";
}

export interface ExitConditions {
    exitCodes?: { code: number; exitOptions: JobAction }[];
    exitCodeRanges?: { start: number; end: number; exitOptions: JobAction }[];
    preProcessingError?: JobAction;
    fileUploadError?: JobAction;
    default?: JobAction;
}

export interface TaskSpec extends RunnableSpec {
    id: string;
    displayName?: string;
    outputFiles?: OutputFileSpec[];
    exitConditions?: ExitConditions;
    affinityInfo?: { affinityId: string };
    requiredSlots?: number;
    multiInstanceSettings?: {
        numberOfInstances?: number;
        coordinationCommandLine: string;
        commonResourceFiles?: ResourceFileSpec[];
    };
    dependsOn?: { taskIds?: string[]; taskIdRanges?: { start: number; end: number }[] };
    applicationPackageReferences?: PackageReference[];
}

export interface JobManagerSpec extends TaskSpec {
    killJobOnCompletion?: boolean;
    runExclusive?: boolean;
    allowLowPriorityNode?: boolean;
}

export interface PreparationSpec extends RunnableSpec {
    id?: string;
    waitForSuccess?: boolean;
    rerunOnNodeRebootAfterSuccess?: boolean;
}

export interface ReleaseSpec extends RunnableSpec {
    id?: string;
    maxWallClockTime?: string;
    retentionTime?: string;
}

export interface JobSpec {
    id: string;
    displayName?: string;
    usesTaskDependencies?: boolean;
    priority?: number;
    maxParallelTasks?: number;
    allowTaskPreemption?: boolean;
    constraints?: Constraints;
    jobManagerTask?: JobManagerSpec;
    jobPreparationTask?: PreparationSpec;
    jobReleaseTask?: ReleaseSpec;
    commonEnvironmentSettings?: NameValue[];
    poolInfo: {
        poolId?: string;
        autoPoolSpecification?: {
            autoPoolIdPrefix?: string;
            poolLifetimeOption: "job" | "jobschedule";
            keepAlive?: boolean;
            pool?: PoolSpec;
        };
    };
    onAllTasksComplete?: "noaction" | "terminatejob";
    onTaskFailure?: "noaction" | "performexitoptionsjobaction";
}

export interface PoolSpec {
    id?: string;
    vmSize: string;
    virtualMachineConfiguration?: {
        imageReference?: { publisher?: string; offer?: string; sku?: string; version?: string };
        nodeAgentSKUId?: string;
        windowsConfiguration?: unknown;
    };
    resizeTimeout?: string;
    targetDedicatedNodes?: number;
    targetLowPriorityNodes?: number;
    enableAutoScale?: boolean;
    autoScaleFormula?: string;
    autoScaleEvaluationInterval?: string;
    enableInterNodeCommunication?: boolean;
    startTask?: StartTaskSpec;
    applicationPackageReferences?: PackageReference[];
    taskSlotsPerNode?: number;
    taskSchedulingPolicy?: { nodeFillType?: "spread" | "pack"; jobDefaultOrder?: "none" | "creationtime" };
    mountConfiguration?: unknown[];
    userAccounts?: { name: string; elevationLevel?: "nonadmin" | "admin" }[];
}

export interface ScheduleSpec {
    id: string;
    schedule: {
        doNotRunUntil?: string;
        doNotRunAfter?: string;
        startWindow?: string;
        recurrenceInterval?: string;
    };
    jobSpecification: Omit<JobSpec, "id">;
}
