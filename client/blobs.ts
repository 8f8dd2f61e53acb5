import { mkdir } from "node:fs/promises";
import path from "node:path";
import type { TokenCredential } from "@azure/core-auth";

// Loading it takes a tenth of a second, so it is loaded when somebody reads a blob.
const loadLibrary = () => import("@azure/storage-blob");

/** Blobs of a container with their sizes. @param prefix only those whose names start so */
export async function* blobsOf(
    containerUrl: string,
    credential: TokenCredential,
    prefix?: string,
): AsyncGenerator<{ name: string; size: number }> {
    const { ContainerClient } = await loadLibrary();
    for await (const { name, properties } of new ContainerClient(containerUrl, credential).listBlobsFlat({
        prefix,
    }))
        yield { name, size: properties.contentLength ?? 0 };
}

/** Options of {@link downloadTo}. */
export interface DownloadOptions {
    readonly signal?: AbortSignal;
    /** Only blobs whose names start so. @default all */
    readonly prefix?: string;
}

/**
 * Downloads the blobs of a container into a folder; slashes in names make folders.
 * @param containerUrl address of the container, as `Container.url` gives it
 * @returns names of the blobs
 */
export async function downloadTo(
    containerUrl: string,
    folder: string,
    credential: TokenCredential,
    options: DownloadOptions = {},
): Promise<string[]> {
    const { ContainerClient } = await loadLibrary();
    const container = new ContainerClient(containerUrl, credential);
    const names: string[] = [];
    for await (const blob of container.listBlobsFlat({
        prefix: options.prefix,
        abortSignal: options.signal,
    })) {
        const file = path.resolve(folder, blob.name);
        if (!file.startsWith(path.resolve(folder) + path.sep)) {
            throw new Error(`the blob '${blob.name}' would be written outside of ${folder}: not downloaded`);
        }
        await mkdir(path.dirname(file), { recursive: true });
        await container
            .getBlobClient(blob.name)
            .downloadToFile(file, 0, undefined, { abortSignal: options.signal });
        names.push(blob.name);
    }
    return names;
}

/** One blob whole, in memory. */
export async function readBlob(
    containerUrl: string,
    blobName: string,
    credential: TokenCredential,
    options: { signal?: AbortSignal } = {},
): Promise<Buffer> {
    const { ContainerClient } = await loadLibrary();
    const blob = new ContainerClient(containerUrl, credential).getBlobClient(blobName);
    return blob.downloadToBuffer(0, undefined, { abortSignal: options.signal });
}
