import type { Readable } from "node:stream";
import { segment } from "./core";
import type { CallOptions, Core, ListOptions } from "./core";
import type { BatchNodeFile } from "./models";

/** What the service says of a file without sending it. */
export interface FileStatus {
    /** Bytes. */
    readonly size: number;
    readonly lastModified: string | undefined;
    readonly isDirectory: boolean;
}

/** Part of a file: from `start` on, up to and with `end`. */
export interface ByteRange {
    readonly start: number;
    readonly end?: number;
}

/** Operations on the files of tasks and nodes. */
export class FileOperations {
    readonly #core: Core;

    constructor(core: Core) {
        this.#core = core;
    }

    /** Files of a task. `recursive` goes down into folders. */
    listOfTask(
        jobId: string,
        taskId: string,
        options: ListOptions & { recursive?: boolean } = {},
    ): AsyncGenerator<BatchNodeFile> {
        const recursive = options.recursive === true ? "?recursive=true" : "";
        return this.#core.list(`${taskFiles(jobId, taskId)}${recursive}`, options);
    }

    /** Files of a node. */
    listOfNode(
        poolId: string,
        nodeId: string,
        options: ListOptions & { recursive?: boolean } = {},
    ): AsyncGenerator<BatchNodeFile> {
        const recursive = options.recursive === true ? "?recursive=true" : "";
        return this.#core.list(`${nodeFiles(poolId, nodeId)}${recursive}`, options);
    }

    statusOfTaskFile(
        jobId: string,
        taskId: string,
        file: string,
        options: CallOptions = {},
    ): Promise<FileStatus> {
        return this.#status(`${taskFiles(jobId, taskId)}/${filePath(file)}`, options);
    }

    /** A file of a task whole, in memory. Use {@link streamOfTask} for large ones. */
    async readOfTask(
        jobId: string,
        taskId: string,
        file: string,
        options: CallOptions & { range?: ByteRange } = {},
    ): Promise<Buffer> {
        return this.#read(`${taskFiles(jobId, taskId)}/${filePath(file)}`, options);
    }

    /** A file of a task as a stream. */
    async streamOfTask(
        jobId: string,
        taskId: string,
        file: string,
        options: CallOptions & { range?: ByteRange } = {},
    ): Promise<Readable> {
        const path = `${taskFiles(jobId, taskId)}/${filePath(file)}`;
        return (
            await this.#core.stream({ method: "GET", path, headers: rangeHeader(options.range), options })
        ).body;
    }

    /** The last `bytes` of a file of a task, as text. */
    tailOfTask(
        jobId: string,
        taskId: string,
        file: string,
        bytes: number,
        options: CallOptions = {},
    ): Promise<string> {
        return this.#tail(`${taskFiles(jobId, taskId)}/${filePath(file)}`, bytes, options);
    }

    /** The last `bytes` of a file of a node, as text; its path is relative to the node's root. */
    tailOfNode(
        poolId: string,
        nodeId: string,
        file: string,
        bytes: number,
        options: CallOptions = {},
    ): Promise<string> {
        return this.#tail(`${nodeFiles(poolId, nodeId)}/${filePath(file)}`, bytes, options);
    }

    /** A file of a node whole, in memory. */
    async readOfNode(
        poolId: string,
        nodeId: string,
        file: string,
        options: CallOptions & { range?: ByteRange } = {},
    ): Promise<Buffer> {
        return this.#read(`${nodeFiles(poolId, nodeId)}/${filePath(file)}`, options);
    }

    async #status(path: string, options: CallOptions): Promise<FileStatus> {
        const { headers } = await this.#core.send({ method: "HEAD", path, options });
        return {
            size: Number(headers["content-length"] ?? 0),
            lastModified: headers["last-modified"] as string | undefined,
            isDirectory: String(headers["ocp-batch-file-isdirectory"]).toLowerCase() === "true",
        };
    }

    async #tail(path: string, bytes: number, options: CallOptions): Promise<string> {
        const { size } = await this.#status(path, options);
        if (size === 0) return "";
        const range = { start: Math.max(0, size - bytes), end: size - 1 };
        return (await this.#read(path, { ...options, range })).toString("utf8");
    }

    async #read(path: string, options: CallOptions & { range?: ByteRange }): Promise<Buffer> {
        return (await this.#core.send({ method: "GET", path, headers: rangeHeader(options.range), options }))
            .body;
    }
}

const taskFiles = (jobId: string, taskId: string): string =>
    `/jobs/${segment(jobId)}/tasks/${segment(taskId)}/files`;
const nodeFiles = (poolId: string, nodeId: string): string =>
    `/pools/${segment(poolId)}/nodes/${segment(nodeId)}/files`;

// Slashes part folders and stay; all else is encoded.
const filePath = (file: string): string => file.split("/").map(segment).join("/");

function rangeHeader(range: ByteRange | undefined): Record<string, string> {
    return range === undefined ? {} : { "ocp-range": `bytes=${range.start}-${range.end ?? ""}` };
}
