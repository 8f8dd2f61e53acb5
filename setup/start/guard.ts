/**
 * Runs a program in a process group of its own, so that a terminal's Ctrl-C reaches it only through us, and once. When whoever
 * started us is gone (our stdin ends), the whole group is killed: an engine must not go on alone.
 */
import { spawn } from "node:child_process";
import { constants } from "node:os";

const [program = "", ...args] = process.argv.slice(2);
const child = spawn(program, args, { stdio: ["ignore", "inherit", "inherit"] });
let told = false;

process.stdin.resume().on("end", () => {
    // We lead the group: this ends us too.
    process.kill(-process.pid, "SIGKILL");
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
child.on("close", (code, signal) => {
    process.exit(code ?? 128 + (signal ? constants.signals[signal] : 0));
});
