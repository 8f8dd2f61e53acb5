import type { ApiOperation, OpenApi, Raw } from "../support/openApi";

/**
 * The document of 2025-06-01 lost what single reads answer with; these are the models that the SDK of that version reads them
 * into.
 */
const lost: Readonly<Record<string, string>> = {
    "GET /applications/{applicationId}": "BatchApplication",
    "GET /jobs/{jobId}": "BatchJob",
    "GET /jobs/{jobId}/taskcounts": "BatchTaskCountsResult",
    "POST /jobs/{jobId}/addtaskcollection": "BatchCreateTaskCollectionResult",
    "GET /jobs/{jobId}/tasks/{taskId}": "BatchTask",
    "GET /jobschedules/{jobScheduleId}": "BatchJobSchedule",
    "GET /pools/{poolId}": "BatchPool",
    "POST /pools/{poolId}/evaluateautoscale": "AutoScaleRun",
    "GET /pools/{poolId}/nodes/{nodeId}": "BatchNode",
    "GET /pools/{poolId}/nodes/{nodeId}/remoteloginsettings": "BatchNodeRemoteLoginSettings",
    "POST /pools/{poolId}/nodes/{nodeId}/uploadbatchservicelogs": "UploadBatchServiceLogsResult",
    "GET /pools/{poolId}/nodes/{nodeId}/extensions/{extensionName}": "BatchNodeVMExtension",
};

/** What an operation of the data plane answers with, whichever of its good statuses it has. */
export function answerSchema(api: OpenApi, operation: ApiOperation): Raw | undefined {
    const known = lost[operation.key];
    const [first] = operation.answers.values();
    return known !== undefined && api.has(known) ? { $ref: `#/${known}` } : first;
}
