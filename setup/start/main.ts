/** `npm start` once all is installed and built: runs the deployment under `batchlocal exec`, which starts and ends the service. */
import path from "node:path";
import { spawnSync } from "node:child_process";
import { repositoryRoot } from "../common";
import { runForeground } from "../node";
import { parseStartArguments } from "../start-arguments";

const root = repositoryRoot();
const argv = process.argv.slice(2);
const batchlocal = path.join(root, "local", "bin", "batchlocal.js");
const data = path.resolve(process.env["BATCHLOCAL_DATA"] ?? path.join(root, ".batchlocal"));

async function main(): Promise<number> {
    const parsed = parseStartArguments(argv);
    if ("error" in parsed) {
        process.stderr.write(`error: ${parsed.error}\n`);
        return 2;
    }
    if (parsed.arguments.keep && !isServing()) {
        const started = spawnSync(process.execPath, [batchlocal, "start", "--detach", "--data", data], {
            stdio: ["ignore", parsed.arguments.json ? 2 : "inherit", "inherit"],
        });
        if (started.status !== 0) return started.status ?? 1;
    }
    return runForeground(process.execPath, [
        batchlocal,
        "exec",
        "--data",
        data,
        "--",
        process.execPath,
        path.join(__dirname, "deploy.js"),
        ...argv,
    ]);
}

function isServing(): boolean {
    return (
        spawnSync(process.execPath, [batchlocal, "status", "--data", data], { stdio: "ignore" }).status === 0
    );
}

void main().then(
    (code) => {
        process.exitCode = code;
    },
    (problem: unknown) => {
        process.stderr.write(`error: ${problem instanceof Error ? problem.message : String(problem)}\n`);
        process.exitCode = 1;
    },
);
