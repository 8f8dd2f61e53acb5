// Nodes of Batch Local alone (no HTTP, no store): short tasks run per second on 8 slots, against xargs and GNU parallel.
//
// Every task is a process of its own with its directory, environment, stdout.txt and stderr.txt, and its exit code is reported.
// Same machine, same run, rounds alternate, the middle ratio counts. BENCH_ROUNDS and BENCH_TASKS change the size. Nothing is deleted
// before the end: ext4 without a journal looks for inodes among those freed lately, and makes files ten times slower for minutes.
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { NodeCommand, NodeHost } from "../local/model/agent";
import type * as NodeModule from "../local/node";

const built = join(__dirname, "../local/dist/local/node/index.js");
const rounds = Number(process.env.BENCH_ROUNDS ?? 5);
const tasks = Number(process.env.BENCH_TASKS ?? 2_000);
const slots = 8;
const folder = mkdtempSync(join(tmpdir(), "bench-node-"));

// eslint-disable-next-line @typescript-eslint/no-require-imports -- the built package where there is one: it starts as users' does
const { openNodeHost } = require(existsSync(built) ? built : "../local/node") as typeof NodeModule;

const quiet = () => undefined;
const node = "bench/pool/tvm-1";
const environment = Object.fromEntries(
    ["ACCOUNT_NAME", "ACCOUNT_URL", "JOB_ID", "NODE_ID", "POOL_ID", "NODE_IS_DEDICATED", "TASK_ID"]
        .map((name) => [`AZ_BATCH_${name}`, "some-value-of-the-service"])
        .concat(
            [
                "NODE_ROOT_DIR",
                "NODE_SHARED_DIR",
                "NODE_STARTUP_DIR",
                "NODE_MOUNTS_DIR",
                "TASK_DIR",
                "TASK_WORKING_DIR",
            ].map((name) => [`AZ_BATCH_${name}`, "{root}/some/directory"]),
        ),
);

let number = 0;
function run(host: NodeHost): Promise<number> {
    const start = performance.now();
    let [given, done] = [0, 0];
    const next = (): NodeCommand => {
        given += 1;
        number += 1;
        return {
            do: "run",
            run: {
                attempt: `bench/job/task-${number}/1`,
                kind: "task",
                node,
                directory: `workitems/job/job-1/task-${number}`,
                commandLine: `/bin/sh -c "echo ${number}"`,
                environment,
                resourceFiles: [],
                outputFiles: [],
                applicationPackages: [],
                elevated: false,
            },
        };
    };
    return new Promise((resolve, reject) => {
        host.listen((events) => {
            const commands: NodeCommand[] = [];
            for (const event of events) {
                if (event.event !== "ended") continue;
                if (event.exitCode !== 0) reject(new Error(JSON.stringify(event)));
                done += 1;
                if (given < tasks) commands.push(next());
            }
            if (commands.length > 0) host.perform(commands);
            if (done === tasks) resolve(rate(start));
        });
        host.perform(Array.from({ length: slots }, next));
    });
}

const rate = (start: number) => (tasks / (performance.now() - start)) * 1000;

/** A peer's rate; it reads the numbers of the tasks from its input. */
function peer(program: string, args: string[]): number | undefined {
    const cwd = mkdtempSync(join(folder, "peer-"));
    const input = Array.from({ length: tasks }, (_, index) => `${index + 1}\n`).join("");
    const start = performance.now();
    const { status, error } = spawnSync(program, args, { cwd, input, stdio: ["pipe", "ignore", "ignore"] });
    return error || status !== 0 ? undefined : rate(start);
}

const xargsTask = "mkdir -p t{}/wd; cd t{}/wd; echo {} > ../stdout.txt 2> ../stderr.txt";
const xargs = () => peer("xargs", [`-P${slots}`, "-I{}", "sh", "-c", xargsTask]);
const parallel = () => peer("parallel", ["--will-cite", `-j${slots}`, "--results", "results", "echo {}"]);

const middle = (values: number[]) =>
    values.sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
const rounded = (value: number, digits = 0) => Number(value.toFixed(digits));

async function main(): Promise<void> {
    const host = openNodeHost({
        directory: join(folder, "nodes"),
        environment: { PATH: process.env.PATH ?? "", HOME: folder, LANG: "C.UTF-8" },
        elevation: "as-me",
        token: async () => "",
        log: { info: quiet, warn: quiet, error: quiet },
    });
    await run(host);
    // What the last task wrote is what it was to write, or there is nothing to compare.
    const wrote = readFileSync(
        join(host.rootOf(node), `workitems/job/job-1/task-${number}/stdout.txt`),
        "utf8",
    );
    if (wrote !== `${number}\n`) throw new Error(`the task wrote ${JSON.stringify(wrote)}`);
    const rates: { ours: number; xargs?: number; parallel?: number }[] = [];
    for (let round = 1; round <= rounds; round += 1) {
        const one = { ours: await run(host), xargs: xargs(), parallel: parallel() };
        rates.push(one);
        const shown = [one.ours, one.xargs, one.parallel].map((value) =>
            value === undefined ? "none" : rounded(value),
        );
        console.log(`round ${round}: nodes ${shown[0]}/s, xargs ${shown[1]}/s, GNU parallel ${shown[2]}/s`);
    }
    await host.close();
    const ratio = (name: "xargs" | "parallel") => {
        const ratios = rates.flatMap((one) => (one[name] === undefined ? [] : [one.ours / one[name]]));
        return ratios.length === 0 ? null : rounded(middle(ratios), 2);
    };
    const [toXargs, toParallel] = [ratio("xargs"), ratio("parallel")];
    console.log(`nodes / xargs: ${toXargs ?? "no xargs here"} (target 0.7)`);
    console.log(`nodes / GNU parallel: ${toParallel ?? "no GNU parallel here"} (target 2)`);
    console.log(
        JSON.stringify({
            bench: "node-run",
            tasks,
            slots,
            nodesPerSecond: rounded(middle(rates.map((one) => one.ours))),
            ratioToXargs: toXargs,
            ratioToParallel: toParallel,
        }),
    );
}

main().finally(() => rmSync(folder, { recursive: true, force: true }));
