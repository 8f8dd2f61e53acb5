// Batch Local whole, as a process of its own: tasks run and added per second, pages, memory, restart, idle, start; peers in the same run.
//
// Every counted task is a process with its own directory, environment, stdout.txt, stderr.txt and exit code; states are durable.
// BENCH_TASKS (2,000: tasks of a round), BENCH_ROUNDS (3), BENCH_LONG (20,000: the long job; its goal is set for 100,000),
// BENCH_BIG (200,000: tasks of the big job; its goals are set for 1,000,000) change the size. BENCH_ONLY=run,add,big,idle,start
// chooses figures. BENCH_PROFILE=FOLDER writes the service's processor profiles there.
import { spawnSync } from "node:child_process";
import { loadavg } from "node:os";
import { join } from "node:path";
import type { Client } from "./local/client";
import { azuriteStartMs, parallel, serveParser, withParser, xargs, type PeerRun } from "./local/peers";
import { pause, Service } from "./local/service";

const number = (name: string, otherwise: number) => Number(process.env[name] ?? otherwise);
const tasks = number("BENCH_TASKS", 2_000);
const rounds = number("BENCH_ROUNDS", 3);
const long = number("BENCH_LONG", 20_000);
const short = Math.min(5_000, long);
const big = number("BENCH_BIG", 200_000);
const small = Math.min(10_000, big);
const only = process.env.BENCH_ONLY?.split(",");

const figures: Record<string, number> = {};
const count = (value: number) => value.toLocaleString("en");

function note(name: string, value: number, digits = 0): number {
    figures[name] = Number(value.toFixed(digits));
    return value;
}

/** A figure beside what it is to reach. */
function goal(name: string, value: number, atLeast: boolean, limit: number, digits = 2): void {
    note(name, value, digits);
    const met = atLeast ? value >= limit : value <= limit;
    const sign = atLeast ? "at least" : "at most";
    console.log(`    ${name} ${value.toFixed(digits)} (${sign} ${limit}: ${met ? "met" : "NOT MET"})`);
}

const middle = (values: number[]) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? NaN;

async function pool(client: Client, id: string, nodes: number): Promise<void> {
    const image = { publisher: "canonical", offer: "ubuntu-24_04-lts", sku: "server" };
    await client.post("/pools", {
        id,
        vmSize: "Standard_D4s_v5",
        virtualMachineConfiguration: { imageReference: image, nodeAgentSKUId: "batch.node.ubuntu 24.04" },
        targetDedicatedNodes: nodes,
        taskSlotsPerNode: 8,
    });
    for (;;) {
        const { value } = (await client.get(`/pools/${id}/nodes`)) as { value: { state: string }[] };
        if (value.filter(({ state }) => state === "idle").length === nodes) return;
        await pause(20);
    }
}

const job = (client: Client, id: string, poolId: string) =>
    client.post("/jobs", { id, poolInfo: { poolId } });

interface Counts {
    taskCounts: { completed: number; succeeded: number };
}

/** Runs a job whose tasks are all there before the first may start. */
async function runJob(service: Service, id: string, of: number): Promise<PeerRun> {
    const { client } = service;
    await job(client, id, "run");
    await client.post(`/jobs/${id}/disable`, { disableTasks: "requeue" });
    while (((await client.get(`/jobs/${id}`)) as { state: string }).state !== "disabled") await pause(20);
    await client.addTasks(id, of);
    const before = service.processorMs();
    const start = performance.now();
    await client.post(`/jobs/${id}/enable`);
    for (;;) {
        const { taskCounts } = (await client.get(`/jobs/${id}/taskcounts`)) as Counts;
        if (taskCounts.completed === of) {
            const took = performance.now() - start;
            const processorMs = (service.processorMs() - before) / of;
            if (taskCounts.succeeded !== of) throw new Error(`${taskCounts.succeeded} of ${of} succeeded`);
            const last = of - 1;
            const path = `/jobs/${id}/tasks/task-${String(last).padStart(7, "0")}/files/stdout.txt`;
            const wrote = await client.send("GET", path);
            if (wrote !== `${last}\n`) throw new Error(`the last task wrote ${JSON.stringify(wrote)}`);
            return { perSecond: (of / took) * 1000, processorMs };
        }
        await pause(50);
    }
}

async function running(): Promise<void> {
    const service = await Service.start();
    const { client } = service;
    try {
        await pool(client, "run", 1);
        await runJob(service, "warm", 500);
        const rates = { ours: [] as number[], xargs: [] as number[], parallel: [] as number[] };
        const costs = { ours: [] as number[], xargs: [] as number[] };
        for (let round = 1; round <= rounds; round += 1) {
            const ours = await runJob(service, `round-${round}`, tasks);
            const [x, p] = [xargs(tasks), parallel(tasks)];
            rates.ours.push(ours.perSecond);
            costs.ours.push(ours.processorMs);
            if (x) {
                rates.xargs.push(ours.perSecond / note("xargsPerSecond", x.perSecond));
                costs.xargs.push(x.processorMs);
            }
            if (p) rates.parallel.push(ours.perSecond / note("parallelPerSecond", p.perSecond));
            const shown = [ours, x, p].map((one) =>
                one ? `${one.perSecond.toFixed(0)}/s (${one.processorMs.toFixed(2)} ms)` : "missing",
            );
            console.log(
                `  round ${round}, tasks a second (processor time a task): ours ${shown[0]}, xargs ${shown[1]}, GNU parallel ${shown[2]}`,
            );
        }
        note("tasksRunPerSecond", middle(rates.ours));
        if (rates.parallel.length > 0) goal("runToParallel", middle(rates.parallel), true, 2);
        else console.log("    GNU parallel is missing here (apt-get install parallel)");
        if (rates.xargs.length > 0) goal("runToXargs", middle(rates.xargs), true, 0.7);
        else console.log("    xargs is missing here");
        // On a machine that is shared, rates tell who else wanted the processor; what a task costs does not depend on that.
        const [cost, xargsCost] = [middle(costs.ours), middle(costs.xargs)];
        note("processorMsPerTask", cost, 2);
        if (rates.xargs.length > 0) note("processorXargsToRun", xargsCost / cost, 2);
        const ofShort = await runJob(service, "short", short);
        const ofLong = await runJob(service, "long", long);
        const few = note("shortJobPerSecond", ofShort.perSecond);
        const many = note("longJobPerSecond", ofLong.perSecond);
        note("processorShortToLong", ofShort.processorMs / ofLong.processorMs, 2);
        console.log(`  ${count(short)} tasks ${few.toFixed(0)}/s, ${count(long)} tasks ${many.toFixed(0)}/s`);
        goal("longToShort", many / few, true, 0.8);
    } finally {
        await service.stop();
        service.remove();
    }
}

async function adding(): Promise<void> {
    const service = await Service.start();
    const { client } = service;
    const each = Math.max(5_000, 5 * tasks);
    try {
        await pool(client, "none", 0);
        await job(client, "add", "none");
        await client.addTasks("add", each);
        await withParser(async (peer) => {
            let from = each;
            await peer.addTasks("add", each);
            for (const [how, name] of [
                ["addTasks", "bodies made before"],
                ["submitTasks", "the project's own submission"],
            ] as const) {
                const [ours, parser]: [number[], number[]] = [[], []];
                for (let round = 0; round < rounds; round += 1, from += each) {
                    ours.push(await client[how]("add", each, from));
                    parser.push(await peer[how]("add", each, from));
                }
                note(`${how}PerSecond`, middle(ours));
                note(`${how}ParserPerSecond`, middle(parser));
                console.log(
                    `  ${name}: ${middle(ours).toFixed(0)}/s, only parsed and answered ${middle(parser).toFixed(0)}/s`,
                );
                goal(
                    `${how}ToParser`,
                    middle(ours.map((value, at) => value / (parser[at] ?? NaN))),
                    true,
                    0.25,
                );
            }
        });
    } finally {
        await service.stop();
        service.remove();
    }
}

async function bigJob(): Promise<void> {
    let service = await Service.start();
    try {
        let { client } = service;
        await pool(client, "none", 0);
        await job(client, "small", "none");
        await job(client, "big", "none");
        await client.addTasks("small", small);
        const rate = await client.addTasks("big", big);
        const addMs = note("bigAddMs", (big / rate) * 1000);
        console.log(`  ${count(big)} tasks in one job added at ${rate.toFixed(0)}/s`);
        const query = "?maxresults=1000&$select=id,state&$filter=state eq 'active'";
        const page = async (id: string) => {
            const start = performance.now();
            const { value } = (await client.get(`/jobs/${id}/tasks${query}`)) as { value: unknown[] };
            if (value.length !== 1000) throw new Error(`a page of ${value.length}`);
            return performance.now() - start;
        };
        const [ofSmall, ofBig]: [number[], number[]] = [[], []];
        for (let round = 0; round < 30; round += 1) {
            ofSmall.push(await page("small"));
            ofBig.push(await page("big"));
        }
        note("pageOfSmallMs", middle(ofSmall), 2);
        note("pageOfBigMs", middle(ofBig), 2);
        console.log(
            `  page of 1,000 out of ${count(small)}: ${middle(ofSmall).toFixed(1)} ms, out of ${count(big)}: ${middle(ofBig).toFixed(1)} ms`,
        );
        goal("pageBigToSmall", middle(ofBig) / middle(ofSmall), false, 2);
        goal("peakMb", service.peakMb(), false, 1500, 0);
        await service.stop("SIGKILL");
        service = await Service.start(service.directory);
        ({ client } = service);
        const { value } = (await client.get(`/jobs/big/tasks?maxresults=1`)) as { value: unknown[] };
        if (value.length !== 1) throw new Error("the tasks are gone after the restart");
        note("restartMs", service.startMs);
        console.log(`  restart ${service.startMs.toFixed(0)} ms, adding them ${addMs.toFixed(0)} ms`);
        goal("restartToAdd", service.startMs / addMs, false, 0.1, 3);
        goal("peakMbAfterRestart", service.peakMb(), false, 1500, 0);
    } finally {
        await service.stop();
        service.remove();
    }
}

async function idling(): Promise<void> {
    const service = await Service.start();
    try {
        await pool(service.client, "idle", 1);
        await pause(3_000);
        const [start, before] = [performance.now(), service.processorMs()];
        await pause(15_000);
        const share = (service.processorMs() - before) / (performance.now() - start);
        goal("idlePercentOfCore", 100 * share, false, 1);
    } finally {
        await service.stop();
        service.remove();
    }
}

async function starting(): Promise<void> {
    const [first, again, azurite]: [number[], number[], number[]] = [[], [], []];
    for (let round = 0; round < rounds; round += 1) {
        azurite.push(await azuriteStartMs());
        const fresh = await Service.start();
        first.push(fresh.startMs);
        await fresh.stop();
        const next = await Service.start(fresh.directory);
        again.push(next.startMs);
        await next.stop();
        next.remove();
    }
    const [a, f, n] = [middle(azurite), middle(first), middle(again)];
    note("azuriteStartMs", a);
    note("firstStartMs", f);
    note("startMs", n);
    console.log(
        `  start to healthy: fresh directory ${f.toFixed(0)} ms, again ${n.toFixed(0)} ms; Azurite ${a.toFixed(0)} ms`,
    );
    goal("firstStartToAzurite", f / a, false, 3);
    goal("startToAzurite", n / a, false, 3);
}

async function main(): Promise<void> {
    for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => process.exit(1));
    // Compiles what has changed, so that no start is timed that does.
    spawnSync(process.execPath, [join(__dirname, "../local/bin/batchlocal.js"), "--version"], {
        stdio: "ignore",
    });
    const parts: [string, string, () => Promise<void>][] = [
        ["start", "start to healthy", starting],
        ["idle", "idle, one node", idling],
        ["add", "tasks added over HTTP", adding],
        ["big", "one big job", bigJob],
        ["run", "short tasks, 8 slots", running],
    ];
    for (const [name, title, part] of parts) {
        if (only && !only.includes(name)) continue;
        console.log(`${title} (load of the machine ${loadavg()[0]?.toFixed(1)})`);
        await part();
    }
    console.log(JSON.stringify(figures));
}

if (process.argv[2] === "parser") serveParser();
else
    main().catch((error: unknown) => {
        console.error(error);
        process.exit(1);
    });
