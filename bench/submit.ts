// Tasks a second that the client submits, beside the other clients: to a server that answers at once, late, or refuses above a rate.
// needs: engine
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { runNode, runPython } from "./submit/contest";
import type { Measured } from "./submit/contest";
import { withServer } from "./submit/server";
import type { ServerOptions } from "./submit/server";
import { measureStack } from "./submit/stack";

const COUNT = Number(process.env["BENCH_TASKS"] ?? 100_000);
const MILLION = Number(process.env["BENCH_MILLION"] ?? 1_000_000);
const ROUNDS = 3;

const figures: Record<string, number> = {};
const missing = new Map<string, string>();
const gaveUp: string[] = [];
const round = (value: number): number => Number(value.toPrecision(3));

const say = (name: string, text: string): void => void process.stdout.write(`  ${name.padEnd(44)} ${text}\n`);

/** Tasks a second; of a client that gave up, what it got in until then. */
const rateOf = ({ seconds, calls, problem }: Measured, size: number): number =>
    (problem === null ? size : calls * 100) / seconds;

/** True for a run that got all tasks in where the other one did not, or was faster. */
function isBetter(run: Measured, other: Measured, size: number): boolean {
    if ((run.problem === null) !== (other.problem === null)) return run.problem === null;
    return rateOf(run, size) > rateOf(other, size);
}

/** The best of some rounds; undefined for a peer that is missing. */
async function best(
    name: string,
    runs: (() => Promise<Measured>)[],
    size: number,
): Promise<Measured | undefined> {
    let found: Measured | undefined;
    for (const run of runs) {
        try {
            const measured = await run();
            if (found === undefined || isBetter(measured, found, size)) found = measured;
        } catch (error) {
            missing.set(name, (error as Error).message.slice(0, 200));
            break;
        }
    }
    return found;
}

/** One server and all who submit to it. */
async function contest(label: string, title: string, options: ServerOptions, size = COUNT): Promise<void> {
    process.stdout.write(`${title}\n`);
    await withServer(options, async (endpoint) => {
        const limited = options.limit !== undefined;
        const warm = limited ? "0" : String(Math.min(20_000, size));
        const node = (who: string): (() => Promise<Measured>)[] =>
            Array.from(
                { length: limited ? 1 : ROUNDS },
                () => () => runNode(endpoint, who, String(size), warm),
            );
        const rows: [string, (() => Promise<Measured>)[]][] = [
            ["ours", node("ours")],
            ["azureBatch", node("azureBatch")],
            ["python", [1, 4, 16, 64].map((threads) => () => runPython(endpoint, size, threads))],
        ];
        if (label === "instant") rows.push(["bare", node("bare")]);
        const rates: Record<string, number> = {};
        for (const [who, runs] of rows) {
            const measured = await best(`${who} (${label})`, runs, size);
            if (measured === undefined) continue;
            const { refused, problem, calls } = measured;
            const rate = rateOf(measured, size);
            // Who gave up shows nothing of how fast all tasks get in.
            if (problem === null) {
                rates[who] = rate;
                figures[`${label}_${who}`] = Math.round(rate);
                if (limited) figures[`${label}_${who}_refused`] = round(refused);
            } else gaveUp.push(`${who} (${label}), with ${calls * 100} of ${size} tasks in: ${problem}`);
            const end = problem === null ? "" : `; gave up with ${calls * 100} tasks in: ${problem}`;
            say(who, `${Math.round(rate)} tasks/s, ${(100 * refused).toFixed(1)} % of calls refused${end}`);
        }
        const peer = Math.max(rates["azureBatch"] ?? 0, rates["python"] ?? 0);
        const own = rates["ours"] ?? 0;
        if (peer > 0)
            say("ratio to the best peer", String((figures[`${label}_ratio_peer`] = round(own / peer))));
        if (rates["bare"] !== undefined)
            say("ratio to bare HTTP", String((figures[`${label}_ratio_bare`] = round(own / rates["bare"]))));
        if (options.limit !== undefined)
            say(
                "part of the limit",
                String((figures[`${label}_ratio_limit`] = round(own / 100 / options.limit))),
            );
    });
}

async function million(file: string): Promise<void> {
    process.stdout.write(`${MILLION.toLocaleString("en")} tasks of a file of JSON Lines\n`);
    const measured = await withServer({}, (endpoint) => runNode(endpoint, "file", file));
    figures["million_tasks_per_second"] = Math.round(MILLION / measured.seconds);
    figures["million_peak_mb"] = Math.round(measured.megabytes);
    say(
        "ours",
        `${Math.round(MILLION / measured.seconds)} tasks/s, ${Math.round(measured.megabytes)} MB at most`,
    );
}

function writeTasks(file: string): void {
    for (let from = 0; from < MILLION; from += 10_000) {
        const lines = Array.from({ length: Math.min(10_000, MILLION - from) }, (_, index) =>
            JSON.stringify({ id: `task-${from + index}`, commandLine: `/bin/sh -c 'echo ${from + index}'` }),
        );
        fs.appendFileSync(file, `${lines.join("\n")}\n`);
    }
}

async function main(only: readonly string[]): Promise<void> {
    const wants = (part: string): boolean => only.length === 0 || only.includes(part);
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), "bench-submit-"));
    const file = path.join(folder, "tasks.jsonl");
    try {
        if (wants("instant")) await contest("instant", "A server that answers at once", {});
        if (wants("latency")) await contest("latency", "50 ms a call", { latency: 50 });
        if (wants("limited"))
            await contest("limited", "A server that takes 100 calls a second", { limit: 100, latency: 5 });
        // The other limit is little above what one thread of a peer asks for by itself; this one is beyond all peers.
        if (wants("limited500"))
            await contest(
                "limited500",
                "A server that takes 500 calls a second",
                { limit: 500, latency: 5 },
                3 * COUNT,
            );
        if (wants("million") || wants("stack")) writeTasks(file);
        if (wants("million")) await million(file);
        if (wants("stack")) {
            process.stdout.write(`A stack with a collection of ${MILLION.toLocaleString("en")} tasks\n`);
            const { stateBytes, without, unchanged } = await measureStack(file, say);
            figures["stack_state_kb"] = round(stateBytes / 1000);
            figures["stack_up_without_s"] = round(without);
            figures["stack_up_unchanged_s"] = round(unchanged);
            figures["stack_ratio"] = round(unchanged / without);
            say("state", `${(stateBytes / 1000).toFixed(1)} KB`);
            say("up without change, ratio to none", String(figures["stack_ratio"]));
        }
    } finally {
        fs.rmSync(folder, { recursive: true });
    }
    for (const [name, why] of missing) process.stdout.write(`missing: ${name}: ${why}\n`);
    for (const peer of gaveUp) process.stdout.write(`gave up, so it does not count: ${peer}\n`);
    process.stdout.write(`${JSON.stringify(figures)}\n`);
}

void main(process.argv.slice(2));
