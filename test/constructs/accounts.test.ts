import assert from "node:assert/strict";
import { TestStack } from "./stack";

const program = `
const resources = require("@pulumi/azure-native/resources");
const identities = require("@pulumi/azure-native/managedidentity");
const keyvault = require("@pulumi/azure-native/keyvault");
const insights = require("@pulumi/azure-native/operationalinsights");
const network = require("@pulumi/azure-native/network");
const authorization = require("@pulumi/azure-native/authorization");
const batch = require("pulumi-azure-batch");
const round = Number(process.env.ROUND ?? "1");
const group = new resources.ResourceGroup("g", { location: "westeurope" });
const resourceGroupName = group.name;
const { tenantId } = authorization.getClientConfigOutput();
const vault = new keyvault.Vault("v", { resourceGroupName, properties: { tenantId, sku: { family: "A", name: "standard" } } });
const owner = new identities.UserAssignedIdentity("owner", { resourceGroupName });
const workspace = new insights.Workspace("w", { resourceGroupName });

// Names of any kind, an open account whose rules change, and its new name.
const first = new batch.BatchAccount(round < 3 ? "Render Farm (München)" : "farm", {
    resourceGroupName, allowFrom: round === 1 ? ["10.0.0.0/8", "127.0.0.1"] : ["127.0.0.1"], allowNodesFrom: ["10.1.0.0/16"],
    diagnostics: { workspaceId: workspace.id }, tags: { round: String(round) },
}, round < 3 ? {} : { aliases: [{ name: "Render Farm (München)" }] });
// A key of its own, read with an identity of its own; nodes in the own subscription.
const own = new batch.BatchAccount("own", { resourceGroupName, storage: "none", identity: owner,
    encryptionKey: "https://v.vault.azure.net/keys/k/1", userSubscription: process.env.MODE === "service" ? undefined : { vaultId: vault.id, vaultUri: vault.properties.vaultUri } });
const vnet = new network.VirtualNetwork("n", { resourceGroupName, addressSpace: { addressPrefixes: ["10.0.0.0/16"] },
    subnets: [{ name: "endpoints", addressPrefix: "10.0.0.0/24" }] });
const closed = batch.BatchAccount.private("closed", { resourceGroupName, storage: "none", privateNetwork: {
    virtualNetworkId: vnet.id, subnetId: vnet.id.apply((id) => id + "/subnets/endpoints") } });
// The same account from elsewhere, by its id; a pool in it.
const existing = batch.BatchAccount.fromExisting("existing", first.id);
const pool = new batch.Pool("p", { account: existing, image: batch.VmImage.ubuntu2404(), vmSize: "Standard_D2s_v5",
    scale: batch.Scale.dedicated(Number(process.env.NODES ?? "0")), price: { perNodeHour: 0.1 } });
const found = batch.Pool.fromExisting("found", { account: existing, poolId: pool.poolId });
module.exports = {
    name: first.name, quotas: [first.dedicatedCoreQuota, first.spotCoreQuota, first.poolQuota],
    existing: [existing.name, existing.resourceGroupName, existing.dedicatedCoreQuota], found: found.taskSlotsPerNode,
    network: first.batchAccount.networkProfile, public: [first, closed].map((one) => one.batchAccount.publicNetworkAccess),
    own: own.batchAccount.poolAllocationMode, encryption: own.batchAccount.encryption,
    endpoints: closed.privateEndpoints.map((one) => one.id), group: group.name,
};
`;

describe("Batch accounts of every kind", function () {
    this.timeout(900_000);

    it("are made, changed in place, found from elsewhere, and renamed with an alias", async () => {
        const stack = new TestStack(program);
        try {
            await stack.start();
            await stack.up();
            const first = await stack.outputs();
            assert.match(String(first["name"]), /^renderfarmmnchen[a-z0-9]{8}$/);
            const rules = (outputs: Record<string, unknown>): string[] => {
                const { accountAccess } = outputs["network"] as {
                    accountAccess: { ipRules: { value: string }[] };
                };
                return accountAccess.ipRules.map(({ value }) => value);
            };
            assert.deepEqual(rules(first), ["10.0.0.0/8", "127.0.0.1"]);
            assert.deepEqual(first["public"], ["Enabled", "Disabled"]);
            assert.equal(first["own"], "UserSubscription");
            assert.equal((first["encryption"] as { keySource: string }).keySource, "Microsoft.KeyVault");
            assert.equal((first["endpoints"] as string[]).length, 2);
            const [dedicated, spot, pools] = first["quotas"] as number[];
            assert.ok(
                [dedicated, spot, pools].every((quota) => typeof quota === "number"),
                String(first["quotas"]),
            );
            assert.deepEqual(first["existing"], [first["name"], first["group"], dedicated]);
            assert.equal(first["found"], 1);
            await stack.up({}, "--expect-no-changes");

            // Nothing is made: the quota of the account is known, and the preview compares.
            const greedy = await stack.pulumi(["preview"], { NODES: "100000" });
            assert.equal(greedy.code, 0, greedy.stdout);
            assert.match(
                greedy.stdout,
                new RegExp(
                    `BATCH2004: account \\w+: the pools .* want 200000 dedicated cores \\(p 200000\\) of ${dedicated}`,
                ),
            );
            assert.match(greedy.stdout, /Pool 'p' costs about 10000\.00 USD an hour/);

            await stack.up({ ROUND: "2" });
            const second = await stack.outputs();
            assert.equal(second["name"], first["name"]);
            assert.deepEqual(rules(second), ["127.0.0.1"]);

            const renamed = (await stack.plan({ ROUND: "3" })).filter(
                ({ op }) => op !== "same" && op !== "read",
            );
            assert.deepEqual(
                renamed.map(({ op, urn, replaceReasons }) =>
                    [op, urn.split("::").at(-1), ...(replaceReasons ?? [])].join(" "),
                ),
                ["update farm", "update farm"],
                "only the tags of account and storage change",
            );
            await stack.up({ ROUND: "3" });
            assert.equal((await stack.outputs())["name"], first["name"]);
            const moved = await stack.plan({ ROUND: "3", MODE: "service" });
            assert.ok(
                moved.some(({ op, urn }) => op === "replace" && urn.endsWith("batch:BatchAccount::own")),
                "nodes in another subscription are another account",
            );
            await stack.leave({ ROUND: "3" });
        } finally {
            await stack.close();
        }
    });
});
