import type { Source } from "./source";

/** One error code of the service: its HTTP status and the text that people read. */
export interface ErrorCode {
    readonly status: number;
    readonly message: string;
}

/** Where the codes and statuses are stated. */
export const errorCodesSource: Source = {
    title: "Batch Status and Error Codes",
    url: "https://learn.microsoft.com/rest/api/batchservice/batch-status-and-error-codes",
    date: "2026-11-21",
};

const row = (status: number, message: string): ErrorCode => ({ status, message });

/** Codes that any operation of the data plane may answer with. */
export const commonErrorCodes = {
    AccountIsDisabled: row(403, "The Batch account is disabled."),
    AuthenticationFailed: row(
        403,
        "Server failed to authenticate the request. Make sure the value of Authorization header is formed correctly including the signature.",
    ),
    // A read that fails its condition answers 304 instead.
    ConditionNotMet: row(412, "The condition in the conditional headers is not met."),
    EmptyMetadataKey: row(400, "The name of a metadata item is empty."),
    HostInformationNotPresent: row(400, "The request has no Host header, or one that cannot be read."),
    InsufficientAccountPermissions: row(403, "The account has no permission for this operation."),
    InternalError: row(500, "The server met an internal error. Retry the request."),
    InvalidAuthenticationInfo: row(
        400,
        "The authentication information is not in the correct format. Check the Authorization header.",
    ),
    InvalidHeaderValue: row(400, "The value of one of the HTTP headers is not in the correct format."),
    InvalidHttpVerb: row(400, "The HTTP verb of the request is not known to the server."),
    InvalidInput: row(400, "One of the inputs of the request is not valid."),
    InvalidPropertyValue: row(
        400,
        "The value provided for one of the properties in the request body is invalid.",
    ),
    InvalidQueryParameterValue: row(
        400,
        "The value of one of the query parameters in the request URI is invalid.",
    ),
    InvalidRange: row(416, "The range given is not valid for the current size of the resource."),
    InvalidRequestBody: row(400, "The specified request body is not syntactically valid."),
    InvalidUri: row(400, "The request URI does not name a resource of the server."),
    Md5Mismatch: row(400, "The MD5 value in the request does not match the one computed by the server."),
    MetadataTooLarge: row(400, "The metadata is larger than allowed."),
    MissingContentLengthHeader: row(411, "The Content-Length header is missing."),
    MissingRequiredHeader: row(400, "A required HTTP header was not specified."),
    MissingRequiredProperty: row(400, "A required property was not specified in the request body."),
    MissingRequiredQueryParameter: row(400, "A required query parameter was not specified for this request."),
    MultipleConditionHeadersNotSupported: row(
        400,
        "More than one conditional header was given; one is allowed.",
    ),
    NotImplemented: row(501, "The requested operation is not implemented on the specified resource."),
    OperationTimedOut: row(500, "The operation could not be completed within the permitted time."),
    OutOfRangeInput: row(400, "One of the inputs of the request is out of range."),
    OutOfRangeQueryParameterValue: row(
        400,
        "A query parameter in the request URI is outside the permissible range.",
    ),
    RequestBodyTooLarge: row(413, "The size of the request body exceeds the maximum size permitted."),
    RequestUrlFailedToParse: row(400, "The URL in the request could not be parsed."),
    ResourceAlreadyExists: row(409, "The specified resource already exists."),
    ResourceNotFound: row(404, "The specified resource does not exist."),
    ResourceTypeMismatch: row(409, "The specified resource is not of the expected type."),
    ServerBusy: row(503, "The server is busy. Retry the request later."),
    UnsupportedHeader: row(400, "One of the HTTP headers of the request is not supported."),
    UnsupportedHttpVerb: row(405, "The resource does not support the HTTP verb of the request."),
    UnsupportedProperty: row(400, "One of the properties in the request body is not supported."),
    UnsupportedQueryParameter: row(400, "One of the query parameters in the request URI is not supported."),
    UnsupportedRequestVersion: row(400, "The specified api-version is not supported."),
} as const satisfies Record<string, ErrorCode>;

/** Codes about one kind of thing: accounts, pools, nodes, jobs, tasks, files, applications, autoscale. */
export const serviceErrorCodes = {
    // Accounts and quotas.
    AccountNotFound: row(404, "The specified account does not exist."),
    ActiveJobAndScheduleQuotaReached: row(
        409,
        "The maximum number of active jobs and job schedules for this account has been reached.",
    ),
    PoolQuotaReached: row(409, "The pool quota for the account has been reached."),

    // Pools.
    PoolBeingCreated: row(409, "The specified pool is being created."),
    PoolBeingDeleted: row(409, "The specified pool is being deleted."),
    PoolBeingResized: row(409, "The specified pool is being resized."),
    PoolExists: row(409, "The specified pool already exists."),
    PoolNotEligibleForOSVersionUpgrade: row(409, "The specified pool cannot have its OS version upgraded."),
    PoolNotFound: row(404, "The specified pool does not exist."),
    PoolVersionEqualsUpgradeVersion: row(409, "The pool already has the requested version."),
    OperationNotValidOnPool: row(409, "The specified operation is not valid for this pool."),
    PropertyCannotBeUpdated: row(
        400,
        "A property that cannot be updated was specified as part of the request.",
    ),
    CertificateRetired: row(
        400,
        "The certificates feature was retired on 02/29/2024. Use the Azure Key Vault VM extension instead.",
    ),

    // Autoscale.
    AutoScaleTooManyRequestsToEnable: row(
        503,
        "Requests to enable autoscale on a pool must be at least 30 seconds apart.",
    ),
    AutoScalingFormulaSyntaxError: row(400, "The autoscale formula has a syntax error."),
    AutoScalingFormulaTooLong: row(400, "The autoscale formula is longer than allowed."),
    InvalidAutoScalingSettings: row(400, "The specified autoscale settings are not valid."),
    TooManyEnableAutoScaleRequests: row(
        503,
        "Requests to enable autoscale on a pool must be at least 30 seconds apart.",
    ),

    // Nodes and their users.
    NodeAgentSKUNotFound: row(404, "The specified node agent SKU does not exist."),
    NodeAlreadyInTargetSchedulingState: row(
        409,
        "The specified node is already in the requested scheduling state.",
    ),
    NodeBeingCreated: row(409, "The specified node is being created."),
    NodeBeingReimaged: row(409, "The specified node is being reimaged."),
    NodeBeingRebooted: row(409, "The specified node is being rebooted."),
    NodeBeingStarted: row(409, "The specified node is being started."),
    NodeNotFound: row(404, "The specified node does not exist."),
    NodeNotReady: row(409, "The specified node is not ready."),
    NodeStateUnusable: row(409, "The specified node is unusable."),
    NodeUserExists: row(409, "The specified node user already exists."),
    NodeUserNotFound: row(404, "The specified node user does not exist."),
    NoExtensionFound: row(404, "The specified VM extension does not exist on the node."),
    OperationNotValidOnNode: row(409, "The specified operation is not valid on this node."),
    OperationInvalidForCurrentState: row(
        409,
        "The operation is not valid for the current state of the resource.",
    ),

    // Jobs and job schedules share one space of ids.
    JobBeingDeleted: row(409, "The specified job is being deleted."),
    JobBeingTerminated: row(409, "The specified job is being terminated."),
    JobCompleted: row(409, "The specified job is already in a completed state."),
    JobDisabled: row(409, "The specified job is disabled."),
    JobExists: row(409, "The specified job already exists."),
    JobNotActive: row(409, "The specified job is not in an active state."),
    JobNotFound: row(404, "The specified job does not exist."),
    JobPreparationTaskNotRunOnNode: row(404, "The job preparation task has not run on the specified node."),
    JobPreparationTaskNotSpecified: row(404, "The specified job has no job preparation task."),
    JobReleaseTaskNotRunOnNode: row(404, "The job release task has not run on the specified node."),
    JobReleaseTaskNotSpecified: row(404, "The specified job has no job release task."),
    JobScheduleBeingDeleted: row(409, "The specified job schedule is being deleted."),
    JobScheduleBeingTerminated: row(409, "The specified job schedule is being terminated."),
    JobScheduleCompleted: row(409, "The specified job schedule has completed."),
    JobScheduleDisabled: row(409, "The specified job schedule is disabled."),
    JobScheduleExists: row(409, "The specified job schedule already exists."),
    JobScheduleNotFound: row(404, "The specified job schedule does not exist."),
    JobScheduleWithSameIdExists: row(409, "A job schedule with the id of the specified job exists."),
    JobWithSameIdExists: row(409, "A job with the id of the specified job schedule exists."),

    // Tasks.
    TaskCompleted: row(409, "The specified task is already in a completed state."),
    TaskDependenciesNotSpecifiedOnJob: row(
        400,
        "The task depends on other tasks, and its job does not have usesTaskDependencies set.",
    ),
    TaskDependencyListTooLong: row(400, "The list of tasks that the task depends on is too long."),
    TaskDependencyRangesTooLong: row(400, "The list of task ranges that the task depends on is too long."),
    TaskExists: row(409, "The specified task already exists."),
    TaskIdSameAsJobPreparationTask: row(409, "The id of the task is that of the job preparation task."),
    TaskIdSameAsJobReleaseTask: row(409, "The id of the task is that of the job release task."),
    TaskNotCompleted: row(409, "The specified task has not completed."),
    TaskNotFound: row(404, "The specified task does not exist."),
    TaskSucceeded: row(409, "The specified task completed with success."),

    // Files.
    DirectoryNotEmpty: row(409, "The specified folder is not empty; delete it with recursive=true."),
    FileNotFound: row(404, "The specified file does not exist."),
    FilePathNotFound: row(404, "The specified path does not exist."),
    TaskFilesCleanedup: row(409, "The files of the specified task have been cleaned up."),
    TaskFilesUnavailable: row(409, "The files of the specified task are not available."),

    // Applications and certificates.
    ApplicationNotFound: row(404, "The specified application does not exist."),
    InvalidApplicationPackageReferences: row(
        409,
        "One or more application packages that are referenced cannot be found.",
    ),
    CertificateBeingDeleted: row(409, "The specified certificate is being deleted."),
    CertificateExists: row(409, "The specified certificate already exists."),
    CertificateNotFound: row(404, "The specified certificate does not exist."),
    CertificateStateActive: row(409, "The specified certificate is active."),
    CertificateStateDeleteFailed: row(409, "The deletion of the specified certificate has failed."),
} as const satisfies Record<string, ErrorCode>;

/** Codes of the management plane (ARM), whose bodies have another shape. */
export const managementErrorCodes = {
    AccountAlreadyExists: row(409, "The Batch account already exists."),
    ApplicationHasPackages: row(409, "The application still has packages."),
    AuthenticationFailed: row(
        401,
        "Authentication failed. The Authorization header is missing or its token is not valid.",
    ),
    AuthorizationFailed: row(403, "The client has no authorization to perform this action on this scope."),
    AutoStorageNotSet: row(409, "The Batch account has no storage account linked to it."),
    ExpiredAuthenticationToken: row(401, "The access token has expired."),
    InvalidApiVersionParameter: row(400, "The api-version is not valid for this resource type."),
    InvalidAuthenticationToken: row(401, "The access token is not valid."),
    InvalidRequestContent: row(400, "The request content could not be read."),
    InvalidResourceName: row(400, "The resource name is not valid."),
    MissingApiVersionParameter: row(
        400,
        "The api-version query parameter (?api-version=) is required for all requests.",
    ),
    MissingSubscriptionRegistration: row(409, "The subscription is not registered to use this namespace."),
    NoRegisteredProviderFound: row(
        400,
        "No registered resource provider was found for this location and API version.",
    ),
    NotFound: row(404, "The resource was not found."),
    ParentResourceNotFound: row(404, "The parent resource of the request was not found."),
    PreconditionFailed: row(412, "The condition in the conditional headers is not met."),
    ResourceGroupBeingDeleted: row(409, "The resource group is being deleted."),
    ResourceGroupNotFound: row(404, "The resource group could not be found."),
    RoleAssignmentExists: row(409, "The role assignment already exists."),
    StorageAccountAlreadyTaken: row(409, "The storage account name is already taken."),
    SubscriptionNotFound: row(404, "The subscription could not be found."),
} as const satisfies Record<string, ErrorCode>;

/** Every code that an operation of the data plane may answer with. */
export const errorCodes = { ...commonErrorCodes, ...serviceErrorCodes } as const;

/** A data plane error code. */
export type ErrorCodeName = keyof typeof errorCodes;

/** A management plane error code of {@link managementErrorCodes}. */
export type ManagementErrorCodeName = keyof typeof managementErrorCodes;

/** Whose fault a failure is, as the service says it. */
export type FailureCategory = "usererror" | "servererror";

/** A code in the `failureInfo` or `schedulingError` of a task or job, in the `resizeErrors` of a pool or on a node. */
export interface FailureCode {
    readonly category: FailureCategory;
    readonly message: string;
}

const user = (message: string): FailureCode => ({ category: "usererror", message });
const server = (message: string): FailureCode => ({ category: "servererror", message });

/** Where the codes of task failures are stated. */
export const taskFailureCodesSource: Source = {
    title: "TaskFailureInformationCodes Class",
    url: "https://learn.microsoft.com/dotnet/api/microsoft.azure.batch.common.taskfailureinformationcodes",
    date: "2026-11-21",
};

/** Why a task failed (`executionInfo.failureInfo.code`). */
export const taskFailureCodes = {
    ApplicationPackageError: user("An application package that the task needs could not be deployed"),
    BlobAccessDenied: user("Access was denied to a resource file that the task needs"),
    BlobDownloadMiscError: user("A resource file that the task needs could not be downloaded"),
    BlobDownloadTimedOut: user("The download of a resource file that the task needs timed out"),
    BlobNotFound: user("A resource file that the task needs does not exist"),
    CommandLaunchFailed: user("The command line of the task could not be launched"),
    CommandProgramNotFound: user("The program of the task's command line was not found"),
    ContainerInvalidImage: user("The container image of the task is not valid"),
    ContainerInvalidRegistry: user("The container registry of the task is not valid"),
    ContainerInvalidSettings: user("The container settings of the task are not valid"),
    ContainerMiscError: user("The container of the task met an error"),
    DiskFull: user("The disk of the node has no space left for the resource files of the task"),
    // guess: FailureExitCode is not on that page; it is what users quote from the service.
    FailureExitCode: user("The task exited with an exit code representing a failure"),
    FileUploadAccessDenied: user("Access to the destination of an output file was denied"),
    FileUploadContainerNotFound: user("The destination container of an output file was not found"),
    FileUploadMiscError: user("An output file could not be uploaded"),
    ResourceDirectoryCreateFailed: user("A folder for the task's resource files could not be created"),
    ResourceFileCreateFailed: user("A resource file of the task could not be created"),
    ResourceFileWriteFailed: user("A resource file of the task could not be written"),
    TaskEnded: user("The task was ended by a request of the user, by its job or by its time limit"),
    UnknownError: server("The task failed for a reason that is not known"),
} as const satisfies Record<string, FailureCode>;

/** Why a pool did not get its size (`resizeErrors[].code`). */
export const resizeErrorCodes = {
    AccountCoreQuotaReached: user("The specified account has reached core quota"),
    AccountLowPriorityCoreQuotaReached: user("The specified account has reached its low priority core quota"),
    AccountVMSeriesCoreQuotaReached: user(
        "The specified account has reached its core quota for this VM family",
    ),
    AllocationFailed: server("The nodes could not be allocated"),
    AllocationTimedOut: server(
        "The desired number of nodes could not be allocated before the resize timeout",
    ),
    ResizeStopped: user("The resize was stopped by a request of the user"),
    UnsupportedOfferForSpot: user("The subscription offer does not allow spot nodes"),
} as const satisfies Record<string, FailureCode>;

/** Why a job could not be scheduled (`executionInfo.schedulingError.code`). */
export const jobSchedulingErrorCodes = {
    AutoPoolCreationFailedWithQuotaReached: user(
        "The pool of the job could not be created: the pool quota has been reached",
    ),
    InvalidApplicationPackageReferencesInAutoPool: user(
        "The pool of the job refers to application packages that do not exist",
    ),
    InvalidAutoPoolSettings: user("The auto pool settings of the job are not valid"),
    InvalidCertificatesInAutoPool: user("The pool of the job refers to certificates that do not exist"),
} as const satisfies Record<string, FailureCode>;

/** What may be wrong with a node (`errors[].code`). */
export const nodeErrorCodes = {
    ApplicationPackageError: user("An application package of the pool could not be installed on the node"),
    DiskFull: user("The disk of the node is full"),
    MountConfigurationError: user("A file system could not be mounted on the node"),
    NodeUnreachable: server("The node cannot be reached"),
    StartTaskFailed: user("The start task failed on the node"),
    // guess: the code of the machines below the nodes; what Batch makes of it is not documented.
    VMExtensionProvisioningError: user("An extension of the pool could not be provisioned on the node"),
} as const satisfies Record<string, FailureCode>;
