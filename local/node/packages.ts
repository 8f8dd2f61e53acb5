import { Unzip, UnzipInflate, type UnzipFile } from "fflate";
import { createWriteStream } from "node:fs";
import { access, mkdir, rename, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { finished } from "node:stream/promises";
import type { Readable } from "node:stream";

import type { PackageFile } from "../model/agent";
import { RunFailure, withoutSecrets } from "./failure";
import { resolveWithin } from "./paths";
import type { Transfers } from "./transfer/transfers";

/** Unzips application packages below a node's `applications/`, each once a node. */
export class Packages {
    /** By target directory: runs that need the same package at once wait for one download. */
    private readonly underWay = new Map<string, Promise<void>>();

    constructor(private readonly transfers: Transfers) {}

    async install(packages: readonly PackageFile[], root: string): Promise<void> {
        await Promise.all(packages.map((one) => this.installOne(one, root)));
    }

    private installOne({ url, directory }: PackageFile, root: string): Promise<void> {
        const applications = join(root, "applications");
        const target = resolveWithin(applications, directory);
        if (target === undefined || target === applications) {
            throw new RunFailure("ApplicationPackageError", {
                Message: `The directory ${JSON.stringify(directory)} is not one below the node's applications.`,
            });
        }
        const running = this.underWay.get(target);
        if (running) return running;
        const work = this.fetch(url, target).finally(() => this.underWay.delete(target));
        this.underWay.set(target, work);
        return work;
    }

    private async fetch(url: string, target: string): Promise<void> {
        // Written last: a directory without it is what a former life left half done.
        const done = `${target}.installed`;
        if (await exists(done)) return;
        const half = `${target}.unpacking`;
        try {
            if (url === "") throw new Error("The package is not there any more.");
            await rm(target, { recursive: true, force: true });
            await this.transfers.limit.run(() =>
                this.transfers.reader.read(url, {}, async (body) => {
                    await rm(half, { recursive: true, force: true });
                    await mkdir(half, { recursive: true });
                    await unzip(body, half);
                }),
            );
            await rename(half, target);
            await writeFile(done, "");
        } catch (error) {
            await rm(half, { recursive: true, force: true });
            throw new RunFailure("ApplicationPackageError", {
                BlobSource: withoutSecrets(url),
                Message: error instanceof Error ? error.message : String(error),
            });
        }
    }
}

/** Unzips a stream as it arrives. An entry whose name leaves the directory is an error, and so is a zip that ends early. */
export async function unzip(body: Readable, directory: string): Promise<void> {
    const writes: Promise<void>[] = [];
    let failed: unknown;
    let entries = 0;
    let pressure: Promise<unknown> | undefined;
    const fail = (error: unknown) => {
        failed ??= error;
    };
    const unzipper = new Unzip((file) => {
        entries += 1;
        const name = file.name.replaceAll("\\", "/");
        const path = resolveWithin(directory, name);
        if (path === undefined) {
            fail(new Error(`The zip holds ${JSON.stringify(file.name)}, which leaves its directory.`));
            return;
        }
        if (name.endsWith("/")) writes.push(mkdir(path, { recursive: true }).then(() => undefined));
        else writes.push(extract(file, path, (wait) => void (pressure = wait)));
    });
    unzipper.register(UnzipInflate);
    for await (const chunk of body as AsyncIterable<Buffer>) {
        unzipper.push(chunk);
        await pressure;
        if (failed !== undefined) break;
    }
    if (failed === undefined) {
        unzipper.push(new Uint8Array(0), true);
        if (entries === 0) fail(new Error("The file is not a zip, or an empty one."));
    }
    const results = await Promise.allSettled(failed === undefined ? writes : []);
    const rejected = results.find((result) => result.status === "rejected");
    if (failed !== undefined) throw failed;
    if (rejected) throw rejected.reason;
}

async function extract(file: UnzipFile, path: string, slow: (wait: Promise<unknown>) => void): Promise<void> {
    // Chunks come at once, before the directory is there: the stream opens lazily and holds them.
    const chunks: { data: Uint8Array; final: boolean }[] = [];
    let take = (data: Uint8Array, final: boolean) => void chunks.push({ data, final });
    const over = new Promise<void>((resolve, reject) => {
        file.ondata = (error, data, final) => {
            if (error) reject(error);
            else take(data, final);
        };
        const start = async () => {
            await mkdir(dirname(path), { recursive: true });
            // guess: packages keep no modes; everything may be run, as programs are what they are for.
            const out = createWriteStream(path, { mode: 0o770, flags: "wx" });
            take = (data, final) => {
                if (!out.write(data))
                    slow(
                        new Promise<void>(
                            (ready) => void out.once("drain", ready).once("error", () => ready()),
                        ),
                    );
                if (final) out.end();
            };
            for (const { data, final } of chunks) take(data, final);
            await finished(out);
        };
        start().then(resolve, reject);
    });
    file.start();
    return over;
}

async function exists(path: string): Promise<boolean> {
    return access(path).then(
        () => true,
        () => false,
    );
}
