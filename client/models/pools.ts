// Shapes of the Batch data plane, api-version 2025-06-01, under the names of its REST reference: pools.
// What a request must hold is required; an answer holds what `$select` asked for, so its parts are optional.
import type {
    BatchApplicationPackageReference,
    BatchNodeIdentityReference,
    BatchTaskContainerSettings,
    ElevationLevel,
    EnvironmentSetting,
    NameValuePair,
    ResourceFile,
    UserIdentity,
} from "./shared";
import type { BatchVmImageReference, VirtualMachineConfiguration } from "./virtualMachines";

export interface BatchPoolSpecification {
    displayName?: string;
    vmSize: string;
    virtualMachineConfiguration?: VirtualMachineConfiguration;
    taskSlotsPerNode?: number;
    taskSchedulingPolicy?: BatchTaskSchedulingPolicy;
    resizeTimeout?: string;
    targetDedicatedNodes?: number;
    targetLowPriorityNodes?: number;
    enableAutoScale?: boolean;
    autoScaleFormula?: string;
    autoScaleEvaluationInterval?: string;
    enableInterNodeCommunication?: boolean;
    networkConfiguration?: NetworkConfiguration;
    startTask?: BatchStartTask;
    applicationPackageReferences?: BatchApplicationPackageReference[];
    userAccounts?: UserAccount[];
    metadata?: BatchMetadataItem[];
    mountConfiguration?: MountConfiguration[];
    upgradePolicy?: UpgradePolicy;
}

export interface BatchTaskSchedulingPolicy {
    jobDefaultOrder?: BatchJobDefaultOrder;
    nodeFillType: BatchNodeFillType;
}

export type BatchJobDefaultOrder = "none" | "creationtime";

export type BatchNodeFillType = "spread" | "pack";

export interface NetworkConfiguration {
    subnetId?: string;
    dynamicVNetAssignmentScope?: DynamicVNetAssignmentScope;
    endpointConfiguration?: BatchPoolEndpointConfiguration;
    publicIPAddressConfiguration?: BatchPublicIpAddressConfiguration;
    enableAcceleratedNetworking?: boolean;
}

export type DynamicVNetAssignmentScope = "none" | "job";

export interface BatchPoolEndpointConfiguration {
    inboundNATPools: BatchInboundNatPool[];
}

export interface BatchInboundNatPool {
    name: string;
    protocol: InboundEndpointProtocol;
    backendPort: number;
    frontendPortRangeStart: number;
    frontendPortRangeEnd: number;
    networkSecurityGroupRules?: NetworkSecurityGroupRule[];
}

export type InboundEndpointProtocol = "tcp" | "udp";

export interface NetworkSecurityGroupRule {
    priority: number;
    access: NetworkSecurityGroupRuleAccess;
    sourceAddressPrefix: string;
    sourcePortRanges?: string[];
}

export type NetworkSecurityGroupRuleAccess = "allow" | "deny";

export interface BatchPublicIpAddressConfiguration {
    provision?: IpAddressProvisioningType;
    ipFamilies?: IPFamily[];
    ipAddressIds?: string[];
    ipTags?: IPTag[];
}

export type IpAddressProvisioningType = "batchmanaged" | "usermanaged" | "nopublicipaddresses";

export type IPFamily = "IPv4" | "IPv6";

export interface IPTag {
    ipTagType?: string;
    tag?: string;
}

export interface BatchStartTask {
    commandLine: string;
    containerSettings?: BatchTaskContainerSettings;
    resourceFiles?: ResourceFile[];
    environmentSettings?: EnvironmentSetting[];
    userIdentity?: UserIdentity;
    maxTaskRetryCount?: number;
    waitForSuccess?: boolean;
}

export interface UserAccount {
    name: string;
    password: string;
    elevationLevel?: ElevationLevel;
    linuxUserConfiguration?: LinuxUserConfiguration;
    windowsUserConfiguration?: WindowsUserConfiguration;
}

export interface LinuxUserConfiguration {
    uid?: number;
    gid?: number;
    sshPrivateKey?: string;
}

export interface WindowsUserConfiguration {
    loginMode?: LoginMode;
}

export type LoginMode = "batch" | "interactive";

export interface BatchMetadataItem {
    name: string;
    value: string;
}

export interface MountConfiguration {
    azureBlobFileSystemConfiguration?: AzureBlobFileSystemConfiguration;
    nfsMountConfiguration?: NfsMountConfiguration;
    cifsMountConfiguration?: CifsMountConfiguration;
    azureFileShareConfiguration?: AzureFileShareConfiguration;
}

export interface AzureBlobFileSystemConfiguration {
    accountName: string;
    containerName: string;
    accountKey?: string;
    sasKey?: string;
    blobfuseOptions?: string;
    relativeMountPath: string;
    identityReference?: BatchNodeIdentityReference;
}

export interface NfsMountConfiguration {
    source: string;
    relativeMountPath: string;
    mountOptions?: string;
}

export interface CifsMountConfiguration {
    username: string;
    source: string;
    relativeMountPath: string;
    mountOptions?: string;
    password: string;
}

export interface AzureFileShareConfiguration {
    accountName: string;
    accountKey: string;
    azureFileUrl: string;
    relativeMountPath: string;
    mountOptions?: string;
}

export interface UpgradePolicy {
    mode: UpgradeMode;
    automaticOSUpgradePolicy?: AutomaticOsUpgradePolicy;
    rollingUpgradePolicy?: RollingUpgradePolicy;
}

export type UpgradeMode = "automatic" | "manual" | "rolling";

export interface AutomaticOsUpgradePolicy {
    disableAutomaticRollback?: boolean;
    enableAutomaticOSUpgrade?: boolean;
    useRollingUpgradePolicy?: boolean;
    osRollingUpgradeDeferral?: boolean;
}

export interface RollingUpgradePolicy {
    enableCrossZoneUpgrade?: boolean;
    maxBatchInstancePercent?: number;
    maxUnhealthyInstancePercent?: number;
    maxUnhealthyUpgradedInstancePercent?: number;
    pauseTimeBetweenBatches?: string;
    prioritizeUnhealthyInstances?: boolean;
    rollbackFailedInstancesOnPolicyBreach?: boolean;
}

export interface BatchPool {
    id?: string;
    displayName?: string;
    url?: string;
    eTag?: string;
    lastModified?: string;
    creationTime?: string;
    state?: BatchPoolState;
    stateTransitionTime?: string;
    allocationState?: AllocationState;
    allocationStateTransitionTime?: string;
    vmSize?: string;
    virtualMachineConfiguration?: VirtualMachineConfiguration;
    resizeTimeout?: string;
    resizeErrors?: ResizeError[];
    currentDedicatedNodes?: number;
    currentLowPriorityNodes?: number;
    targetDedicatedNodes?: number;
    targetLowPriorityNodes?: number;
    enableAutoScale?: boolean;
    autoScaleFormula?: string;
    autoScaleEvaluationInterval?: string;
    autoScaleRun?: AutoScaleRun;
    enableInterNodeCommunication?: boolean;
    networkConfiguration?: NetworkConfiguration;
    startTask?: BatchStartTask;
    applicationPackageReferences?: BatchApplicationPackageReference[];
    taskSlotsPerNode?: number;
    taskSchedulingPolicy?: BatchTaskSchedulingPolicy;
    userAccounts?: UserAccount[];
    metadata?: BatchMetadataItem[];
    stats?: BatchPoolStatistics;
    mountConfiguration?: MountConfiguration[];
    identity?: BatchPoolIdentity;
    upgradePolicy?: UpgradePolicy;
}

export type BatchPoolState = "active" | "deleting";

export type AllocationState = "steady" | "resizing" | "stopping";

export interface ResizeError {
    code?: string;
    message?: string;
    values?: NameValuePair[];
}

export interface AutoScaleRun {
    timestamp: string;
    results?: string;
    error?: AutoScaleRunError;
}

export interface AutoScaleRunError {
    code?: string;
    message?: string;
    values?: NameValuePair[];
}

export interface BatchPoolStatistics {
    url: string;
    startTime: string;
    lastUpdateTime: string;
    usageStats?: BatchPoolUsageStatistics;
    resourceStats?: BatchPoolResourceStatistics;
}

export interface BatchPoolUsageStatistics {
    startTime: string;
    lastUpdateTime: string;
    dedicatedCoreTime: string;
}

export interface BatchPoolResourceStatistics {
    startTime: string;
    lastUpdateTime: string;
    avgCPUPercentage: number;
    avgMemoryGiB: number;
    peakMemoryGiB: number;
    avgDiskGiB: number;
    peakDiskGiB: number;
    diskReadIOps: number;
    diskWriteIOps: number;
    diskReadGiB: number;
    diskWriteGiB: number;
    networkReadGiB: number;
    networkWriteGiB: number;
}

export interface BatchPoolIdentity {
    type: BatchPoolIdentityType;
    userAssignedIdentities?: BatchUserAssignedIdentity[];
}

export type BatchPoolIdentityType = "UserAssigned" | "None";

export interface BatchUserAssignedIdentity {
    resourceId: string;
    clientId?: string;
    principalId?: string;
}

export interface BatchPoolResizeOptions {
    targetDedicatedNodes?: number;
    targetLowPriorityNodes?: number;
    resizeTimeout?: string;
    nodeDeallocationOption?: BatchNodeDeallocationOption;
}

export type BatchNodeDeallocationOption = "requeue" | "terminate" | "taskcompletion" | "retaineddata";

export interface BatchPoolNodeCounts {
    poolId: string;
    dedicated?: BatchNodeCounts;
    lowPriority?: BatchNodeCounts;
}

export interface BatchNodeCounts {
    creating: number;
    idle: number;
    offline: number;
    preempted: number;
    rebooting: number;
    reimaging: number;
    running: number;
    starting: number;
    startTaskFailed: number;
    leavingPool: number;
    unknown: number;
    unusable: number;
    waitingForStartTask: number;
    deallocated: number;
    deallocating: number;
    total: number;
    upgradingOS: number;
}

export interface BatchSupportedImage {
    nodeAgentSKUId: string;
    imageReference: BatchVmImageReference;
    osType: OSType;
    capabilities?: string[];
    batchSupportEndOfLife?: string;
    verificationType: ImageVerificationType;
}

export type OSType = "linux" | "windows";

export type ImageVerificationType = "verified" | "unverified";

export interface BatchPoolEvaluateAutoScaleOptions {
    autoScaleFormula: string;
}
