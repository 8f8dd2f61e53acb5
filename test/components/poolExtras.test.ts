import assert from "node:assert/strict";
import * as authorization from "@pulumi/azure-native/authorization";
import * as containerregistry from "@pulumi/azure-native/containerregistry";
import * as managedidentity from "@pulumi/azure-native/managedidentity";
import * as pulumi from "@pulumi/pulumi";
import { BatchAccount, Container, Job, LinkedStorage, Pool, Scale, VmImage } from "../../components";
import type { PoolArgs } from "../../components";
import { captureStack } from "../../components/testing";
import { problemsOf, value } from "./program";

const account = (): BatchAccount => new BatchAccount("a", { resourceGroupName: "g", storage: "none" });
const pool = (args: Partial<PoolArgs> & Pick<PoolArgs, "account">, name = "p"): Pool =>
    new Pool(name, { image: VmImage.ubuntu2404(), vmSize: "Standard_D4s_v5", ...args });

describe("a pool's identities", function () {
    this.timeout(60_000);

    it("get the least role for a registry and for containers, each of them, before the nodes are there", async () => {
        const stack = await captureStack(() => {
            const one = new managedidentity.UserAssignedIdentity("one", { resourceGroupName: "g" });
            const registry = new containerregistry.Registry("r", {
                resourceGroupName: "g",
                sku: { name: "Basic" },
            });
            const storage = new LinkedStorage("s", { resourceGroupName: "g", deployer: "none" });
            const nodes = pool({ account: account(), identities: [one, "/subscriptions/s/identities/two"] });
            nodes.grantPull(registry);
            nodes.grantRead(new Container("input", { storage }));
            nodes.grantWrite(new Container("output", { storage }), "results");
        });
        const roles = stack.all(authorization.RoleAssignment).map(({ name, inputs }) => {
            const { principalId, roleDefinitionId, scope } = inputs;
            return [name, principalId, roleDefinitionId?.slice(-36), scope?.split("/").at(-1)].join(" ");
        });
        const [pull, read, write] = [
            "7f951dda-4ed3-4680-a7ca-43fe172d538d",
            "2a2b9908-6ea1-4ae2-8e65-a410df84e7d1",
            "ba92f5b4-2d11-453d-a403-e96b0029c9fe",
        ];
        assert.deepEqual(roles.sort(), [
            `p-pull one-principal ${pull} r`,
            `p-pull-2 p-pull-2-principal ${pull} r`,
            `p-read-input one-principal ${read} input`,
            `p-read-input-2 p-read-input-2-principal ${read} input`,
            `p-results one-principal ${write} output`,
            `p-results-2 p-results-2-principal ${write} output`,
        ]);
    });

    it("are needed for a grant, and the error says so", async () => {
        await captureStack(() => {
            const nodes = pool({ account: account() });
            assert.match(
                problemsOf(() => nodes.grantPull("/registry"))[0] ?? "",
                /^identities: BATCH1018: .*AcrPull/,
            );
        });
    });
});

describe("a pool of elsewhere", function () {
    this.timeout(60_000);

    it("that exists is read from its account, and takes jobs", async () => {
        const stack = await captureStack(
            async () => {
                const existing = Pool.fromExisting("cpu", { account: account(), poolId: "cpu-1" });
                new Job("j", { pool: existing });
                assert.equal(existing.image, undefined);
                const slots = existing.taskSlotsPerNode;
                return [
                    await value(existing.id),
                    slots && (await value(slots)),
                    await value(existing.poolId),
                ];
            },
            {
                outputs: ({ type }) =>
                    type === "azure-native:batch:Pool" ? { taskSlotsPerNode: 4 } : undefined,
            },
        );
        assert.match(String(stack.result[0]), /batchAccounts\/aabcd1234\/pools\/cpu-1$/);
        assert.deepEqual(stack.result.slice(1), [4, "cpu-1"]);
        const { inputs } = stack.one("pulumi-nodejs:dynamic/pulumi-azure-batch:Job");
        assert.match(JSON.stringify(inputs), /"poolId":"cpu-1"/);
    });

    it("of another stack is what that stack says, and nothing more; unknown stays unknown", async () => {
        const said = {
            poolId: "cpu-1",
            taskSlotsPerNode: 2,
            account: {
                id: "/subscriptions/s/resourceGroups/platform/providers/Microsoft.Batch/batchAccounts/theirs",
                endpoint: "https://theirs.westeurope.batch.azure.com",
            },
        };
        const program = (): { name: pulumi.Output<string>; known: Promise<boolean>; keys: string[] } => {
            const stack = new pulumi.StackReference("org/platform/prod");
            const { account: theirs, ...rest } = Pool.fromStack(stack);
            const { isKnown } = theirs.endpoint as unknown as { isKnown: Promise<boolean> };
            return {
                name: theirs.name,
                known: isKnown,
                keys: [...Object.keys(rest), ...Object.keys(theirs)].sort(),
            };
        };
        const outputs = () => ({ outputs: { pool: said }, secretOutputNames: [] });
        const { result } = await captureStack(program, { outputs });
        assert.equal(await value(result.name), "theirs");
        assert.deepEqual(result.keys, [
            "endpoint",
            "id",
            "id",
            "name",
            "poolId",
            "resourceGroupName",
            "storageAccess",
            "taskSlotsPerNode",
        ]);
        const later = await captureStack(program, {
            preview: true,
            outputs: () => ({
                outputs: { pool: { ...said, account: pulumi.unknown } },
                secretOutputNames: [],
            }),
        });
        assert.equal(await later.result.known, false);
    });
});

describe("the quota of an account", function () {
    this.timeout(60_000);

    it("is compared with all pools of the program, once, and that can be acknowledged", async () => {
        const declare = (acknowledge?: "BATCH2004") => () => {
            const of = account();
            pool({ account: of, scale: Scale.dedicated(20) }, "one");
            pool(
                {
                    account: of,
                    scale: Scale.fixed({ dedicated: 10, spot: 13 }),
                    acknowledge: acknowledge && [acknowledge],
                },
                "two",
            );
            pool({ account: account2(), scale: Scale.dedicated(25) }, "three");
        };
        const account2 = (): BatchAccount =>
            new BatchAccount("b", { resourceGroupName: "g", storage: "none" });
        const { diagnostics } = await captureStack(declare());
        assert.deepEqual(
            diagnostics.map(({ message }) => message.split(":").slice(0, 3).join(":")),
            [
                "BATCH2004: account aabcd1234: the pools of this stack can want 120 dedicated cores (one 80, two 40) of 100, and can want 52 spot cores (two 52) of 50 that its quota allows",
            ],
        );
        assert.deepEqual((await captureStack(declare("BATCH2004"))).diagnostics, []);
        // Nothing is known of a quota at the first preview.
        assert.deepEqual((await captureStack(declare(), { preview: true })).diagnostics, []);
    });
});

describe("the quota of a VM family, and what formulas ask for", function () {
    this.timeout(60_000);

    const told = async (
        declare: (of: BatchAccount) => void,
        quota: Record<string, unknown>,
    ): Promise<string[]> => {
        const { diagnostics } = await captureStack(() => declare(account()), {
            outputs: ({ type }) => (type === "azure-native:batch:BatchAccount" ? quota : undefined),
        });
        return diagnostics.map(({ message }) => message);
    };
    const formula = (text: string) => Scale.auto(`${text}\n$NodeDeallocationOption = taskcompletion;`);
    const capped = formula("$TargetDedicatedNodes = min(30, $PendingTasks.GetSample(1));");
    const families = {
        dedicatedCoreQuota: 1000,
        dedicatedCoreQuotaPerVMFamilyEnforced: true,
        dedicatedCoreQuotaPerVMFamily: [{ name: "standardDSv5Family", coreQuota: 100 }],
    };

    it("is compared where the account holds to it, with the most that a formula can ask for", async () => {
        const [message, ...others] = await told(
            (of) => pool({ account: of, scale: capped }, "one"),
            families,
        );
        assert.match(
            message ?? "",
            /^BATCH2004: account aabcd1234: the pools of this stack can want 120 dedicated cores of standardDSv5Family \(one 120\) of 100 that its quota allows/,
        );
        assert.deepEqual(others, []);
    });

    it("is left where the account does not hold to it, and a formula without a bound is not counted", async () => {
        const loose = { ...families, dedicatedCoreQuotaPerVMFamilyEnforced: false };
        assert.deepEqual(await told((of) => pool({ account: of, scale: capped }, "one"), loose), []);
        const endless = formula("$TargetDedicatedNodes = $PendingTasks.GetSample(1); // allow AS102: a test");
        const found = await told((of) => pool({ account: of, scale: endless }, "one"), families);
        assert.deepEqual(
            found.filter((message) => message.includes("BATCH2004")),
            [],
        );
    });
});

describe("a VM size that is retired", function () {
    this.timeout(60_000);

    it("is a warning that says when and what instead, and can be acknowledged", async () => {
        const told = async (acknowledge?: "BATCH2003"): Promise<string[]> => {
            const known = acknowledge && ([acknowledge, "BATCH2002"] as const);
            const { diagnostics } = await captureStack(() =>
                pool({ account: account(), vmSize: "Standard_NV4as_v4", acknowledge: known }),
            );
            return diagnostics.map(({ message }) => message);
        };
        const [first = ""] = (await told()).filter((message) => message.startsWith("BATCH2003"));
        assert.match(
            first,
            /Standard_NV4as_v4: VM sizes of the NVv4 family (were|are) retired on 2026-09-30; choose/,
        );
        assert.deepEqual(await told("BATCH2003"), []);
    });
});

describe("the cost of a pool", function () {
    this.timeout(60_000);

    const price = { perNodeHour: 0.2, perSpotNodeHour: 0.05, currency: "EUR" };
    const costOf = async (args: Partial<PoolArgs>): Promise<unknown> => {
        const { result } = await captureStack(() => pool({ account: account(), ...args }).cost);
        return value(result);
    };

    it("comes from nodes and prices", async () => {
        assert.deepEqual(await costOf({ price, scale: Scale.fixed({ dedicated: 10, spot: 20 }) }), {
            perHour: 3,
            perMonth: 2190,
            currency: "EUR",
        });
        const nodes = { dedicated: 2 };
        assert.deepEqual(
            await costOf({
                price: { perNodeHour: 0.5, nodes },
                scale: Scale.auto("$TargetDedicatedNodes = 1;"),
            }),
            {
                perHour: 1,
                perMonth: 730,
                currency: "USD",
            },
        );
    });

    it("is not known without prices, or for nodes that nobody said", async () => {
        assert.equal(await costOf({ scale: Scale.dedicated(1) }), undefined);
        assert.equal(await costOf({ price, scale: Scale.auto("$TargetDedicatedNodes = 1;") }), undefined);
        assert.equal(await costOf({ price: { perNodeHour: 1 }, scale: Scale.spot(1) }), undefined);
    });
});
