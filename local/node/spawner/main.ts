/**
 * Entry of the spawner: a process with a small heap, since starting a process costs more the bigger the starter is. Its argument is
 * how many of it there are to be; the first starts the others on the streams it was given for them, and all go together.
 */
import { spawn } from "node:child_process";
import { closeSync } from "node:fs";

import { LineWriter, lineReader, type FromSpawner, type ToSpawner } from "./protocol";
import { Runs } from "./runs";
import { seal } from "./seal";

const writer = new LineWriter<FromSpawner>((line) => process.stdout.write(line));
const runs = new Runs((message) => writer.send(message));

function end(code: number): never {
    try {
        runs.endAll();
    } finally {
        process.exit(code);
    }
}

const read = lineReader((line) => {
    const messages = JSON.parse(line) as ToSpawner[];
    const stopped: string[] = [];
    for (const message of messages) {
        if (message.do === "run") runs.start(message.run);
        else if (message.do === "stop") stopped.push(message.attempt);
        else if (message.do === "seal") seal(message.directory);
        else if (message.do === "endLeft") runs.endLeft(message.attempt);
        else if (message.do === "clear") runs.clear(message.node, message.ticket);
        else {
            runs.open(message);
            writer.send({ is: "ready", pid: process.pid });
        }
    }
    if (stopped.length > 0) runs.stop(stopped);
});

process.stdin.setEncoding("utf8");
process.stdin.on("data", read);
// The host is gone, or asks us to go by closing: nothing that was started here may outlive it.
process.stdin.on("end", () => end(0));
process.stdin.on("error", () => end(1));
process.stdout.on("error", () => end(1));
process.on("SIGTERM", () => end(0));
// Ctrl-C reaches the whole group of the terminal; the host decides when to close.
process.on("SIGINT", () => undefined);
process.on("SIGHUP", () => undefined);
process.on("uncaughtException", (error) => {
    process.stderr.write(`${error.stack ?? error.message}\n`);
    end(1);
});

const count = Number(process.argv[2] ?? 1);
for (let index = 1; index < count; index += 1) {
    const [input, output] = [1 + 2 * index, 2 + 2 * index];
    const other = spawn(process.execPath, [...process.execArgv, __filename], {
        stdio: [input, output, "inherit"],
    });
    closeSync(input);
    closeSync(output);
    other.on("error", () => end(1));
    other.on("exit", (code) => end(code ?? 1));
}
