import { constants, type WriteStream } from "node:fs";
import { chmod, mkdir, open, rm } from "node:fs/promises";
import { basename, dirname } from "node:path";
import { pipeline } from "node:stream/promises";

import type { ResourceFile } from "../model/agent";
import { messageOf, RunFailure, withoutSecrets, type TaskFailureCode } from "./failure";
import { reallyWithin, resolveWithin } from "./paths";
import { blobUrl, storageAudience, storageStatus, storageVersion } from "./transfer/storage";
import { TransferError } from "./transfer/http";
import { Limit } from "./transfer/limit";
import type { Transfers } from "./transfer/transfers";

/** One file to fetch. */
interface Fetch {
    url: string;
    /** Relative to the working directory. */
    path: string;
    mode: number;
    identity?: string;
}

const defaultMode = 0o770;
const perRun = 8;

/** Brings the resource files of a run into its working directory, which exists. Throws a {@link RunFailure}. */
export async function fetchResourceFiles(
    files: readonly ResourceFile[],
    working: string,
    transfers: Transfers,
    signal: AbortSignal,
): Promise<void> {
    const limit = new Limit(perRun);
    await limit.all(files, async (file) => {
        for await (const fetch of expand(file, transfers, signal))
            await save(fetch, working, transfers, signal);
    });
}

/** A container stands for each of its blobs with the prefix. */
async function* expand(file: ResourceFile, transfers: Transfers, signal: AbortSignal): AsyncGenerator<Fetch> {
    const mode = file.fileMode === undefined ? defaultMode : Number.parseInt(file.fileMode, 8);
    const { identity } = file;
    if (file.httpUrl !== undefined) {
        const path = file.filePath ?? basename(withoutSecrets(file.httpUrl));
        yield { url: file.httpUrl, path, mode, identity };
        return;
    }
    const container = file.storageContainerUrl ?? "";
    try {
        const client = transfers.container(container, identity);
        for await (const blob of client.listBlobsFlat({ prefix: file.blobPrefix, abortSignal: signal })) {
            // A name that ends with a slash marks a folder; there is nothing in it to write.
            if (blob.name.endsWith("/")) continue;
            const path = file.filePath ? `${file.filePath}/${blob.name}` : blob.name;
            yield { url: blobUrl(container, blob.name), path, mode, identity };
        }
    } catch (error) {
        if (error instanceof RunFailure || signal.aborted) throw error;
        throw new RunFailure(downloadCode(storageStatus(error), false), {
            BlobSource: withoutSecrets(container),
            Message: messageOf(error),
        });
    }
}

async function save(fetch: Fetch, working: string, transfers: Transfers, signal: AbortSignal): Promise<void> {
    const { url, path, mode, identity } = fetch;
    const source = { BlobSource: withoutSecrets(url), FilePath: path };
    const target = resolveWithin(working, path);
    if (target === undefined || target === working || !(await reallyWithin(working, target))) {
        throw new RunFailure("ResourceFileCreateFailed", {
            ...source,
            Message: "The file path leaves the working directory of the task; give a relative path below it.",
        });
    }
    try {
        await mkdir(dirname(target), { recursive: true });
    } catch (error) {
        throw new RunFailure("ResourceDirectoryCreateFailed", { ...source, Message: messageOf(error) });
    }
    try {
        const headers = identity
            ? {
                  authorization: `Bearer ${await transfers.token(identity, storageAudience)}`,
                  "x-ms-version": storageVersion,
              }
            : undefined;
        await transfers.limit.run(() =>
            transfers.reader.read(url, { headers, signal }, async (body) => {
                await pipeline(body, await createFile(target), { signal });
            }),
        );
        await chmod(target, mode);
    } catch (error) {
        if (signal.aborted || error instanceof RunFailure) throw error;
        throw new RunFailure(codeOf(error), { ...source, Message: messageOf(error) });
    }
}

/** A new file in place of whatever is there: an earlier try may have left a link that points elsewhere. */
async function createFile(path: string): Promise<WriteStream> {
    await rm(path, { force: true });
    const { O_WRONLY, O_CREAT, O_EXCL, O_NOFOLLOW } = constants;
    const file = await open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0o600);
    return file.createWriteStream();
}

function codeOf(error: unknown): TaskFailureCode {
    if (error instanceof TransferError) return downloadCode(error.status, error.timedOut);
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOSPC" || code === "EDQUOT") return "DiskFull";
    if (
        code === "EISDIR" ||
        code === "EACCES" ||
        code === "EEXIST" ||
        code === "ENAMETOOLONG" ||
        code === "ERR_FS_EISDIR"
    ) {
        return "ResourceFileCreateFailed";
    }
    return code?.startsWith("E") ? "ResourceFileWriteFailed" : "BlobDownloadMiscError";
}

function downloadCode(status: number | undefined, timedOut: boolean): TaskFailureCode {
    if (status === 404) return "BlobNotFound";
    if (status === 401 || status === 403) return "BlobAccessDenied";
    return timedOut || status === 408 ? "BlobDownloadTimedOut" : "BlobDownloadMiscError";
}
