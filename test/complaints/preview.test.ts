// What people complain of and a preview can tell them: one test each, named after the threads in which they did.
import assert from "node:assert/strict";
import * as batchNative from "@pulumi/azure-native/batch";
import {
    BatchAccount,
    Certificate,
    Container,
    InboundNatPool,
    Job,
    LinkedStorage,
    Pool,
    ResourceFile,
    Scale,
    StartTask,
    TaskCollection,
    UserAccount,
    VmImage,
    autoscale,
    shell,
} from "../../components";
import type { PoolArgs } from "../../components";
import { vmImages } from "../../catalog";
import { captureStack } from "../../components/testing";
import { problemsOf, run } from "../components/program";

const account = (): BatchAccount => new BatchAccount("a", { resourceGroupName: "g", accountName: "acc" });
const basic = (): PoolArgs => ({
    account: account(),
    image: VmImage.ubuntu2404(),
    vmSize: "Standard_D2s_v5",
});

/** What a pool with these arguments is told at preview: errors that would come of Azure after minutes, as `path: code: reason`. */
async function refusals(args: Partial<PoolArgs>): Promise<string[]> {
    let problems: string[] = [];
    await run(() => (problems = problemsOf(() => new Pool("p", { ...basic(), ...args }))), { preview: true });
    return problems;
}

/** What is declared, as azure-native gets it. */
async function declared(args: Partial<PoolArgs>): Promise<Record<string, unknown>> {
    const stack = await captureStack(() => new Pool("p", { ...basic(), ...args }));
    return stack.one(batchNative.Pool).inputs as Record<string, unknown>;
}

const only = (problems: readonly string[], pattern: RegExp): void => {
    assert.equal(problems.length, 1, problems.join("\n"));
    assert.match(problems[0] ?? "", pattern);
};

describe("complaints that a preview answers", function () {
    this.timeout(60_000);

    it("P1, C2: bicep#7902, Azure/Batch#85: empty lists and nulls make the service refuse what it had taken", async () => {
        const inputs = await declared({
            userAccounts: [],
            mounts: [],
            packages: [],
            identities: [],
            dataDisks: [],
            extensions: [],
            metadata: {},
            certificates: [],
        });
        const empty = (value: unknown): boolean =>
            value === null ||
            (Array.isArray(value) && value.length === 0) ||
            (typeof value === "object" && Object.values(value).some(empty));
        assert.equal(empty(inputs), false, JSON.stringify(inputs));
    });

    it("P6, C44: azurerm#27945, hashicorp/terraform#36698: image and node agent do not fit and nobody says so", async () => {
        const image = {
            publisher: "microsoft-azure-batch",
            offer: "ubuntu-server-container",
            sku: "20-04-lts",
        };
        const problems = await refusals({
            image: VmImage.fromMarketplace(image, "batch.node.ubuntu 24.04"),
            acknowledge: ["BATCH1011"],
        });
        only(problems, /^image: BATCH1009: .*its agent is 'batch.node.ubuntu 20.04'/);
    });

    it("P7: nextflow#2360, nextflow#7338, BatchExplorer#2353: the agent of an image is guessed, and unverified images are taken", () => {
        for (const name of Object.keys(vmImages) as (keyof typeof vmImages)[])
            assert.equal(VmImage.named(name).nodeAgentSkuId, vmImages[name].nodeAgentSkuId);
        for (const os of ["ubuntu", "almalinux", "windows server"] as const)
            assert.equal(VmImage.latest({ os }).row?.verified, true);
    });

    it("P7, C44: Azure/Batch#103, #174, #180, nextflow#5804: images past their end are listed, and pools of them get no nodes", async () => {
        only(
            await refusals({ image: VmImage.named("ubuntu2004") }),
            /BATCH1011: support for ubuntu 20.04 ended on 2025-04-23/,
        );
        only(
            await refusals({ image: VmImage.fromGallery("/own", "batch.node.centos 7") }),
            /BATCH1011: .*ended on 2024-12-31/,
        );
    });

    it("P8, C41: azurerm#29441, azure-sdk-for-go#24713: tools still send certificates that the service has retired", async () => {
        only(
            await refusals({ certificates: [Certificate.fromThumbprint("ab12")] }),
            /BATCH1017: .*Certificate.fromKeyVault/,
        );
    });

    it("P9: BatchExplorer#2302, azure-docs#47753: documented formulas are broken, or shrink pools under load", async () => {
        const broken = "$TargetDedicatedNodes = time() - lifespan > 60 ? 1 : 4;";
        only(await refusals({ scale: Scale.auto(broken) }), /^scale\.formula: BATCH1040: .*lifespan.*line 1/);
        const naive = "$TargetDedicatedNodes = max(0, $ActiveTasks.GetSample(TimeInterval_Minute * 5));";
        const codes = autoscale.review(naive).diagnostics.map(({ code }) => code);
        // Not guarded against too few samples; shrinks as soon as tasks start to run.
        for (const code of ["AS101", "AS103"]) assert.ok(codes.includes(code), codes.join());
        assert.deepEqual(
            autoscale
                .review(autoscale.pendingTasks({ maxNodes: 10 }))
                .diagnostics.filter(({ severity }) => severity !== "info"),
            [],
        );
    });

    it("P9: cfa_azure#211: an evaluation interval below five minutes is refused after the pool was made", async () => {
        only(
            await refusals({ scale: Scale.auto("$TargetDedicatedNodes = 0;", { interval: "1m" }) }),
            /^scale\.interval: BATCH1005/,
        );
    });

    it("P13, C22, C35: azurerm#17067, doAzureParallel#363: SAS links in start tasks end, and keys are changed", async () => {
        const stack = await captureStack(() => {
            const storage = new LinkedStorage("s", { resourceGroupName: "g", deployer: "none" });
            const container = new Container("data", { storage });
            const files = [ResourceFile.fromContainer(container, { identity: "/identity" })];
            new Pool("p", {
                ...basic(),
                identities: ["/identity"],
                startTask: StartTask.script("ls", { resourceFiles: files }),
            });
        });
        const text = JSON.stringify(stack.one(batchNative.Pool).inputs);
        assert.match(text, /"identityReference":\{"resourceId":"\/identity"\}/);
        assert.doesNotMatch(text, /sig=|accountKey/);
    });

    it("P14, C7: azure-docs#47378, azurerm#2793: user subscription mode without its vault, or switched to by the way", async () => {
        const stack = await captureStack(() => {
            new BatchAccount("plain", { resourceGroupName: "g", storage: "none" });
            new BatchAccount("own", {
                resourceGroupName: "g",
                storage: "none",
                userSubscription: { vaultId: "/v", vaultUri: "https://v/" },
            });
        });
        const [plain, own] = stack
            .all(batchNative.BatchAccount)
            .map(({ inputs }) => [inputs.poolAllocationMode, inputs.keyVaultReference]);
        assert.deepEqual(plain, ["BatchService", undefined]);
        assert.deepEqual(own, ["UserSubscription", { id: "/v", url: "https://v/" }]);
    });

    it("P17: azurerm#23898: a container block that is given in part is refused as a whole, or ignored", async () => {
        only(
            await refusals({
                image: VmImage.ubuntu2404Hpc(),
                containers: { registries: [{ server: "r", userName: "me" }] },
            }),
            /^containers\.registries\[0\]: BATCH1001: userName and password come together/,
        );
    });

    it("P17: azurerm#7001: no start task in a container", async () => {
        const container = { imageName: "tool:1", containerRunOptions: "--rm" };
        const startTask = StartTask.command("prepare", { container });
        const inputs = await declared({
            image: VmImage.ubuntu2404Hpc(),
            containers: { images: ["tool:1"] },
            startTask,
        });
        assert.deepEqual((inputs["startTask"] as Record<string, unknown>)["containerSettings"], container);
        // On nodes without an engine it would never end well.
        only(await refusals({ startTask }), /^startTask\.container: BATCH\d{4}: /);
    });

    it("C20: Azure/Batch#45: containers on an image that has no engine leave nodes unusable", async () => {
        only(await refusals({ containers: { images: ["tool"] } }), /^image: BATCH1013: .*ubuntu2404Hpc/);
    });

    it("P18: aws-cdk#6590, #7586: an argument is accepted and does nothing", async () => {
        only(await refusals({ windowsUpdates: false }), /^windowsUpdates: BATCH1016/);
        only(await refusals({ security: { vTpm: true } }), /^security: BATCH1018/);
        only(
            await refusals({
                network: { publicIps: "none", inboundNatPools: [InboundNatPool.ssh({ from: [] })] },
            }),
            /BATCH1002/,
        );
    });

    it("P20: pulumi-eks#1027, #118, awsx#524: no way to a raw property, names that are forced upon people, hidden children", async () => {
        let pool: Pool | undefined;
        const stack = await captureStack(() => {
            pool = new Pool("p", {
                ...basic(),
                poolId: "mine",
                transform: { pool: (args) => ({ ...args, targetNodeCommunicationMode: "Simplified" }) },
            });
        });
        const { inputs } = stack.one(batchNative.Pool);
        assert.deepEqual([inputs.poolName, inputs.targetNodeCommunicationMode], ["mine", "Simplified"]);
        assert.ok(pool?.pool instanceof batchNative.Pool);
    });

    it("P22: azure-sdk-for-net#21690: Batch cannot be mocked, so nobody tests what they declare", async () => {
        const stack = await captureStack(() => {
            const job = new Job("j", { pool: new Pool("p", basic()) });
            new TaskCollection("t", { job, tasks: [{ id: "one", commandLine: "x" }] });
        });
        assert.deepEqual(
            stack.tasks("t").map(({ id }) => id),
            ["one"],
        );
    });

    it("C13: shipyard#218: scaling in kills tasks that run", () => {
        assert.match(
            autoscale.pendingTasks({ maxNodes: 10 }),
            /\$NodeDeallocationOption\s*=\s*taskcompletion/,
        );
    });

    it("C33: the command line of a task is no shell, so variables and pipes do nothing", () => {
        assert.match(shell("echo $AZ_BATCH_NODE_ID | wc -c"), /^\/bin\/sh -ec '/);
    });

    it("C37: azure-cli#18629, Azure/Batch#114: identities of pools can be had by a raw template only", async () => {
        assert.deepEqual((await declared({ identities: ["/identity"] }))["identity"], {
            type: "UserAssigned",
            userAssignedIdentities: ["/identity"],
        });
    });

    it("C42, C43: Azure/Batch#196: low-priority nodes and classic communication have ended", async () => {
        const { scaleSettings, ...others } = await declared({ scale: Scale.spot(3) });
        assert.equal(
            (scaleSettings as { fixedScale: Record<string, unknown> }).fixedScale["targetLowPriorityNodes"],
            3,
        );
        assert.equal("targetNodeCommunicationMode" in others, false);
    });

    it("C45: since api-version 2024-07-01 no node can be reached by SSH or RDP unless ports are declared", async () => {
        const inputs = await declared({
            userAccounts: [UserAccount.linux("me", { password: "a password" })],
            network: { inboundNatPools: [InboundNatPool.ssh({ from: ["203.0.113.7"] })] },
        });
        assert.match(JSON.stringify(inputs["networkConfiguration"]), /"backendPort":22/);
    });
});
