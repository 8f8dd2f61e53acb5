import { existsSync, mkdirSync, rmSync } from "node:fs";
import { chmod, mkdir, readdir, rename, rm, rmdir } from "node:fs/promises";
import { dirname, join } from "node:path";

import { resolveWithin } from "./paths";
import { overlayName } from "./spawner/sandboxScripts";
import { Limit } from "./transfer/limit";

/** Directories of a node's root, as "Files and directories in Batch" lists them. */
const layout = ["applications", "fsmounts", "shared", "startup/wd", "volatile", "workitems"];

const safePart = /^[A-Za-z0-9_-][A-Za-z0-9_.-]*$/;

/** Where nodes keep their files: `<directory>/<account>/<pool>/<node>/tasks`, and beside `tasks` what is not the tasks' own. */
export class NodeDirectories {
    private readonly known = new Set<string>();
    private readonly trash: string;
    private readonly removing = new Limit(2);
    /** Whether a command of the node was ever elevated. */
    private readonly sandboxed = new Map<string, boolean>();
    private thrown = 0;

    constructor(private readonly directory: string) {
        this.trash = join(directory, ".trash");
        // What a former life had no time to remove.
        rmSync(this.trash, { recursive: true, force: true });
        mkdirSync(this.trash, { recursive: true, mode: 0o700 });
    }

    /** The nodes that are open. */
    nodes(): string[] {
        return [...this.known];
    }

    homeOf(node: string): string {
        const parts = node.split("/");
        const bad = parts.find((part) => !safePart.test(part));
        if (bad !== undefined) {
            throw new Error(
                `The node key ${JSON.stringify(node)} cannot name a directory: ${JSON.stringify(bad)}.`,
            );
        }
        return join(this.directory, ...parts);
    }

    rootOf(node: string): string {
        return join(this.homeOf(node), "tasks");
    }

    /**
     * The node's home, once a command of it was elevated: from then on all its commands see what that one installed, after a reboot too.
     * Before, there is nothing to see and a sandbox costs each command some milliseconds.
     */
    sandboxFor(node: string, elevated: boolean): string | undefined {
        const home = this.homeOf(node);
        const known = this.sandboxed.get(node) ?? existsSync(join(home, overlayName));
        if (known !== elevated || !this.sandboxed.has(node)) this.sandboxed.set(node, known || elevated);
        return known || elevated ? home : undefined;
    }

    open(node: string): void {
        if (this.known.has(node)) return;
        const root = this.rootOf(node);
        for (const part of layout) mkdirSync(join(root, part), { recursive: true, mode: 0o770 });
        this.known.add(node);
    }

    /** Removes all files of the node, and lays it out anew (reimage). */
    async wipe(node: string): Promise<void> {
        this.known.delete(node);
        this.sandboxed.delete(node);
        await this.discard(this.homeOf(node));
        this.open(node);
    }

    /** Removes the node. */
    async drop(node: string): Promise<void> {
        this.known.delete(node);
        this.sandboxed.delete(node);
        const home = this.homeOf(node);
        await this.discard(home);
        // Pool and account directories go with their last node.
        for (let parent = dirname(home); parent !== this.directory; parent = dirname(parent)) {
            try {
                await rmdir(parent);
            } catch {
                break;
            }
        }
    }

    async remove(node: string, directory: string): Promise<void> {
        const root = this.rootOf(node);
        const path = resolveWithin(root, directory);
        if (path === undefined || path === root)
            throw new Error(`${JSON.stringify(directory)} is not below the node's root.`);
        await this.discard(path);
    }

    /** Out of the way at once, gone a little later: removing a big tree takes its time. */
    private async discard(path: string): Promise<void> {
        this.thrown += 1;
        const away = join(this.trash, String(this.thrown));
        try {
            await rename(path, away);
        } catch (error) {
            if ((error as NodeJS.ErrnoException).code === "ENOENT") return;
            throw error;
        }
        void this.removing.run(() => removeTree(away)).catch(() => undefined);
    }
}

/** Removes a tree, directories without permissions included. */
async function removeTree(path: string): Promise<void> {
    try {
        await rm(path, { recursive: true, force: true, maxRetries: 2 });
    } catch {
        await openUp(path);
        await rm(path, { recursive: true, force: true });
    }
}

async function openUp(directory: string): Promise<void> {
    await chmod(directory, 0o700);
    for (const entry of await readdir(directory, { withFileTypes: true })) {
        if (entry.isDirectory()) await openUp(join(directory, entry.name));
    }
}

/** Makes a run's directories ahead of its process, for files to be put there. */
export async function makeWorkingDirectory(directory: string): Promise<string> {
    const working = join(directory, "wd");
    await mkdir(working, { recursive: true, mode: 0o770 });
    return working;
}
