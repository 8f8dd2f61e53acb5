/**
 * Runs a program in a process group of its own, so that a terminal's Ctrl-C reaches it only through us, and once. When it ends, or when
 * whoever started us is gone (our stdin ends), everything that it started is ended too: a killed engine leaves its plugins behind, each in
 * a group of its own, so they are known by a mark in their environment.
 */
import { spawn, spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { constants } from "node:os";

const [program = "", ...args] = process.argv.slice(2);
const mark = `BATCH_START_GUARD=${process.pid}.${Date.now()}`;
const [name = "", value = ""] = mark.split("=");
const child = spawn(program, args, {
    stdio: ["ignore", "inherit", "inherit"],
    env: { ...process.env, [name]: value },
});
let told = false;

process.stdin.resume().on("end", () => {
    endMarked();
    process.exit(1);
});
for (const signal of ["SIGINT", "SIGTERM"] as const) {
    process.on(signal, () => {
        // The engine takes a second one as "at once", which leaves operations pending.
        if (told) return;
        told = true;
        child.kill("SIGINT");
    });
}
child.on("error", (problem) => {
    process.stderr.write(`error: ${program} cannot be run: ${problem.message}\n`);
    process.exit(127);
});
child.on("exit", (code, signal) => {
    endMarked();
    process.exitCode = code ?? 128 + (signal ? constants.signals[signal] : 0);
    process.stdin.destroy();
});

function endMarked(): void {
    for (const pid of marked()) {
        try {
            process.kill(pid, "SIGKILL");
        } catch {
            // It ended by itself.
        }
    }
}

function marked(): number[] {
    if (process.platform !== "linux") {
        const { stdout } = spawnSync("ps", ["eww", "-axo", "pid=,command="], { encoding: "utf8" });
        return stdout
            .split("\n")
            .filter((line) => line.includes(mark))
            .map((line) => Number.parseInt(line, 10));
    }
    return readdirSync("/proc")
        .filter((entry) => /^\d+$/.test(entry) && environmentOf(entry).includes(mark))
        .map(Number);
}

function environmentOf(pid: string): string {
    try {
        return readFileSync(`/proc/${pid}/environ`, "latin1");
    } catch {
        // Gone, or another user's.
        return "";
    }
}
