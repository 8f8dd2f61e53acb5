import type { BatchClient, TaskOutcome } from "../../client";
import { BatchServiceError } from "../../client";
import { cancelled } from "./cancel";

/** A file that was asked for. */
export interface ReadFile {
    /** Its end, up to the bytes asked for; undefined when it cannot be read. */
    readonly content?: string;
    /** Why it cannot be read. */
    readonly problem?: string;
}

/** A file of a task. */
export interface TaskFileContent extends ReadFile {
    readonly taskId: string;
    readonly path: string;
}

/** A file of a node. */
export interface NodeFileContent extends ReadFile {
    readonly nodeId: string;
    readonly path: string;
}

/** How long the tasks took, in seconds. */
export interface TaskDurations {
    /** Tasks that this is about. */
    readonly tasks: number;
    readonly shortest: number;
    readonly longest: number;
    readonly mean: number;
    /** From the first start to the last end. */
    readonly elapsed: number;
}

/** How the preparation and the release of a job went on a node. */
export interface NodeTasks {
    readonly nodeId: string;
    readonly preparation?: SpecialTask;
    readonly release?: SpecialTask;
}

/** A preparation or release task on one node. */
export interface SpecialTask {
    readonly state: string;
    readonly exitCode?: number;
    readonly result?: "success" | "failure";
    /** Why it failed, where not by its exit code. */
    readonly reason?: string;
}

/** How long tasks took; undefined when none of them ran. */
export function durationsOf(tasks: readonly TaskOutcome[]): TaskDurations | undefined {
    const times = tasks.flatMap(({ startTime, endTime }) =>
        startTime === undefined || endTime === undefined
            ? []
            : [{ start: Date.parse(startTime), end: Date.parse(endTime) }],
    );
    if (times.length === 0) return undefined;
    const [first] = times;
    let [start, end, shortest, longest, sum] = [first?.start ?? 0, 0, Infinity, 0, 0];
    for (const time of times) {
        const length = time.end - time.start;
        start = Math.min(start, time.start);
        end = Math.max(end, time.end);
        shortest = Math.min(shortest, length);
        longest = Math.max(longest, length);
        sum += length;
    }
    const seconds = (milliseconds: number): number => Math.round(milliseconds) / 1000;
    return {
        tasks: times.length,
        shortest: seconds(shortest),
        longest: seconds(longest),
        mean: seconds(sum / times.length),
        elapsed: seconds(end - start),
    };
}

/** Reads files of tasks; one that is not there, or not any more, says so. */
export async function taskFiles(
    client: BatchClient,
    jobId: string,
    files: readonly { readonly taskId: string; readonly path: string }[],
    bytes: number,
): Promise<TaskFileContent[]> {
    const found: TaskFileContent[] = [];
    for (const { taskId, path } of files) {
        const content = client.files.tailOfTask(jobId, taskId, path, bytes, { signal: cancelled });
        found.push({ taskId, path, ...(await contentOf(content)) });
    }
    return found;
}

/** Reads the same files on every node that prepared the job or ran its tasks. */
export async function nodeFiles(
    client: BatchClient,
    jobId: string,
    paths: readonly string[],
    bytes: number,
): Promise<NodeFileContent[]> {
    if (paths.length === 0) return [];
    const found: NodeFileContent[] = [];
    for (const [nodeId, poolId] of await nodesOf(client, jobId)) {
        for (const path of paths) {
            const content = client.files.tailOfNode(poolId, nodeId, path, bytes, { signal: cancelled });
            found.push({ nodeId, path, ...(await contentOf(content)) });
        }
    }
    return found;
}

async function contentOf(reading: Promise<string>): Promise<ReadFile> {
    try {
        return { content: await reading };
    } catch (error) {
        // The node may be gone, and its files with it: what the tasks did is still worth telling.
        // An answer to HEAD has no code.
        if (error instanceof BatchServiceError && error.status < 500)
            return { problem: error.code === "HTTP 404" ? "no such file, task or node" : error.code };
        throw error;
    }
}

async function nodesOf(client: BatchClient, jobId: string): Promise<Map<string, string>> {
    const nodes = new Map<string, string>();
    const note = (nodeId: string | undefined, poolId: string | undefined): void => {
        if (nodeId !== undefined && poolId !== undefined) nodes.set(nodeId, poolId);
    };
    const options = { select: "id,nodeInfo", filter: "state eq 'completed'", signal: cancelled };
    for await (const { nodeInfo } of client.tasks.list(jobId, options))
        note(nodeInfo?.nodeId, nodeInfo?.poolId);
    for await (const { nodeId, poolId } of prepared(client, jobId)) note(nodeId, poolId);
    return new Map([...nodes].sort(([left], [right]) => (left < right ? -1 : 1)));
}

/** How preparation and release went, node by node, the first `limit` of them; empty for a job without a preparation. */
export async function nodeTasks(client: BatchClient, jobId: string, limit: number): Promise<NodeTasks[]> {
    const found: NodeTasks[] = [];
    for await (const status of prepared(client, jobId)) {
        if (found.length >= limit) break;
        const { nodeId = "", jobPreparationTaskExecutionInfo, jobReleaseTaskExecutionInfo } = status;
        const special = (info: typeof jobReleaseTaskExecutionInfo): SpecialTask | undefined =>
            info && {
                state: info.state,
                exitCode: info.exitCode,
                result: info.result,
                reason: info.failureInfo?.code,
            };
        found.push({
            nodeId,
            preparation: special(jobPreparationTaskExecutionInfo),
            release: special(jobReleaseTaskExecutionInfo),
        });
    }
    return found.sort((left, right) => (left.nodeId < right.nodeId ? -1 : 1));
}

type Status = Awaited<
    ReturnType<ReturnType<BatchClient["jobs"]["preparationAndReleaseStatus"]>["next"]>
>["value"];

async function* prepared(client: BatchClient, jobId: string): AsyncGenerator<NonNullable<Status>> {
    try {
        yield* client.jobs.preparationAndReleaseStatus(jobId, { signal: cancelled });
    } catch (error) {
        // A job without a preparation has no status of it.
        if (!(error instanceof BatchServiceError) || error.status >= 500 || error.status === 401) throw error;
    }
}
