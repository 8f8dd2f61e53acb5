import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import {
    autoscale,
    BatchAccount,
    Container,
    LinkedStorage,
    Pool,
    ResourceFile,
    Scale,
    StartTask,
    UserIdentity,
    VmImage,
} from "../../components";
import type { PoolArgs } from "../../components";
import { Problems } from "../../components/diagnostics";
import { only, problemsOf, run, value } from "./program";

// The SDK of azure-native adds this itself.
const SDK_TIMEOUT = "PT15M";
const account = (): BatchAccount => new BatchAccount("a", { resourceGroupName: "g", accountName: "acc" });
const basic = (): PoolArgs => ({
    account: account(),
    image: VmImage.ubuntu2404(),
    vmSize: "Standard_D2s_v5",
});
const inputsOf = async (more: Partial<PoolArgs>, preview = false): Promise<Record<string, unknown>> =>
    only(await run(() => new Pool("cpu", { ...basic(), ...more }), { preview }), "azure-native:batch:Pool")
        .inputs;

describe("Pool", function () {
    this.timeout(60_000);

    for (const preview of [false, true]) {
        it(`has these defaults${preview ? ", at preview too" : ""}`, async () => {
            assert.deepEqual(await inputsOf({}, preview), {
                resourceGroupName: "g",
                accountName: "acc",
                poolName: "cpu-abcd1234",
                vmSize: "Standard_D2s_v5",
                deploymentConfiguration: {
                    virtualMachineConfiguration: {
                        imageReference: {
                            publisher: "canonical",
                            offer: "ubuntu-24_04-lts",
                            sku: "server",
                            version: "latest",
                        },
                        nodeAgentSkuId: "batch.node.ubuntu 24.04",
                    },
                },
                scaleSettings: {
                    fixedScale: {
                        targetDedicatedNodes: 0,
                        targetLowPriorityNodes: 0,
                        resizeTimeout: SDK_TIMEOUT,
                    },
                },
                taskSlotsPerNode: 1,
                taskSchedulingPolicy: { nodeFillType: "Spread" },
                interNodeCommunication: "Disabled",
            });
        });
    }

    it("passes size, slots, network, identities, metadata and tags, and leaves out what is empty", async () => {
        const inputs = await inputsOf({
            scale: Scale.fixed({
                dedicated: 2,
                spot: 3,
                resizeTimeout: "10m",
                nodeDeallocation: "taskcompletion",
            }),
            taskSlotsPerNode: 8,
            fill: "pack",
            interNodeCommunication: true,
            subnetId: "/subnet",
            identities: ["/identity"],
            metadata: { team: "x" },
            tags: { cost: "y" },
            displayName: "CPU",
        });
        assert.deepEqual(inputs["scaleSettings"], {
            fixedScale: {
                targetDedicatedNodes: 2,
                targetLowPriorityNodes: 3,
                resizeTimeout: "PT10M",
                nodeDeallocationOption: "TaskCompletion",
            },
        });
        assert.deepEqual(
            [inputs["taskSlotsPerNode"], inputs["taskSchedulingPolicy"], inputs["interNodeCommunication"]],
            [8, { nodeFillType: "Pack" }, "Enabled"],
        );
        assert.deepEqual(inputs["identity"], { type: "UserAssigned", userAssignedIdentities: ["/identity"] });
        assert.deepEqual(
            [inputs["metadata"], inputs["tags"]],
            [[{ name: "team", value: "x" }], { cost: "y" }],
        );
        assert.deepEqual(
            [inputs["networkConfiguration"], inputs["displayName"]],
            [{ subnetId: "/subnet", dynamicVnetAssignmentScope: "none" }, "CPU"],
        );
        assert.ok(!("metadata" in (await inputsOf({ metadata: {}, identities: [] }))));
    });

    it("takes a formula, as text or as an object that prints itself", async () => {
        const formula = { toString: () => "$TargetDedicatedNodes=1;" };
        for (const given of [formula, "$TargetDedicatedNodes=1;"]) {
            assert.deepEqual(
                (await inputsOf({ scale: Scale.auto(given, { interval: "10m" }) }))["scaleSettings"],
                {
                    autoScale: { formula: "$TargetDedicatedNodes=1;", evaluationInterval: "PT10M" },
                },
            );
        }
    });

    it("checks a formula at preview, with the place of what is wrong", async () => {
        await run(() => {
            const [problem] = problemsOf(
                () => new Pool("p", { ...basic(), scale: Scale.auto("$TargetDedicatedNodes = min(3, ;") }),
            );
            assert.match(problem ?? "", /^scale\.formula: BATCH1040: .*line 1, column/);
            new Pool("q", { ...basic(), scale: Scale.auto(autoscale.pendingTasks({ maxNodes: 5 })) });
        });
    });

    it("wraps the script of a start task for the image's system and quotes it", async () => {
        const resources = await run(() => {
            const container = new Container("app", {
                storage: new LinkedStorage("s", { resourceGroupName: "g", accountName: "sto" }),
            });
            const startTask = StartTask.script(["echo it's", 'cp a "$B"'], {
                resourceFiles: [
                    ResourceFile.fromBlob(container, "dir/tool.sh", { identity: "/id", fileMode: "0755" }),
                ],
                environment: { A: "1" },
                elevated: true,
                maxRetries: 2,
            });
            return new Pool("cpu", { ...basic(), startTask });
        });
        assert.deepEqual(only(resources, "azure-native:batch:Pool").inputs["startTask"], {
            commandLine: `/bin/sh -ec 'echo it'\\''s\ncp a "$B"'`,
            resourceFiles: [
                {
                    httpUrl: "https://127.0.0.1:7777/sto/app/dir/tool.sh",
                    filePath: "tool.sh",
                    fileMode: "0755",
                    identityReference: { resourceId: "/id" },
                },
            ],
            environmentSettings: [{ name: "A", value: "1" }],
            userIdentity: { autoUser: { scope: "Pool", elevationLevel: "Admin" } },
            maxTaskRetryCount: 2,
            waitForSuccess: true,
        });
        const windows = await inputsOf({
            image: VmImage.windowsServer2022(),
            startTask: StartTask.script("a\nb"),
        });
        assert.equal(
            (windows["startTask"] as Record<string, unknown>)["commandLine"],
            'cmd /d /s /c "a&& b"',
        );
        const named = await inputsOf({
            startTask: StartTask.command("x", { user: UserIdentity.named("me") }),
        });
        assert.deepEqual((named["startTask"] as Record<string, unknown>)["userIdentity"], { userName: "me" });
    });

    it("keeps its generated id while only changeable things change, and takes a new one when an immutable does", async () => {
        const keeper = async (more: Partial<PoolArgs>): Promise<unknown> => {
            const resources = await run(() => new Pool("cpu", { ...basic(), ...more }));
            return (
                only(resources, "random:index/randomString:RandomString", "cpu-suffix").inputs[
                    "keepers"
                ] as Record<string, unknown>
            )["digest"];
        };
        const before = await keeper({});
        assert.match(String(before), /^[0-9a-f]{32}$/);
        const changeable: Partial<PoolArgs>[] = [
            { scale: Scale.dedicated(5) },
            { scale: Scale.auto("$TargetDedicatedNodes=1;") },
            { startTask: StartTask.script("x") },
            { metadata: { a: "b" } },
            { tags: { a: "b" } },
            { identities: ["/id"] },
        ];
        for (const change of changeable) assert.equal(await keeper(change), before, JSON.stringify(change));
        const immutable: Partial<PoolArgs>[] = [
            { image: VmImage.ubuntu2404Hpc() },
            { vmSize: "Standard_D4s_v5" },
            { taskSlotsPerNode: 2 },
            { subnetId: "/subnet" },
            { interNodeCommunication: true },
            { fill: "pack" },
            { displayName: "x" },
        ];
        for (const change of immutable) assert.notEqual(await keeper(change), before, JSON.stringify(change));
    });

    it("keeps ids within 64 characters", async () => {
        const resources = await run(() => new Pool("a very long name indeed, ".repeat(5), basic()));
        const id = String(only(resources, "azure-native:batch:Pool").inputs["poolName"]);
        assert.match(id, /^[A-Za-z0-9_-]{64}$/);
    });

    it("reports all that is wrong at once, with path, value, what is allowed and a code", async () => {
        const resources = await run(() => {
            const problems = problemsOf(
                () =>
                    new Pool("cpu", {
                        ...basic(),
                        image: VmImage.named("ubuntu2404Arm64"),
                        taskSlotsPerNode: 100,
                        scale: Scale.fixed({ dedicated: -1, resizeTimeout: "1m" }),
                        poolId: "not an id",
                    }),
            );
            assert.deepEqual(
                problems.map((problem) => problem.split(": ").slice(0, 2).join(" ")),
                [
                    "scale.dedicated BATCH1004",
                    "scale.resizeTimeout BATCH1005",
                    "vmSize BATCH1010",
                    "taskSlotsPerNode BATCH1012",
                    "poolId BATCH1003",
                ],
            );
            assert.match(
                problems.join("\n"),
                /100 task slots a node: it can be 1 to 8, as Standard_D2s_v5 has 2 cores/,
            );
        });
        assert.deepEqual(
            resources.filter(({ type }) => type.endsWith(":Pool")),
            [],
        );
    });

    it("refuses an image past its end of support, unless that is acknowledged", async () => {
        await run(() => {
            const old = { ...basic(), image: VmImage.named("ubuntu2004") };
            assert.match(
                problemsOf(() => new Pool("old", old))[0] ?? "",
                /image: BATCH1011: support for ubuntu 20\.04 ended on 2025-04-23/,
            );
            new Pool("known", { ...old, acknowledge: ["BATCH1011"] });
        });
    });

    it("refuses a size that cannot boot the image's generation, and lets one pass that it does not know", async () => {
        await run(() => {
            const problems = problemsOf(() => new Pool("p", { ...basic(), vmSize: "Standard_D2_v3" }));
            assert.match(problems[0] ?? "", /vmSize: BATCH1010: Standard_D2_v3 boots images of generation 1/);
        });
        assert.equal((await inputsOf({ vmSize: "Standard_X99_v9" }))["vmSize"], "Standard_X99_v9");
    });

    it("checks values that come later when they come, and what depends on them fails with the same message", async () => {
        const check = (size: string, problems: Problems): void =>
            problems.add("BATCH1010", "vmSize", `${size} will not do`);
        const later = new Problems("Pool 'p'").check(
            pulumi.output(Promise.resolve("X")),
            check,
        ) as pulumi.Output<string>;
        await assert.rejects(
            (later as unknown as { promise(): Promise<string> }).promise(),
            (error: unknown) => {
                const { errors } = error as pulumi.InputPropertiesError;
                return (
                    errors?.[0]?.reason === "BATCH1010: X will not do" && errors[0].propertyPath === "vmSize"
                );
            },
        );
    });

    it("gives the resource id and the pool id", async () => {
        await run(async () => {
            const pool = new Pool("cpu", { ...basic(), poolId: "mine" });
            assert.equal(await value(pool.poolId), "mine");
            assert.match(await value(pool.id), /Pool\/cpu$/);
        });
    });
});

describe("VmImage", () => {
    it("gives the newest verified image of a system", () => {
        assert.equal(VmImage.latest({ os: "ubuntu" }).nodeAgentSkuId, "batch.node.ubuntu 24.04");
        assert.deepEqual(VmImage.latest({ os: "almalinux" }).row?.sku, "9-gen2");
    });

    it("takes images of a gallery and of publishers with their agent, and says when one is needed", () => {
        const gallery = VmImage.fromGallery("/images/x", "batch.node.windows amd64");
        assert.deepEqual([gallery.location, gallery.os], [{ id: "/images/x" }, "windows"]);
        assert.equal(
            VmImage.fromMarketplace({ publisher: "almalinux", offer: "almalinux-x86_64", sku: "9-gen2" })
                .nodeAgentSkuId,
            "batch.node.el 9",
        );
        assert.throws(
            () => VmImage.fromMarketplace({ publisher: "x", offer: "y", sku: "z" }),
            /give its node agent/,
        );
    });
});
