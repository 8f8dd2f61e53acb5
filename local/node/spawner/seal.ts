import { execFileSync } from "node:child_process";

/**
 * Makes a directory read-only for the processes started here; the host, outside of our mount namespace, writes on. Only asked for where
 * there is such a namespace: the machine's own mounts are never touched. Other users than root cannot mount; for them permission bits are
 * what there is.
 */
export function seal(directory: string): void {
    if (process.getuid?.() !== 0) return;
    try {
        execFileSync("mount", ["--bind", directory, directory]);
        execFileSync("mount", ["-o", "remount,bind,ro", directory]);
    } catch (error) {
        process.stderr.write(
            `${directory} stays writable: ${error instanceof Error ? error.message : String(error)}\n`,
        );
    }
}
