/** The service's own access to an account's blobs: packages, task output, auto-storage containers. */
import type { Readable } from "node:stream";
import type { ContainerClient, BlobServiceClient } from "@azure/storage-blob";

export interface BlobFacts {
    readonly name: string;
    /** Bytes. */
    readonly length: number;
    readonly lastModified: Date;
    readonly etag: string;
    readonly contentType: string | undefined;
    readonly metadata: Readonly<Record<string, string>>;
}

export interface PutOptions {
    readonly contentType?: string;
    readonly metadata?: Record<string, string>;
}

/** Bytes per block of a streamed upload, and how many are under way: at most 16 MiB of a stream are in memory. */
const blockBytes = 4 * 1024 * 1024;
const blocksAtOnce = 4;

export class Blobs {
    readonly #service: BlobServiceClient;

    constructor(service: BlobServiceClient) {
        this.#service = service;
    }

    #container(name: string): ContainerClient {
        return this.#service.getContainerClient(name);
    }

    /** Does nothing when the container is there. */
    async createContainer(name: string): Promise<void> {
        await this.#container(name).createIfNotExists();
    }

    /** False when there was none. */
    async deleteContainer(name: string): Promise<boolean> {
        return (await this.#container(name).deleteIfExists()).succeeded;
    }

    /** Replaces what was there. A stream is sent in blocks, whatever its length. */
    async put(
        container: string,
        name: string,
        content: Buffer | string | Readable,
        options: PutOptions = {},
    ): Promise<void> {
        const client = this.#container(container).getBlockBlobClient(name);
        const sent = {
            blobHTTPHeaders: { blobContentType: options.contentType },
            metadata: options.metadata,
        };
        if (typeof content === "string" || Buffer.isBuffer(content)) {
            await client.uploadData(Buffer.from(content), sent);
        } else {
            await client.uploadStream(content, blockBytes, blocksAtOnce, sent);
        }
    }

    /**
     * The content from `start` on, `length` bytes of it at most.
     * @throws RestError with status 404 when there is no such blob.
     */
    async get(container: string, name: string, start = 0, length?: number): Promise<Readable> {
        const response = await this.#container(container).getBlobClient(name).download(start, length);
        if (!response.readableStreamBody)
            throw new Error(`storage answered without content for blob ${container}/${name}`);
        return response.readableStreamBody as Readable;
    }

    /** Undefined when there is no such blob. */
    async find(container: string, name: string): Promise<BlobFacts | undefined> {
        try {
            const found = await this.#container(container).getBlobClient(name).getProperties();
            return {
                name,
                length: found.contentLength ?? 0,
                lastModified: found.lastModified ?? new Date(0),
                etag: found.etag ?? "",
                contentType: found.contentType,
                metadata: found.metadata ?? {},
            };
        } catch (error) {
            if ((error as { statusCode?: number }).statusCode === 404) return undefined;
            throw error;
        }
    }

    /** In the order of names. */
    async *list(container: string, prefix?: string): AsyncGenerator<BlobFacts> {
        for await (const { name, properties, metadata } of this.#container(container).listBlobsFlat({
            prefix,
            includeMetadata: true,
        })) {
            yield {
                name,
                length: properties.contentLength ?? 0,
                lastModified: properties.lastModified,
                etag: properties.etag,
                contentType: properties.contentType,
                metadata: metadata ?? {},
            };
        }
    }

    /** False when there was none. */
    async delete(container: string, name: string): Promise<boolean> {
        return (
            await this.#container(container)
                .getBlobClient(name)
                .deleteIfExists({ deleteSnapshots: "include" })
        ).succeeded;
    }
}
