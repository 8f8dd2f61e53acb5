import type { FilterFields } from "../../http/filter";
import { refuse } from "../../http/operation";
import type { JobNodeRecord, SpecialTaskInfo } from "../../model/job";
import type { JsonObject } from "../../model/json";
import { without } from "../../model/without";
import { listed } from "../answers";
import { given, runOf } from "../render/parts";
import type { BatchOperation } from "../services";
import { onJob } from "../subjects";

const fields: FilterFields = {
    poolId: "text",
    nodeId: "text",
    ...of("jobPreparationTaskExecutionInfo"),
    ...of("jobReleaseTaskExecutionInfo"),
};

function of(info: string): FilterFields {
    return {
        [`${info}/state`]: "enum",
        [`${info}/result`]: "enum",
        [`${info}/exitCode`]: "number",
        [`${info}/startTime`]: "date",
        [`${info}/endTime`]: "date",
    };
}

const known = new Set([
    "poolId",
    "nodeId",
    "nodeUrl",
    "jobPreparationTaskExecutionInfo",
    "jobReleaseTaskExecutionInfo",
]);

export const listPreparationAndReleaseStatus: BatchOperation = {
    id: "Jobs_ListJobPreparationAndReleaseTaskStatus",
    method: "GET",
    path: "/jobs/:jobId/jobpreparationandreleasetaskstatus",
    handle: onJob((job, call, { store }) => {
        if (job.spec["jobPreparationTask"] === undefined) {
            return refuse("JobPreparationTaskNotSpecified", { status: 409 });
        }
        const records = store.jobNodes
            .list(job.key)
            .filter((record) => record.preparation !== undefined || record.release !== undefined);
        return listed(
            call,
            { set: "jobpreparationandreleasetaskstatuslist", fields, known },
            records,
            (record) => record.key,
            (record) => render(record, call.origin),
        );
    }),
};

function render(record: JobNodeRecord, origin: string): JsonObject {
    const nodeUrl = `${origin}/pools/${record.pool}/nodes/${record.node}`;
    const run = (info: SpecialTaskInfo | undefined) =>
        info && {
            ...runOf(info),
            taskRootDirectory: info.directory,
            taskRootDirectoryUrl: `${nodeUrl}/files/${info.directory}`,
        };
    return given({
        poolId: record.pool,
        nodeId: record.node,
        nodeUrl,
        jobPreparationTaskExecutionInfo: run(record.preparation),
        jobReleaseTaskExecutionInfo: withoutRetries(run(record.release)),
    });
}

/** A release task is not retried, and its status does not speak of it. */
function withoutRetries(info: JsonObject | undefined): JsonObject | undefined {
    return info && without(info, "retryCount", "lastRetryTime");
}
