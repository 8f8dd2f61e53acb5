import * as fs from "node:fs";

/** Whether a process runs. One that was killed where nobody reaps it stays as a zombie: that one runs no more. */
export function isRunning(pid: number): boolean {
    try {
        process.kill(pid, 0);
    } catch {
        return false;
    }
    const status = `/proc/${pid}/status`;
    return !fs.existsSync(status) || !/^State:\s+Z/m.test(fs.readFileSync(status, "utf8"));
}
