import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";

/** The folder of a `file://` backend; undefined for any other. */
export function backendFolder(url: string | undefined): string | undefined {
    return url?.startsWith("file:///") ? fileURLToPath(url.replace(/\?.*$/, "")) : undefined;
}

/**
 * Puts right what an engine leaves that was killed while it wrote: its lock, which names a process that is gone, and for a moment no
 * state but the copy it had just put aside.
 */
export function mendBackend(folder: string, project: string, stack: string): void {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const locks = path.join(folder, ".pulumi", "locks", "organization", project, stack);
    for (const name of existsSync(locks) ? readdirSync(locks) : []) {
        const lock = path.join(locks, name);
        if (name.endsWith(".json") && !holderLives(lock)) rmSync(lock, { force: true });
    }
    const state = path.join(folder, ".pulumi", "stacks", project, `${stack}.json`);
    if (!existsSync(state) && existsSync(`${state}.bak`)) copyFileSync(`${state}.bak`, state);
}

function holderLives(lock: string): boolean {
    try {
        const { pid } = JSON.parse(readFileSync(lock, "utf8")) as { pid?: number };
        if (pid === undefined) return false;
        process.kill(pid, 0);
        return true;
    } catch (problem) {
        // Another user's process lives, though we may not signal it.
        return (problem as NodeJS.ErrnoException).code === "EPERM";
    }
}
