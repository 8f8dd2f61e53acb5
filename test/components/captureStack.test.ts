import assert from "node:assert/strict";
import * as azure from "@pulumi/azure-native/batch";
import * as pulumi from "@pulumi/pulumi";
import {
    BatchAccount,
    Container,
    Job,
    LinkedStorage,
    Pool,
    Scale,
    TaskCollection,
    VmImage,
} from "../../components";
import { captureStack } from "../../components/testing";

const declare = (vmSize = "Standard_D4s_v5") => {
    const account = new BatchAccount("render", { resourceGroupName: "g" });
    const pool = new Pool("cpu", { account, image: VmImage.ubuntu2404(), vmSize, scale: Scale.dedicated(2) });
    const job = new Job("frames", { pool });
    new TaskCollection("frames", { job, tasks: [{ id: "one", commandLine: pulumi.output("render 1") }] });
    return { pool };
};

describe("captureStack", function () {
    this.timeout(60_000);

    it("gives what a program declares, typed by the class, without a mock", async () => {
        const stack = await captureStack(() => declare());
        const { name, inputs } = stack.one(azure.Pool);
        assert.equal(name, "cpu");
        // The compiler knows the inputs: no cast on the way to a nested one.
        assert.equal(inputs.vmSize, "Standard_D4s_v5");
        assert.equal(inputs.scaleSettings?.fixedScale?.targetDedicatedNodes, 2);
        assert.equal(stack.all(Pool).length, 1);
        assert.ok(stack.result.pool instanceof Pool);
        assert.deepEqual(
            stack.tasks("frames").map(({ id, commandLine }) => [id, commandLine]),
            [["one", "render 1"]],
        );
    });

    it("gives the components too, as the program has made them, typed by their class", async () => {
        class Farm extends pulumi.ComponentResource {
            readonly size = 2;

            constructor(name: string) {
                super("my:index:Farm", name);
            }
        }
        const stack = await captureStack(() => {
            new Farm("mine");
            return declare();
        });
        const pool = stack.component(Pool);
        assert.equal(pool, stack.result.pool);
        assert.equal(pool.image.nodeAgentSkuId, "batch.node.ubuntu 24.04");
        assert.equal(await stack.value(pool.poolId), "cpu-abcd1234");
        const slots: number | undefined = await stack.value(pool.taskSlotsPerNode);
        assert.equal(slots, 1);
        assert.equal(await stack.value(stack.component(BatchAccount, "render").name), "renderabcd1234");
        assert.equal(stack.component(Farm).size, 2);
        assert.throws(
            () => stack.component(Pool, "gpu"),
            /0 components are Pool 'gpu', not one; the program makes .*Farm 'mine'.*Pool 'cpu'/,
        );
        // The engine gets no arguments of a component, and the types do not promise any.
        // @ts-expect-error: a pool's inputs are those of azure-native's Pool
        assert.equal(stack.one(Pool).inputs.vmSize?.length, undefined);
        const planned = await captureStack(() => declare(), { preview: true });
        assert.equal(await planned.value(planned.component(Pool).poolId), undefined);
    });

    it("says what there is when it finds none or several", async () => {
        const stack = await captureStack(() => declare());
        assert.throws(
            () => stack.one(azure.Application),
            /0 resources are Application, .*declares .*Pool 'cpu'/,
        );
        assert.throws(() => stack.one("random:index/randomString:RandomString"), /\d resources are/);
    });

    it("runs as a preview too: nothing of the cloud is known", async () => {
        const stack = await captureStack(() => declare(), { preview: true });
        assert.equal(stack.one(azure.Pool).inputs.vmSize, "Standard_D4s_v5");
        assert.equal(stack.one(azure.Pool).inputs.poolName, undefined);
    });

    it("keeps warnings, takes configuration and outputs of your own, and one program does not see another's", async () => {
        const [one, two] = await Promise.all([
            captureStack(() => declare("Standard_Unheard_of")),
            captureStack(
                () => {
                    const account = new BatchAccount("mine", {
                        resourceGroupName: new pulumi.Config("my").require("g"),
                    });
                    return pulumi.output(account.endpoint);
                },
                {
                    config: { "my:g": "theirs" },
                    outputs: ({ type }) =>
                        type === "azure-native:batch:BatchAccount" ? { accountEndpoint: "x.y.z" } : undefined,
                },
            ),
        ]);
        assert.deepEqual(
            one.diagnostics.map(({ severity, codes }) => [severity, ...codes]),
            [["warning", "BATCH2002"]],
        );
        assert.equal(two.one(azure.BatchAccount).inputs.resourceGroupName, "theirs");
        assert.equal(await new Promise((resolve) => two.result.apply(resolve)), "https://x.y.z");
        assert.deepEqual(two.diagnostics, []);
        assert.equal(two.all(azure.Pool).length, 0);
    });

    it("passes on what the program throws", async () => {
        await assert.rejects(
            captureStack(
                () =>
                    new Container("My Container", {
                        storage: new LinkedStorage("s", { resourceGroupName: "g" }),
                    }),
            ),
            /containerName: BATCH1003/,
        );
        // And goes on working.
        assert.equal((await captureStack(() => declare())).all(Pool).length, 1);
    });
});

describe("a preview", function () {
    this.timeout(60_000);

    it("tells the problems of several components, each with all of its own, and makes none of their children", async () => {
        const stack = await captureStack(
            () => {
                const account = new BatchAccount("bad", {
                    resourceGroupName: "g",
                    accountName: "My_Account",
                });
                const pool = new Pool("wrong", {
                    account,
                    image: VmImage.ubuntu2404(),
                    vmSize: "Standard_D4ps_v5",
                    taskSlotsPerNode: 300,
                });
                const job = new Job("none", { pool });
                const late = pulumi.output("Not A Name");
                if (account.storage !== undefined)
                    new Container("c", { storage: account.storage, containerName: late });
                new TaskCollection("t", { job, tasks: [{ id: "a b", commandLine: "true" }] });
                assert.ok(account instanceof BatchAccount && pool instanceof Pool);
                return [account.grantSubmit("x", { principalId: "p" }), pool.account];
            },
            { preview: true },
        );
        const told = stack.diagnostics.map(({ codes }) => codes.join(" "));
        assert.deepEqual(told.sort(), ["BATCH1003", "BATCH1003", "BATCH1010 BATCH1012", "BATCH1030"]);
        const types = stack.resources.map(({ type }) => type.split(":").at(-1));
        for (const child of ["Pool", "BatchAccount", "StorageAccount"]) {
            const raw = stack.resources.filter(
                ({ type }) => type.startsWith("azure-native") && type.endsWith(`:${child}`),
            );
            assert.deepEqual(raw, [], types.join(" "));
        }
    });
});
