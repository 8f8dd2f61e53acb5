import type { BlockBlobParallelUploadOptions, ContainerClient } from "@azure/storage-blob";
import { appendFile, lstat, readdir, realpath, stat } from "node:fs/promises";
import { basename, dirname, join, relative, resolve } from "node:path";
import { Minimatch } from "minimatch";

import type { OutputFile } from "../model/agent";
import { messageOf, RunFailure, withoutSecrets, type TaskFailureCode } from "./failure";
import { isWithin } from "./paths";
import { storageStatus } from "./transfer/storage";
import { Limit } from "./transfer/limit";
import type { Transfers } from "./transfer/transfers";

const perRun = 4;
const singleShot = 32 * 1024 * 1024;
const blockSize = 8 * 1024 * 1024;

/** Which output files a run with this outcome uploads. */
export function outputsFor(files: readonly OutputFile[], succeeded: boolean): OutputFile[] {
    const condition = succeeded ? "tasksuccess" : "taskfailure";
    return files.filter(
        (file) => file.uploadCondition === "taskcompletion" || file.uploadCondition === condition,
    );
}

/**
 * Uploads what the patterns match. `directory` is the run's own one, patterns are relative to its `wd`; nothing outside of the node's
 * root is taken. Writes `fileuploadout.txt` and `fileuploaderr.txt` beside the streams, as the service does. Throws a {@link RunFailure}.
 */
export async function uploadOutputFiles(
    files: readonly OutputFile[],
    directory: string,
    root: string,
    transfers: Transfers,
    signal: AbortSignal,
): Promise<void> {
    const report = {
        out: (text: string) => appendFile(join(directory, "fileuploadout.txt"), `${text}\n`),
        err: (text: string) => appendFile(join(directory, "fileuploaderr.txt"), `${text}\n`),
    };
    const limit = new Limit(perRun);
    const failures: RunFailure[] = [];
    await Promise.all([
        report.out(`${files.length} output file pattern(s)`),
        appendFile(join(directory, "fileuploaderr.txt"), ""),
    ]);
    for (const file of files) {
        const client = transfers.container(file.containerUrl, file.identity);
        const found = await matches(file.filePattern, join(directory, "wd"), root);
        // guess: a pattern that matches nothing is no failure.
        await report.out(`${file.filePattern}: ${found.length} file(s)`);
        await limit.all(found, async (match) => {
            const blob = blobName(file, match);
            try {
                await transfers.limit.run(() => upload(client, blob, match.path, file, signal));
                await report.out(`${match.path} -> ${withoutSecrets(file.containerUrl)}/${blob}`);
            } catch (error) {
                if (signal.aborted) throw error;
                const failed = uploadFailure(error, file, match.path);
                failures.push(failed);
                await report.err(`${match.path}: ${failed.code}: ${failed.message}`);
            }
        });
    }
    const [first] = failures;
    if (first) throw first;
}

interface Match {
    path: string;
    /** Path below the part of the pattern that has no wildcard. */
    below: string;
}

const wildcard = /[*?[]/;

export function hasWildcard(pattern: string): boolean {
    return wildcard.test(pattern);
}

/** `path` is the blob's name for one file, a virtual directory for a pattern; without it blobs are named as the files. */
export function blobName(
    { filePattern, path }: Pick<OutputFile, "filePattern" | "path">,
    match: Match,
): string {
    if (!hasWildcard(filePattern)) return path ?? basename(match.path);
    return path ? `${path.replace(/\/+$/, "")}/${match.below}` : match.below;
}

/** The files a pattern means: `*`, `**`, `?`, `[...]`, `[!...]`; names that start with a dot only where the pattern does. */
export async function matches(pattern: string, working: string, root: string): Promise<Match[]> {
    const realRoot = await realpath(root);
    const parts = pattern.split("/");
    const firstWild = parts.findIndex(hasWildcard);
    const fixed = firstWild < 0 ? dirname(pattern) : parts.slice(0, firstWild).join("/");
    const base = resolve(working, fixed === "" && pattern.startsWith("/") ? "/" : fixed);
    const found: Match[] = [];
    if (firstWild < 0) {
        const path = resolve(working, pattern);
        if (await isFileWithin(path, realRoot)) found.push({ path, below: basename(path) });
        return found;
    }
    if (!isWithin(root, base)) return found;
    const matcher = new Minimatch(parts.slice(firstWild).join("/"), {
        nobrace: true,
        noext: true,
        nocomment: true,
        nonegate: true,
    });
    const deep = pattern.includes("**");
    const depth = parts.length - firstWild;
    const walk = async (directory: string, level: number): Promise<void> => {
        const entries = await readdir(directory, { withFileTypes: true }).catch(() => []);
        for (const entry of entries) {
            const path = join(directory, entry.name);
            const below = relative(base, path);
            if (entry.isDirectory()) {
                if (deep || level < depth) await walk(path, level + 1);
            } else if (matcher.match(below) && (await isFileWithin(path, realRoot))) {
                found.push({ path, below });
            }
        }
    };
    await walk(base, 1);
    return found;
}

/** A link counts as the file it leads to, as long as that is on the node. */
async function isFileWithin(path: string, realRoot: string): Promise<boolean> {
    try {
        if ((await lstat(path)).isSymbolicLink() || dirname(path) !== realRoot) {
            if (!isWithin(realRoot, await realpath(path))) return false;
        }
        return (await stat(path)).isFile();
    } catch {
        return false;
    }
}

async function upload(
    client: ContainerClient,
    blob: string,
    path: string,
    file: OutputFile,
    signal: AbortSignal,
): Promise<void> {
    await client.getBlockBlobClient(blob).uploadFile(path, {
        ...uploadHeaders(file.uploadHeaders ?? []),
        maxSingleShotSize: singleShot,
        blockSize,
        concurrency: 2,
        abortSignal: signal,
    });
}

const contentHeaders = {
    "cache-control": "blobCacheControl",
    "content-disposition": "blobContentDisposition",
    "content-encoding": "blobContentEncoding",
    "content-language": "blobContentLanguage",
    "content-type": "blobContentType",
} as const;

/** Upload headers as the storage client takes them. */
export function uploadHeaders(
    headers: readonly { name: string; value: string }[],
): Pick<BlockBlobParallelUploadOptions, "blobHTTPHeaders" | "metadata" | "tier"> {
    const blobHTTPHeaders: Record<string, string> = {};
    const metadata: Record<string, string> = {};
    let tier: string | undefined;
    for (const { name, value } of headers) {
        const lower = name.toLowerCase();
        const content = contentHeaders[lower.replace(/^x-ms-blob-/, "") as keyof typeof contentHeaders];
        if (content) blobHTTPHeaders[content] = value;
        else if (lower.startsWith("x-ms-meta-")) metadata[name.slice("x-ms-meta-".length)] = value;
        else if (lower === "x-ms-access-tier") tier = value;
    }
    return { blobHTTPHeaders, metadata, ...(tier !== undefined && { tier }) };
}

function uploadFailure(error: unknown, file: OutputFile, path: string): RunFailure {
    const status = storageStatus(error);

    const container = (error as { code?: unknown }).code === "ContainerNotFound";
    let code: TaskFailureCode = "FileUploadMiscError";
    if (status === 404 && container) code = "FileUploadContainerNotFound";
    else if (status === 401 || status === 403) code = "FileUploadAccessDenied";
    return new RunFailure(code, {
        FilePath: path,
        ContainerUrl: withoutSecrets(file.containerUrl),
        Message: messageOf(error),
    });
}
