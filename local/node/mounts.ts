import type { ContainerClient } from "@azure/storage-blob";
import { chmod, mkdir, readdir, rm, stat } from "node:fs/promises";
import { dirname, join } from "node:path";

import { nodeErrorCodes } from "../../catalog";
import { isObject, type JsonObject } from "../model/json";
import type { FailureInfo } from "../model/pool";
import { messageOf } from "./failure";
import { resolveWithin } from "./paths";
import { Limit } from "./transfer/limit";
import type { Transfers } from "./transfer/transfers";

/** A mount that cannot be had. */
export class MountFailure extends Error {
    get info(): FailureInfo {
        const { category, message } = nodeErrorCodes.MountConfigurationError;
        return {
            category,
            code: "MountConfigurationError",
            message,
            details: [{ name: "Message", value: this.message }],
        };
    }
}

/** What a file was when it was last the same here and there. */
interface Known {
    etag: string;
    size: number;
    modified: number;
}

interface Mount {
    target: string;
    container: ContainerClient;
    readOnly: boolean;
    known: Map<string, Known>;
    /** One run's exchange at a time. */
    turn: Limit;
}

export interface MountOptions {
    transfers: Transfers;
    /** Base URL of a storage account's blobs. */
    blobEndpoint: (account: string) => string | undefined;
    /** Makes the directory read-only for processes, where more than permission bits can be had. */
    seal: (directory: string) => void;
}

/**
 * Containers of blobs as directories below a node's `fsmounts/`. There is no file system behind it: the container is brought in before
 * each run of the node and what a run changed is written back when it ends, before it is reported.
 */
export class Mounts {
    private readonly byNode = new Map<string, Map<string, Mount>>();

    constructor(private readonly options: MountOptions) {}

    /** Mounts what is not mounted yet. Throws a {@link MountFailure}. */
    async mount(node: string, root: string, configurations: readonly unknown[]): Promise<void> {
        const mounts = this.byNode.get(node) ?? new Map<string, Mount>();
        this.byNode.set(node, mounts);
        for (const configuration of configurations) {
            const mount = await this.read(root, configuration);
            if (mounts.has(mount.target)) continue;
            await mkdir(mount.target, { recursive: true });
            // Of the node's former boot; all of it that counts was written back.
            for (const entry of await readdir(mount.target)) {
                await rm(join(mount.target, entry), { recursive: true, force: true });
            }
            mounts.set(mount.target, mount);
            if (mount.readOnly) this.options.seal(mount.target);
        }
    }

    has(node: string): boolean {
        return this.byNode.has(node);
    }

    /** The node reboots or goes. */
    forget(node: string): void {
        this.byNode.delete(node);
    }

    /** Brings in what changed in the containers. */
    async pull(node: string, signal: AbortSignal): Promise<void> {
        await this.each(node, async (mount) => {
            if (mount.readOnly) await setMode(mount.target, 0o755);
            await pull(mount, signal);
            if (mount.readOnly) await setMode(mount.target, 0o555);
        });
    }

    /** Writes back what changed in the directories. */
    async push(node: string, signal: AbortSignal): Promise<void> {
        await this.each(node, (mount) => (mount.readOnly ? Promise.resolve() : push(mount, signal)));
    }

    private async each(node: string, work: (mount: Mount) => Promise<void>): Promise<void> {
        const mounts = [...(this.byNode.get(node)?.values() ?? [])];
        await Promise.all(
            mounts.map(async (mount) => {
                try {
                    await mount.turn.run(() => work(mount));
                } catch (error) {
                    throw new MountFailure(`${mount.container.containerName}: ${messageOf(error)}`);
                }
            }),
        );
    }

    private async read(root: string, configuration: unknown): Promise<Mount> {
        const blob = isObject(configuration) ? configuration.azureBlobFileSystemConfiguration : undefined;
        if (!isObject(blob)) {
            const kinds = isObject(configuration)
                ? Object.keys(configuration).join(", ")
                : String(configuration);
            throw new MountFailure(
                `Only containers of blobs can be mounted here (azureBlobFileSystemConfiguration), not ${kinds}.`,
            );
        }
        const text = (name: string) => (typeof blob[name] === "string" ? blob[name] : "");
        const target = resolveWithin(join(root, "fsmounts"), text("relativeMountPath"));
        if (target === undefined)
            throw new MountFailure(
                `relativeMountPath ${text("relativeMountPath")} leaves the mounts directory.`,
            );
        const account = text("accountName");
        const endpoint = this.options.blobEndpoint(account);
        if (endpoint === undefined) throw new MountFailure(`There is no storage account ${account} here.`);
        const sas = text("sasKey").replace(/^\?/, "");
        const url = `${endpoint.replace(/\/+$/, "")}/${text("containerName")}${sas ? `?${sas}` : ""}`;
        const container = this.options.transfers.container(
            url,
            identityOf(blob),
            keyOf(account, text("accountKey")),
        );
        const readOnly = /(^|[\s,])(ro|--read-only)($|[\s,])/.test(text("blobfuseOptions"));
        return { target, container, readOnly, known: new Map(), turn: new Limit(1) };
    }
}

function identityOf(blob: JsonObject): string | undefined {
    const { identityReference } = blob;
    const id = isObject(identityReference) ? identityReference.resourceId : undefined;
    return typeof id === "string" ? id : undefined;
}

function keyOf(
    accountName: string,
    accountKey: string,
): { accountName: string; accountKey: string } | undefined {
    return accountKey ? { accountName, accountKey } : undefined;
}

async function pull({ target, container, readOnly, known }: Mount, signal: AbortSignal): Promise<void> {
    const there = new Set<string>();
    const limit = new Limit(4);
    const wanted: string[] = [];
    for await (const blob of container.listBlobsFlat({ abortSignal: signal })) {
        const path = resolveWithin(target, blob.name);
        if (path === undefined || path === target || blob.name.endsWith("/")) continue;
        there.add(blob.name);
        const before = known.get(blob.name);
        if (before?.etag === blob.properties.etag) continue;
        const here = await fileAt(path);
        // What a run on this node wrote and has not been written back yet is newer.
        if (here && (!before || !same(before, here))) continue;
        wanted.push(blob.name);
    }
    await limit.all(wanted, async (name) => {
        const path = join(target, name);
        await mkdir(dirname(path), { recursive: true });
        await rm(path, { force: true });
        const { etag = "" } = await container
            .getBlobClient(name)
            .downloadToFile(path, 0, undefined, { abortSignal: signal });
        if (readOnly) await chmod(path, 0o444);
        const here = await fileAt(path);
        if (here) known.set(name, { etag, ...here });
    });
    for (const [name, before] of known) {
        if (there.has(name)) continue;
        const path = join(target, name);
        const here = await fileAt(path);
        if (here && same(before, here)) await rm(path, { force: true });
        known.delete(name);
    }
}

async function push({ target, container, known }: Mount, signal: AbortSignal): Promise<void> {
    const limit = new Limit(4);
    const seen = new Set<string>();
    const changed: { name: string; path: string; here: Omit<Known, "etag"> }[] = [];
    for (const entry of await readdir(target, { recursive: true, withFileTypes: true })) {
        if (!entry.isFile()) continue;
        const path = join(entry.parentPath, entry.name);
        const name = path.slice(target.length + 1);
        const here = await fileAt(path);
        if (!here) continue;
        seen.add(name);
        const before = known.get(name);
        if (!before || !same(before, here)) changed.push({ name, path, here });
    }
    await limit.all(changed, async ({ name, path, here }) => {
        const { etag = "" } = await container
            .getBlockBlobClient(name)
            .uploadFile(path, { abortSignal: signal });
        known.set(name, { etag, ...here });
    });
    for (const name of [...known.keys()].filter((one) => !seen.has(one))) {
        await container.getBlobClient(name).deleteIfExists({ abortSignal: signal });
        known.delete(name);
    }
}

/** Permission bits of a directory and those below it. */
async function setMode(directory: string, mode: number): Promise<void> {
    await chmod(directory, mode);
    for (const entry of await readdir(directory, { withFileTypes: true })) {
        if (entry.isDirectory()) await setMode(join(directory, entry.name), mode);
    }
}

function same(before: Known, { size, modified }: Omit<Known, "etag">): boolean {
    return before.size === size && before.modified === modified;
}

async function fileAt(path: string): Promise<Omit<Known, "etag"> | undefined> {
    try {
        const { size, mtimeMs } = await stat(path);
        return { size, modified: mtimeMs };
    } catch {
        return undefined;
    }
}
