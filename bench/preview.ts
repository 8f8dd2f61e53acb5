// Constructs: preview of 50 pools against the same resources written with raw azure-native, and the time to import the library
// needs: engine
import { execFileSync } from "node:child_process";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { repositoryRoot } from "../setup/common";
import { Program } from "../test/policy/support/preview";

const rounds = Number(process.argv[2] ?? 7);
const pools = 50;

const CONSTRUCTS = `
const { ResourceGroup } = require("@pulumi/azure-native/resources");
const batch = require("pulumi-azure-batch");
const resourceGroupName = new ResourceGroup("group").name;
const account = new batch.BatchAccount("account", { resourceGroupName, storage: "none" });
for (let p = 0; p < ${pools}; p++) {
    new batch.Pool("pool-" + p, {
        account,
        image: batch.VmImage.ubuntu2404(),
        vmSize: "Standard_D4s_v5",
        scale: p % 2 === 0 ? batch.Scale.fixed({ dedicated: 1, spot: 2 }) : batch.Scale.auto("$TargetDedicatedNodes = " + p + ";"),
        taskSlotsPerNode: 4,
        startTask: batch.StartTask.script(["apt-get update", "apt-get install -y fonts-dejavu"], {
            elevated: true, environment: { MODE: "fast", LEVEL: "3" } }),
        metadata: { team: "render", number: String(p) },
        resourceTags: { costCenter: "42" },
    });
}
`;

// What the program above registers, without its components.
const RAW = `
const native = require("@pulumi/azure-native/batch");
const { ResourceGroup } = require("@pulumi/azure-native/resources");
const pulumi = require("@pulumi/pulumi");
const random = require("@pulumi/random");
const resourceGroupName = new ResourceGroup("group").name;
const suffix = (name, keepers) => new random.RandomString(name + "-suffix", { length: 8, special: false, upper: false, keepers }).result;
const account = new native.BatchAccount("account", {
    resourceGroupName, accountName: pulumi.interpolate\`account\${suffix("account")}\`, allowedAuthenticationModes: ["AAD"],
    identity: { type: "SystemAssigned" }, poolAllocationMode: "BatchService", publicNetworkAccess: "Enabled",
});
for (let p = 0; p < ${pools}; p++) {
    new native.Pool("pool-" + p, {
        resourceGroupName, accountName: account.name,
        poolName: pulumi.interpolate\`pool-\${p}-\${suffix("pool-" + p, { digest: "0123456789abcdef0123456789abcdef" })}\`,
        vmSize: "Standard_D4s_v5", taskSlotsPerNode: 4, interNodeCommunication: "Disabled",
        taskSchedulingPolicy: { nodeFillType: "Spread" },
        deploymentConfiguration: { virtualMachineConfiguration: {
            imageReference: { publisher: "canonical", offer: "ubuntu-24_04-lts", sku: "server", version: "latest" },
            nodeAgentSkuId: "batch.node.ubuntu 24.04",
        } },
        scaleSettings: p % 2 === 0
            ? { fixedScale: { targetDedicatedNodes: 1, targetLowPriorityNodes: 2 } }
            : { autoScale: { formula: "$TargetDedicatedNodes = " + p + ";" } },
        startTask: { commandLine: "/bin/sh -ec 'apt-get update\\napt-get install -y fonts-dejavu'", maxTaskRetryCount: 0,
            waitForSuccess: true, environmentSettings: [{ name: "MODE", value: "fast" }, { name: "LEVEL", value: "3" }],
            userIdentity: { autoUser: { scope: "Pool", elevationLevel: "Admin" } } },
        metadata: [{ name: "team", value: "render" }, { name: "number", value: String(p) }],
        resourceTags: { costCenter: "42" },
    });
}
`;

/** Resources besides the stack, and how many of them are components. */
const CHILDREN = 2 * pools + 3;
const programs = {
    raw: { source: RAW, count: CHILDREN },
    constructs: { source: CONSTRUCTS, count: CHILDREN + pools + 1 },
};
const imports = {
    raw: `require("@pulumi/pulumi"); require("@pulumi/azure-native/batch")`,
    constructs: `require("@pulumi/pulumi"); require("@pulumi/azure-native/batch"); require("pulumi-azure-batch")`,
};
const kinds = ["raw", "constructs"] as const;
type Times = Record<(typeof kinds)[number], number[]>;

const middle = (numbers: readonly number[]): number =>
    [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? NaN;
const least = (numbers: readonly number[]): number => Math.min(...numbers);

/** Processor time in ms: what else the machine does hardly touches it. */
function importTime(kind: (typeof kinds)[number]): number {
    const script = `${imports[kind]}; const { user, system } = process.cpuUsage(); console.log((user + system) / 1000)`;
    return Number(
        execFileSync(process.execPath, ["-e", script], { cwd: repositoryRoot(), encoding: "utf8" }),
    );
}

async function previewTimes(folder: string): Promise<Times> {
    const times: Times = { raw: [], constructs: [] };
    const made = {} as Record<(typeof kinds)[number], Program>;
    for (const kind of kinds) {
        fs.mkdirSync(path.join(folder, kind));
        made[kind] = await Program.make(path.join(folder, kind), programs[kind].source);
    }
    // Both in turn, in one run: what else the machine does hits both alike. The first round warms the caches.
    for (let round = 0; round <= rounds; round++) {
        for (const kind of round % 2 === 0 ? kinds : kinds.toReversed()) {
            const start = performance.now();
            const { code, output } = await made[kind].run(["preview"]);
            const time = performance.now() - start;
            const created = Number(/\+ (\d+) to create/.exec(output)?.[1] ?? 0) - 1;
            if (code !== 0 || created !== programs[kind].count)
                throw new Error(
                    `the preview of ${kind} went wrong (${created} resources)\n${output.slice(-2000)}`,
                );
            if (round > 0) times[kind].push(time);
        }
    }
    return times;
}

/** The middle of the ratios of neighbours in time: on a machine that does other things too it says most. */
const ofPairs = ({ raw, constructs }: Times): number =>
    Number(middle(constructs.map((time, index) => time / (raw[index] ?? NaN))).toFixed(3));

function row(what: string, times: Times, take: (numbers: readonly number[]) => number): void {
    const [raw, constructs] = [take(times.raw), take(times.constructs)];
    const columns = [raw.toFixed(0), constructs.toFixed(0), (constructs / raw).toFixed(3)];
    console.log(`${what.padEnd(34)} ${columns.map((text) => text.padStart(12)).join("")}`);
}

async function main(): Promise<void> {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), "bench-preview-"));
    try {
        const imported: Times = { raw: [], constructs: [] };
        for (let round = 0; round <= 2 * rounds; round++)
            for (const kind of kinds) imported[kind].push(importTime(kind));
        const previewed = await previewTimes(folder);
        const ratio = (times: Times, take: (numbers: readonly number[]) => number): number =>
            Number((take(times.constructs) / take(times.raw)).toFixed(3));
        console.log(`preview of ${pools} pools, ${rounds} rounds`);
        console.log(
            `${"".padEnd(34)} ${["raw", "constructs", "ratio"].map((text) => text.padStart(12)).join("")}`,
        );
        row("preview, middle (ms)", previewed, middle);
        row("preview, fastest (ms)", previewed, least);
        row("import, middle (ms of processor)", imported, middle);
        row("import, least (ms of processor)", imported, least);
        console.log(`preview, middle of the ratios of pairs: ${ofPairs(previewed)}`);
        console.log(
            JSON.stringify({
                bench: "preview",
                pools,
                rounds,
                previewRatioOfPairs: ofPairs(previewed),
                previewRatio: ratio(previewed, middle),
                previewRatioOfFastest: ratio(previewed, least),
                importRatio: ratio(imported, middle),
                importRatioOfLeast: ratio(imported, least),
            }),
        );
    } finally {
        fs.rmSync(folder, { recursive: true, force: true });
    }
}

void main();
