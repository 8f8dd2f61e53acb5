// Tasks a second that the client submits, beside the other clients: to a server that answers at once, late, or refuses above a rate.
// needs: engine
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { runNode, runPython, withServer } from "./submit/contest";
import type { Measured, ServerOptions } from "./submit/contest";
import { measureStack } from "./submit/stack";

const COUNT = Number(process.env["BENCH_TASKS"] ?? 100_000);
const MILLION = Number(process.env["BENCH_MILLION"] ?? 1_000_000);
const ROUNDS = 7;

const figures: Record<string, number> = {};
const missing = new Map<string, string>();
const gaveUp: string[] = [];
const round = (value: number): number => Number(value.toPrecision(3));

const say = (name: string, text: string): void => void process.stdout.write(`  ${name.padEnd(44)} ${text}\n`);

/** Tasks a second; of a client that gave up, what it got in until then. */
const rateOf = ({ seconds, calls, problem }: Measured, size: number): number =>
    (problem === null ? size : calls * 100) / seconds;

/** Runs of clients, the slowest first; any that gave up counts as slower than all that did not. */
function ranked(runs: readonly Measured[], size: number): Measured[] {
    const worth = (run: Measured): number => (run.problem === null ? 1e9 : 0) + rateOf(run, size);
    return [...runs].sort((left, right) => worth(left) - worth(right));
}

type Run = (endpoint: string) => Promise<Measured>;

/** Who takes part: some ways of running each client, all of which are run in each round; the best way counts. */
function contestants(label: string, size: number, warm: number): [who: string, ways: Run[]][] {
    const node = (who: string): [string, Run[]] => [
        who,
        [(endpoint) => runNode(endpoint, who, String(size), String(warm))],
    ];
    const python: Run[] = [1, 4, 16, 64].map((threads) => (endpoint) => runPython(endpoint, size, threads));
    const all: [string, Run[]][] = [node("ours"), node("azureBatch"), ["python", python]];
    return label.startsWith("instant") ? [...all, node("bare")] : all;
}

/** Runs the clients in turn, so that what the machine does meanwhile strikes all of them, and gives the middle of each. */
async function inTurn(
    endpoint: string,
    label: string,
    size: number,
    warm: number,
    rounds: number,
): Promise<Map<string, Measured>> {
    const all = contestants(label, size, warm);
    const runs = new Map<string, Measured[][]>(all.map(([who, ways]) => [who, ways.map(() => [])]));
    for (let round = 0; round < rounds; round++) {
        for (const [who, ways] of all) {
            // A thread more or less makes no difference of some percent, and this peer takes seconds.
            if (who === "python" && round > 0) continue;
            for (const [at, way] of ways.entries()) {
                const name = `${who} (${label})`;
                if (missing.has(name)) break;
                try {
                    runs.get(who)?.[at]?.push(await way(endpoint));
                } catch (error) {
                    missing.set(name, (error as Error).message.slice(0, 200));
                }
            }
        }
    }
    const found = new Map<string, Measured>();
    for (const [who, ways] of runs) {
        const middles = ways.flatMap((way) => ranked(way, size)[way.length >> 1] ?? []);
        const best = ranked(middles, size).at(-1);
        if (best !== undefined) found.set(who, best);
    }
    return found;
}

/** One server and all who submit to it. */
async function contest(
    label: string,
    title: string,
    options: ServerOptions,
    { size = COUNT, warm = 0, rounds = 1 } = {},
): Promise<void> {
    process.stdout.write(`${title}\n`);
    const limited = options.limit !== undefined;
    const measured = await withServer(options, (endpoint) => inTurn(endpoint, label, size, warm, rounds));
    const rates: Record<string, number> = {};
    for (const [who, run] of measured) {
        const { refused, problem, calls } = run;
        const rate = rateOf(run, size);
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
    const ratio = (name: string, text: string, value: number): void => {
        figures[`${label}_ratio_${name}`] = round(value);
        say(text, String(round(value)));
    };
    if (peer > 0) ratio("peer", "ratio to the best peer", own / peer);
    if (rates["bare"] !== undefined) ratio("bare", "ratio to bare HTTP", own / rates["bare"]);
    if (options.limit !== undefined) ratio("limit", "part of the limit", own / 100 / options.limit);
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
        // Node compiles what runs often: the second submission of a process is the one that shows what a client can do.
        if (wants("instant"))
            await contest(
                "instant",
                "A server that answers at once, each client's second submission",
                {},
                { warm: COUNT, rounds: ROUNDS },
            );
        if (wants("instant"))
            await contest(
                "instant_first",
                "A server that answers at once, the first submission of a new process",
                {},
                { rounds: ROUNDS },
            );
        if (wants("latency"))
            await contest("latency", "50 ms a call", { latency: 50 }, { warm: COUNT / 5, rounds: 3 });
        if (wants("limited"))
            await contest("limited", "A server that takes 100 calls a second", { limit: 100, latency: 5 });
        // Peers give up when they are refused; this limit is beyond what they ask for by themselves at such a latency.
        if (wants("limited900"))
            await contest(
                "limited900",
                "A server that takes 900 calls a second, 50 ms each",
                { limit: 900, latency: 50 },
                { size: 3 * COUNT },
            );
        if (wants("million") || wants("stack")) writeTasks(file);
        if (wants("million")) await million(file);
        if (wants("stack")) {
            process.stdout.write(`A stack with a collection of ${MILLION.toLocaleString("en")} tasks\n`);
            const { stateBytes, without, unchanged, providerMegabytes } = await measureStack(file, say);
            figures["stack_state_kb"] = round(stateBytes / 1000);
            figures["stack_up_without_s"] = round(without);
            figures["stack_up_unchanged_s"] = round(unchanged);
            figures["stack_provider_mb"] = Math.round(providerMegabytes);
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
