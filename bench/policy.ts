// Policy pack: what it adds to a preview of 1,000 resources, against an empty pack
// needs: engine
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { repositoryRoot } from "../setup/common";
import { rules } from "../policy/rules";
import { Program } from "../test/policy/support/preview";

const rounds = Number(process.argv[2] ?? 9);
const resources = 1000;

// A mixed estate: for each account its pools of both kinds, applications with packages, storage, jobs and tasks.
const SOURCE = `
const { Application, ApplicationPackage, BatchAccount, Pool } = require("@pulumi/azure-native/batch");
const { ResourceGroup } = require("@pulumi/azure-native/resources");
const { BlobContainer, StorageAccount } = require("@pulumi/azure-native/storage");
const { Job, TaskCollection } = require(${JSON.stringify(path.join(repositoryRoot(), "test/policy/programs/resources.js"))});
const resourceGroupName = new ResourceGroup("group").name;
let left = ${resources} - 1;
const make = (Kind, name, properties) => (left-- > 0 ? new Kind(name, properties) : undefined);
for (let a = 0; left > 0; a++) {
    const storage = make(StorageAccount, "storage" + a, { resourceGroupName, kind: "StorageV2", sku: { name: "Standard_LRS" } });
    const account = make(BatchAccount, "account" + a, { resourceGroupName, accountName: "account" + a,
        allowedAuthenticationModes: ["AAD"], identity: { type: "SystemAssigned" } });
    if (account === undefined) break;
    const accountName = account.name;
    for (let c = 0; c < 10; c++) make(BlobContainer, "container" + a + "-" + c, { resourceGroupName, accountName: storage.name });
    for (let p = 0; p < 40; p++) {
        const pool = make(Pool, "pool" + a + "-" + p, {
            resourceGroupName, accountName, vmSize: "Standard_D4s_v5", taskSlotsPerNode: 1,
            deploymentConfiguration: { virtualMachineConfiguration: {
                imageReference: { publisher: "canonical", offer: "ubuntu-24_04-lts", sku: "server", version: "latest" },
                nodeAgentSkuId: "batch.node.ubuntu 24.04",
            } },
            startTask: { commandLine: "/bin/sh -c 'apt-get install -y fonts'", waitForSuccess: true,
                environmentSettings: [{ name: "MODE", value: "fast" }, { name: "LEVEL", value: "3" }] },
            scaleSettings: p % 2 === 0
                ? { fixedScale: { targetDedicatedNodes: 0 } }
                : { autoScale: { formula: "$TargetDedicatedNodes = min(" + (p + 1) + ", avg($PendingTasks.GetSample(1)));\\n$NodeDeallocationOption = taskcompletion;" } },
        });
        if (pool === undefined) break;
        const job = make(Job, "job" + a + "-" + p, { endpoint: account.accountEndpoint, jobId: "job" + a + "-" + p,
            job: { constraints: { maxTaskRetryCount: 2 }, poolInfo: { poolId: pool.name } } });
        if (job === undefined) break;
        make(TaskCollection, "tasks" + a + "-" + p, { endpoint: account.accountEndpoint, jobId: job.id, closesJob: true,
            profile: { tasks: 10, withoutWallClock: 10, maxRetries: 2, maxSlots: 1, imagesWithoutDigest: [], secrets: [] } });
    }
    for (let n = 0; n < 5; n++) {
        const application = make(Application, "application" + a + "-" + n, { resourceGroupName, accountName });
        if (application === undefined) break;
        for (let v = 0; v < 3; v++) make(ApplicationPackage, "package" + a + "-" + n + "-" + v,
            { resourceGroupName, accountName, applicationName: application.name, versionName: String(v) });
    }
}
`;

const EMPTY = `
const { PolicyPack } = require("@pulumi/policy");
new PolicyPack("empty", { policies: [] });
`;

function emptyPack(folder: string): string {
    fs.mkdirSync(folder);
    fs.writeFileSync(path.join(folder, "PulumiPolicy.yaml"), "runtime: nodejs\n");
    fs.writeFileSync(
        path.join(folder, "package.json"),
        '{ "name": "empty", "version": "1.0.0", "main": "index.js" }',
    );
    fs.writeFileSync(path.join(folder, "index.js"), EMPTY);
    fs.symlinkSync(path.join(repositoryRoot(), "node_modules"), path.join(folder, "node_modules"));
    return folder;
}

const middle = (numbers: readonly number[]): number =>
    [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? NaN;

/**
 * Seconds of processor that ended children of this process have taken, theirs included; NaN where the system does not say. On a machine
 * that does other things too it says more than the clock.
 */
function processorTime(): number {
    try {
        const fields = fs
            .readFileSync("/proc/self/stat", "utf8")
            .replace(/^.*\) /s, "")
            .split(" ");
        return (Number(fields[13]) + Number(fields[14])) / 100;
    } catch {
        return NaN;
    }
}

/** The middle of the ratios of neighbours in time: on a machine that does other things too it says most. */
const ofPairs = ({ empty, ours }: Record<"empty" | "ours", readonly number[]>): number =>
    middle(ours.map((time, index) => time / (empty[index] ?? NaN)));

async function main(): Promise<void> {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), "bench-policy-"));
    try {
        const program = await Program.make(folder, SOURCE);
        const packs = {
            empty: emptyPack(path.join(folder, "empty")),
            ours: path.join(repositoryRoot(), "policy"),
        };
        // Once with the log of events, which the timed previews do without as a user's do: all is made, and nothing found.
        for (const pack of Object.values(packs)) {
            const { code, output, findings } = await program.preview({ pack });
            check(code, output);
            if (findings.length > 0) throw new Error(`the stack should be good: ${findings[0]?.message}`);
        }
        const times: Record<keyof typeof packs, number[]> = { empty: [], ours: [] };
        const processor: Record<keyof typeof packs, number[]> = { empty: [], ours: [] };
        // Both packs in turn, in one run: what else the machine does hits both alike.
        for (let round = 0; round < rounds; round++) {
            for (const name of round % 2 === 0
                ? (["empty", "ours"] as const)
                : (["ours", "empty"] as const)) {
                const [start, used] = [performance.now(), processorTime()];
                const { code, output } = await program.run(["preview", "--policy-pack", packs[name]]);
                times[name].push(performance.now() - start);
                processor[name].push(1000 * (processorTime() - used));
                check(code, output);
            }
        }
        const ratios = {
            ratioOfPairs: ofPairs(times),
            ratio: middle(times.ours) / middle(times.empty),
            // The fastest of each is least disturbed by others on the machine.
            ratioOfFastest: Math.min(...times.ours) / Math.min(...times.empty),
            processorRatioOfPairs: ofPairs(processor),
        };
        const load = (os.loadavg()[0] ?? NaN).toFixed(1);
        console.log(
            `preview of ${resources} resources, ${rounds} pairs, ${rules.length} rules, load ${load}`,
        );
        console.log("pack        middle (ms)   fastest (ms)   processor, middle (ms)");
        for (const name of ["empty", "ours"] as const) {
            const numbers = [middle(times[name]), Math.min(...times[name]), middle(processor[name])];
            console.log(
                `${name.padEnd(10)} ${numbers.map((time) => time.toFixed(0).padStart(12)).join("   ")}`,
            );
        }
        for (const [name, ratio] of Object.entries(ratios)) console.log(`${name}: ${ratio.toFixed(3)}`);
        console.log(
            JSON.stringify({
                bench: "policy",
                resources,
                rounds,
                rules: rules.length,
                load: Number(load),
                emptyMs: Math.round(middle(times.empty)),
                oursMs: Math.round(middle(times.ours)),
                ...Object.fromEntries(
                    Object.entries(ratios).map(([name, ratio]) => [name, Number(ratio.toFixed(3))]),
                ),
            }),
        );
    } finally {
        fs.rmSync(folder, { recursive: true, force: true });
    }
}

function check(code: number, output: string): void {
    const created = Number(/\+ (\d+) to create/.exec(output)?.[1] ?? 0) - 1;
    if (code !== 0 || created !== resources)
        throw new Error(`the preview went wrong (${created} resources)\n${output.slice(-2000)}`);
}

void main();
