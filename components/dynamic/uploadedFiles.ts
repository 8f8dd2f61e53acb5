import type { BatchSignIn } from "../../client";
import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { cancelled } from "./cancel";
import { blobCredential } from "./connections";
import { InitializationError } from "./errors";
import { differs, uncertain } from "./known";
import { Progress } from "./progress";
import { pause } from "./time";

/** One file to upload. */
export interface FileInput {
    /** Name of the blob. */
    readonly name: string;
    /** Where the file is on this machine; not compared, since another machine has it elsewhere. */
    readonly path: string;
    /** SHA-256 of its content, hexadecimal. */
    readonly hash: string;
    /** Bytes. */
    readonly size: number;
}

/** Inputs of uploaded files. */
export interface UploadedFilesInputs {
    /** Address of the blob service. */
    readonly endpoint: string;
    readonly containerName: string;
    readonly files: readonly FileInput[];
    /** Whether blobs of the container that are not declared are deleted. */
    readonly deleteExtras: boolean;
    readonly batchCredentials?: BatchSignIn;
}

// Loading it takes a tenth of a second, so it is loaded when somebody uploads.
const loadLibrary = () => import("@azure/storage-blob");
type ContainerClient = InstanceType<Awaited<ReturnType<typeof loadLibrary>>["ContainerClient"]>;

type Failure = { property: string; reason: string };

/** Files that are uploaded at once. */
const PARALLEL = 8;
const HASH = "sha256";
/** Tries, ten seconds apart, until a new role must be in force. */
const ROLE_PATIENCE = 12;

export function check(
    _olds: unknown,
    news: UploadedFilesInputs,
): { inputs: UploadedFilesInputs; failures: Failure[] } {
    return { inputs: news, failures: [] };
}

const content = (files: readonly FileInput[] | undefined): unknown => {
    if (!Array.isArray(files)) return files;
    return Object.fromEntries((files as readonly FileInput[]).map(({ name, hash }) => [name, hash]));
};

/** Same names and contents are no change, wherever the files are. */
export function diff(
    _id: string,
    olds: UploadedFilesInputs & { complete?: boolean },
    news: UploadedFilesInputs,
): { changes: boolean; replaces: string[] } {
    const replaces = (["endpoint", "containerName"] as const).filter((name) =>
        differs(olds[name], news[name]),
    );
    const changed =
        differs(content(olds.files), content(news.files)) ||
        differs(olds.deleteExtras, news.deleteExtras) ||
        olds.complete !== true;
    return {
        changes: changed || replaces.length > 0 || uncertain([news.files, news.endpoint, news.containerName]),
        replaces,
    };
}

export async function create(
    inputs: UploadedFilesInputs,
): Promise<{ id: string; outs: Record<string, unknown> }> {
    return { id: idOf(inputs), outs: await synchronise(inputs, []) };
}

export async function update(
    _id: string,
    olds: UploadedFilesInputs,
    news: UploadedFilesInputs,
): Promise<{ outs: Record<string, unknown> }> {
    return { outs: await synchronise(news, olds.files) };
}

const idOf = (inputs: UploadedFilesInputs): string => `${inputs.endpoint}${inputs.containerName}`;

async function synchronise(
    inputs: UploadedFilesInputs,
    olds: readonly FileInput[],
): Promise<Record<string, unknown>> {
    const progress = new Progress();
    let uploaded = 0;
    try {
        const container = await connect(inputs);
        const there = await hashesOf(container, ROLE_PATIENCE);
        const waiting = inputs.files.filter((file) => there.get(file.name) !== file.hash);
        await eachOf(waiting, async (file) => {
            await upload(container, file);
            uploaded += 1;
            progress.line(
                () => `container ${inputs.containerName}: ${uploaded} of ${waiting.length} files uploaded`,
            );
        });
        const declared = new Set(inputs.files.map((file) => file.name));
        const candidates = inputs.deleteExtras ? [...there.keys()] : olds.map((file) => file.name);
        await eachOf(
            candidates.filter((name) => !declared.has(name)),
            (name) => deleteBlob(container, name),
        );
    } catch (error) {
        throw new InitializationError(idOf(inputs), { ...inputs }, { complete: false }, [
            explain(error, inputs),
        ]);
    }
    return { ...inputs, complete: true };
}

async function connect(inputs: UploadedFilesInputs): Promise<ContainerClient> {
    const { ContainerClient } = await loadLibrary();
    return new ContainerClient(idOf(inputs), await blobCredential(inputs.batchCredentials));
}

/** Contents of the blobs that are there, by name. A role that was just assigned takes a while to be in force. */
async function hashesOf(container: ContainerClient, patience = 0): Promise<Map<string, string | undefined>> {
    for (let attempt = 1; ; attempt++) {
        try {
            const hashes = new Map<string, string | undefined>();
            for await (const blob of container.listBlobsFlat({
                includeMetadata: true,
                abortSignal: cancelled,
            })) {
                hashes.set(blob.name, blob.metadata?.[HASH]);
            }
            return hashes;
        } catch (error) {
            if (statusOf(error) !== 403 || attempt > patience) throw error;
            if (attempt === 1)
                console.error(
                    `container ${container.containerName}: no permission yet, waiting for the role to be in force`,
                );
            await pause(10_000, cancelled);
        }
    }
}

async function upload(container: ContainerClient, file: FileInput): Promise<void> {
    const blob = container.getBlockBlobClient(file.name);
    const hash = createHash("sha256");
    const stream = createReadStream(file.path, { highWaterMark: 4 * 1024 * 1024 });
    stream.on("data", (chunk) => hash.update(chunk));
    await blob.uploadStream(stream, 4 * 1024 * 1024, 4, {
        abortSignal: cancelled,
        metadata: { [HASH]: file.hash },
    });
    if (hash.digest("hex") === file.hash) return;
    // A digest that does not fit must not be found next time.
    await blob.setMetadata({});
    throw new Error(`${file.path} changed while it was uploaded; run the deployment again`);
}

async function deleteBlob(container: ContainerClient, name: string): Promise<void> {
    await container
        .getBlobClient(name)
        .deleteIfExists({ deleteSnapshots: "include", abortSignal: cancelled });
}

async function eachOf<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
    const queue = items.values();
    const worker = async (): Promise<void> => {
        for (const item of queue) await work(item);
    };
    await Promise.all(Array.from({ length: Math.min(PARALLEL, items.length) }, worker));
}

/** Looks which of the files are there with the content that was declared; the others are drift. */
export async function read(
    id: string,
    props: UploadedFilesInputs,
): Promise<{ id?: string; props?: Record<string, unknown> }> {
    try {
        const there = await hashesOf(await connect(props));
        const complete = props.files.every((file) => there.get(file.name) === file.hash);
        return { id, props: { ...props, complete } };
    } catch (error) {
        if (statusOf(error) === 404) return {};
        throw new Error(explain(error, props), { cause: error });
    }
}

/** Deletes the files that were uploaded; with their container they go by themselves. */
export async function remove(_id: string, props: UploadedFilesInputs): Promise<void> {
    try {
        const container = await connect(props);
        await eachOf(props.files, (file) => deleteBlob(container, file.name));
    } catch (error) {
        if (statusOf(error) === 404) return;
        throw new Error(explain(error, props), { cause: error });
    }
}

function statusOf(error: unknown): number | undefined {
    const status = (error as { statusCode?: unknown } | null)?.statusCode;
    return typeof status === "number" ? status : undefined;
}

function explain(error: unknown, inputs: UploadedFilesInputs): string {
    const { message } = error instanceof Error ? error : new Error(String(error));
    const [line] = message.split("\n");
    if (statusOf(error) === 403) {
        return `${line}\nWhoever is signed in needs the role "Storage Blob Data Contributor" on the storage account of container ${inputs.containerName}.`;
    }
    return `container ${inputs.containerName}: ${line}`;
}
