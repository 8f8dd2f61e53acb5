// Storage of Batch Local against Microsoft's own Azurite: start to first answer, blobs of 1 KiB put per second.
//
// Same machine, same run, same client, rounds alternate and the middle one counts. Ours keeps a blob before it answers; Azurite
// keeps it within five seconds. BENCH_ROUNDS, BENCH_PUTS and BENCH_FILL change the size.
import { spawn, type ChildProcess } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { Agent, request } from "node:http";
import { createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
    AccountSASPermissions,
    AccountSASResourceTypes,
    AccountSASServices,
    generateAccountSASQueryParameters,
    StorageSharedKeyCredential,
} from "@azure/storage-blob";
import type * as StorageModule from "../local/storage";
import { givenCertificate, givenIssuer, newAccount } from "../test/storage/given";

const built = join(__dirname, "../local/dist/local/storage/index.js");
const root = join(__dirname, "..");
const account = newAccount("bench");
const rounds = Number(process.env.BENCH_ROUNDS ?? 5);
const puts = Number(process.env.BENCH_PUTS ?? 4_000);
const fillTo = Number(process.env.BENCH_FILL ?? 20_000);
const clients = 16;

interface Server {
    readonly endpoint: string;
    readonly startMs: number;
    readonly pid: number | undefined;
    stop(): Promise<void>;
}

async function ours(): Promise<Server> {
    // eslint-disable-next-line @typescript-eslint/no-require-imports -- the built package where there is one: it starts as users' does
    const { startStorage } = require(existsSync(built) ? built : "../local/storage") as typeof StorageModule;
    const folder = mkdtempSync(join(tmpdir(), "bench-storage-"));
    const tls = await givenCertificate();
    const { trust } = await givenIssuer();
    const began = performance.now();
    const storage = await startStorage({ dataDir: folder, tls, trust, accounts: [account] });
    const endpoint = storage.blobEndpoint(account.name, "http");
    await answered(endpoint);
    return {
        endpoint,
        startMs: performance.now() - began,
        pid: storage.pid,
        async stop() {
            await storage.stop();
            rmSync(folder, { recursive: true });
        },
    };
}

async function azurite(): Promise<Server> {
    const folder = mkdtempSync(join(tmpdir(), "bench-azurite-"));
    const port = await freePort();
    const began = performance.now();
    const child: ChildProcess = spawn(
        process.execPath,
        [
            join(root, "node_modules/azurite/dist/src/blob/main.js"),
            ...["--silent", "--skipApiVersionCheck", "--disableTelemetry"],
            ...["--location", folder, "--blobPort", String(port)],
        ],
        { stdio: "ignore", env: { ...process.env, AZURITE_ACCOUNTS: `${account.name}:${account.keys[0]}` } },
    );
    const endpoint = `http://127.0.0.1:${port}/${account.name}`;
    await answered(endpoint);
    return {
        endpoint,
        startMs: performance.now() - began,
        pid: child.pid,
        async stop() {
            const ended = new Promise((done) => child.once("exit", done));
            child.kill("SIGKILL");
            await ended;
            rmSync(folder, { recursive: true, force: true });
        },
    };
}

async function freePort(): Promise<number> {
    const server = createServer();
    await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
    const { port } = server.address() as AddressInfo;
    await new Promise((done) => server.close(done));
    return port;
}

/** Any answer will do: it is up. */
async function answered(endpoint: string): Promise<void> {
    for (;;) {
        try {
            await (await fetch(endpoint + "?comp=list")).arrayBuffer();
            return;
        } catch {
            await new Promise((again) => setTimeout(again, 10));
        }
    }
}

const sas = generateAccountSASQueryParameters(
    {
        expiresOn: new Date(Date.now() + 3_600_000),
        permissions: AccountSASPermissions.parse("rwdlac"),
        services: AccountSASServices.parse("b").toString(),
        resourceTypes: AccountSASResourceTypes.parse("sco").toString(),
    },
    new StorageSharedKeyCredential(account.name, account.keys[0]),
).toString();

const agent = new Agent({ keepAlive: true, maxSockets: clients });
const body = Buffer.alloc(1024, "x");

function put(url: string, content: Buffer, headers: Record<string, string>): Promise<void> {
    return new Promise((resolve, reject) => {
        const sent = request(
            url,
            { method: "PUT", agent, headers: { ...headers, "content-length": content.length } },
            (answer) => {
                answer.resume().on("end", () => {
                    if (answer.statusCode === 201) resolve();
                    else reject(new Error(`PUT ${new URL(url).pathname}: ${answer.statusCode}`));
                });
            },
        );
        sent.on("error", reject).end(content);
    });
}

async function putMany(endpoint: string, from: number, to: number): Promise<number> {
    let next = from;
    const began = performance.now();
    await Promise.all(
        Array.from({ length: clients }, async () => {
            while (next < to) {
                const url = `${endpoint}/bench/task-${next++}?${sas}`;
                await put(url, body, { "x-ms-blob-type": "BlockBlob", "x-ms-version": "2025-07-05" });
            }
        }),
    );
    return (to - from) / ((performance.now() - began) / 1000);
}

/** Processor time a process has used, in ms; it does not depend on what else the machine does. Only Linux tells. */
function processorMs(pid: number | undefined): number {
    try {
        const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1]?.split(" ") ?? [];
        return (Number(fields[11]) + Number(fields[12])) * 10;
    } catch {
        return NaN;
    }
}

interface Result {
    readonly startMs: number;
    readonly rate: number;
    readonly rateFull: number;
    /** Milliseconds of processor time per put. */
    readonly cost: number;
}

async function round(start: () => Promise<Server>): Promise<Result> {
    const server = await start();
    try {
        await put(`${server.endpoint}/bench?restype=container&${sas}`, Buffer.alloc(0), {
            "x-ms-version": "2025-07-05",
        });
        await putMany(server.endpoint, 0, 300);
        const before = processorMs(server.pid);
        const rate = await putMany(server.endpoint, 300, puts);
        const cost = (processorMs(server.pid) - before) / (puts - 300);
        await putMany(server.endpoint, puts, fillTo);
        const rateFull = await putMany(server.endpoint, fillTo, fillTo + 2_000);
        return { startMs: server.startMs, rate, rateFull, cost };
    } finally {
        await server.stop();
    }
}

const middle = (numbers: number[]): number =>
    numbers.sort((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? NaN;

async function main(): Promise<void> {
    if (!existsSync(built))
        console.log("local/ is not built: our start includes compiling TypeScript (npm run build first)");
    const results = { ours: [] as Result[], azurite: [] as Result[] };
    for (let i = 0; i < rounds; i++) {
        results.azurite.push(await round(azurite));
        results.ours.push(await round(ours));
    }
    const of = (who: keyof typeof results, what: keyof Result): number =>
        middle(results[who].map((result) => result[what]));
    const row = (what: keyof Result, label: string, digits = 0): number => {
        const ratio = of("ours", what) / of("azurite", what);
        console.log(
            `${label.padEnd(44)} ours ${of("ours", what).toFixed(digits).padStart(7)}   azurite ${of("azurite", what).toFixed(digits).padStart(7)}   ratio ${ratio.toFixed(2)}`,
        );
        return Number(ratio.toFixed(3));
    };
    const start = row("startMs", "start to first answer, ms (three services, one)");
    const rate = row("rate", "1 KiB blobs put per second, 16 clients");
    const full = row("rateFull", `the same beside ${fillTo.toLocaleString("en")} blobs`);
    const cost = row("cost", "processor time per put, ms", 3);
    console.log(
        JSON.stringify({
            bench: "storage",
            startMs: Math.round(of("ours", "startMs")),
            startRatio: start,
            putsPerSecond: Math.round(of("ours", "rate")),
            putsRatio: rate,
            putsPerSecondFull: Math.round(of("ours", "rateFull")),
            putsRatioFull: full,
            processorRatio: cost,
        }),
    );
}

void main();
