import { createHash } from "node:crypto";
import type { TokenCredential } from "@azure/core-auth";
import { blobsOf, downloadTo, readBlob } from "./blobs";

/*
 * The Azure Batch File Conventions: where outputs of jobs and tasks lie in storage, so that the portal, Batch Explorer and the libraries of
 * other languages find them. "Batch File Conventions standard" and its .NET library Microsoft.Azure.Batch.Conventions.Files, read 2026-11-27.
 */

/** Kinds of outputs of a task. Any other name that begins with `$` is one of your own. */
export type TaskOutputKind = "$TaskOutput" | "$TaskPreview" | "$TaskLog" | `$${string}`;
/** Kinds of outputs of a whole job. */
export type JobOutputKind = "$JobOutput" | "$JobPreview" | `$${string}`;

const PREFIX = "job-";
const MOST = 63;
/** Letters of the id that are kept beside its hash. */
const KEPT = 15;

/**
 * Name of the container with a job's outputs: `job-` and the id in small letters, or, where storage would refuse that, the beginning of the id and
 * its SHA-1.
 */
export function jobOutputContainer(jobId: string): string {
    const id = jobId.toLowerCase();
    if (/^[a-z0-9]+(-[a-z0-9]+)*$/.test(id) && PREFIX.length + id.length <= MOST) return `${PREFIX}${id}`;
    const hash = createHash("sha1").update(id, "utf8").digest("hex");
    const letters = trimmed(trimmed(id.replace(/[:_-]+/g, "-")).slice(0, KEPT));
    return `${PREFIX}${letters === "" ? "job" : letters}-${hash}`;
}

const trimmed = (text: string): string => text.replace(/^-+|-+$/g, "");

/** Where outputs of a kind lie in the container: below the task, or of the job itself. */
export function outputPrefix(kind: TaskOutputKind | JobOutputKind, taskId?: string): string {
    return taskId === undefined ? kind : `${taskId}/${kind}`;
}

/** An output that was kept by the conventions. */
export interface JobOutputFile {
    /** Undefined for outputs of the job itself. */
    readonly taskId: string | undefined;
    readonly kind: string;
    /** Path below its kind, such as `stdout.txt`. */
    readonly filePath: string;
    readonly blobName: string;
    /** Bytes. */
    readonly size: number;
}

/**
 * Outputs of a job, read back.
 * @example
 * for await (const file of new JobOutputs(blobEndpoint, jobId, credential).list({ taskId: "frame-1" })) ...
 */
export class JobOutputs {
    /** Address of the container. */
    readonly url: string;

    /** @param blobEndpoint of the storage account, `https://NAME.blob.core.windows.net` */
    constructor(
        blobEndpoint: string,
        jobId: string,
        private readonly credential: TokenCredential,
    ) {
        this.url = `${blobEndpoint.replace(/\/$/, "")}/${jobOutputContainer(jobId)}`;
    }

    /** All outputs, or those of a task, of a kind, or both. What does not follow the conventions is passed over. */
    async *list(
        options: { readonly taskId?: string; readonly kind?: TaskOutputKind | JobOutputKind } = {},
    ): AsyncGenerator<JobOutputFile> {
        const { taskId, kind } = options;
        const prefix = taskId === undefined ? undefined : `${taskId}/`;
        for await (const { name, size } of blobsOf(this.url, this.credential, prefix)) {
            const file = parse(name, size);
            if (file !== undefined && (kind === undefined || file.kind === kind)) yield file;
        }
    }

    /** The content of an output. */
    read(file: Pick<JobOutputFile, "blobName">): Promise<Buffer> {
        return readBlob(this.url, file.blobName, this.credential);
    }

    /** Downloads the outputs of a task, or all of the job. @returns names of the blobs */
    downloadTo(
        folder: string,
        options: { readonly taskId?: string; readonly signal?: AbortSignal } = {},
    ): Promise<string[]> {
        const prefix = options.taskId === undefined ? undefined : `${options.taskId}/`;
        return downloadTo(this.url, folder, this.credential, { prefix, signal: options.signal });
    }
}

function parse(blobName: string, size: number): JobOutputFile | undefined {
    const [first = "", second = ""] = blobName.split("/", 2);
    const [taskId, kind] = first.startsWith("$") ? [undefined, first] : [first, second];
    if (!kind.startsWith("$")) return undefined;
    const filePath = blobName.slice(outputPrefix(kind as `$${string}`, taskId).length + 1);
    return filePath === "" ? undefined : { taskId, kind, filePath, blobName, size };
}
