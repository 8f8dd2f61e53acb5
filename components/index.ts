export * as autoscale from "../autoscale";
export { BatchAccount } from "./batchAccount";
export type { AccountIdentity, BatchAccountArgs, Grantee } from "./batchAccount";
export type { AccountOutputs, AccountReference, Diagnostics, PrivateNetwork } from "./accountParts";
export { AccountAlerts } from "./accountAlerts";
export type { AccountAlertsArgs, AlertSettings, Notify } from "./accountAlerts";
export { AccountDashboard } from "./accountDashboard";
export type { AccountDashboardArgs } from "./accountDashboard";
export { Metric } from "./metric";
export type { MetricAlertArgs, MetricOptions } from "./metric";
export { BatchServicePrincipal } from "./batchServicePrincipal";
export type { BatchServicePrincipalArgs } from "./batchServicePrincipal";
export { FederatedIdentity } from "./federatedIdentity";
export type { GitHubWorkflow, GitLabPipeline, KubernetesWorkload } from "./federatedIdentity";
export { Container } from "./container";
export type { ContainerArgs } from "./container";
export { diagnosticCodes } from "./diagnostics";
export type { Acknowledged, DiagnosticCode } from "./diagnostics";
export type { Duration } from "./durations";
export type { IdentityReference } from "./identity";
export { Job } from "./job";
export type {
    JobArgs,
    JobManagerArgs,
    JobPreparationArgs,
    JobReleaseArgs,
    JobSpecificationArgs,
    TaskConstraintsArgs,
} from "./job";
export { JobSchedule } from "./jobSchedule";
export type { JobScheduleArgs, ScheduleArgs } from "./jobSchedule";
export { LinkedStorage } from "./linkedStorage";
export type { LinkedStorageArgs } from "./linkedStorage";
export { Pool } from "./pool";
export type { PoolArgs, PoolSettings } from "./poolArgs";
export type { PoolOutputs, PoolReference } from "./poolReference";
export type { RegistryReference } from "./poolGrants";
export type { CostEstimate, Price } from "./cost";
export { InboundNatPool, UserAccount } from "./poolParts";
export type {
    ContainerRegistry,
    Containers,
    DataDisk,
    InboundRule,
    OsDisk,
    PackageReference,
    PoolNetwork,
    SecurityProfile,
    UpgradePolicy,
    VmExtension,
} from "./poolParts";
export { Mount } from "./mount";
export { Certificate } from "./certificate";
export type { CertificateIdentity, KeyVaultCertificateArgs, VaultReference } from "./certificate";
export type { Principal } from "./roles";
export type { Rollout, RolloutKind, RolloutSettings } from "./rollout";
export { Sas } from "./sas";
export type { SasOptions } from "./sas";
export { Scale } from "./scale";
export type { AutoScale, FixedScale, NodeDeallocation } from "./scale";
export { quote, shell } from "./shell";
export type { Os, Script } from "./shell";
export { StartTask } from "./startTask";
export type { StartTaskOptions } from "./startTask";
export { Task } from "./task";
export type { SingleTaskArgs } from "./task";
export * as tasks from "./tasks";
export { TaskCollection } from "./taskCollection";
export type { TaskArgs, TaskCollectionArgs } from "./taskCollection";
export { TaskWait } from "./taskWait";
export type { TaskResult, TaskWaitArgs, WaitArgs } from "./taskWait";
export type {
    NodeFileContent,
    NodeTasks,
    SpecialTask,
    TaskDurations,
    TaskFileContent,
} from "./dynamic/taskResults";
export type { Credentials, SignInMethod } from "../client";
export { OutputFile, ResourceFile, UserIdentity } from "./taskParts";
export type { Environment } from "./taskParts";
export { UploadedFiles } from "./uploadedFiles";
export type { UploadedFile, UploadedFilesArgs } from "./uploadedFiles";
export { VmImage } from "./vmImage";
export type { ImageLocation } from "./vmImage";
export { Application } from "./application";
export type { ApplicationArgs } from "./application";
export { AutoPool } from "./autoPool";
export type { AutoPoolArgs } from "./autoPool";
