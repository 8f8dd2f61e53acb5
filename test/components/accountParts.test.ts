import assert from "node:assert/strict";
import { BatchAccount, Pool, VmImage } from "../../components";
import { only, problemsOf, run, value } from "./program";

describe("a Batch account", function () {
    this.timeout(60_000);

    it("that is private has endpoints for clients and nodes, names that lead to them, and no public access", async () => {
        const resources = await run(() =>
            BatchAccount.private("a", {
                resourceGroupName: "g",
                privateNetwork: { subnetId: "/subnet", virtualNetworkId: "/network" },
            }),
        );
        const account = only(resources, "azure-native:batch:BatchAccount").inputs;
        assert.equal(account["publicNetworkAccess"], "Disabled");
        const groups = resources
            .filter(({ type }) => type === "azure-native:network:PrivateEndpoint")
            .map(
                ({ inputs }) =>
                    (inputs["privateLinkServiceConnections"] as { groupIds: string[] }[])[0]?.groupIds[0],
            );
        assert.deepEqual(groups, ["batchAccount", "nodeManagement"]);
        assert.equal(
            only(resources, "azure-native:privatedns:PrivateZone").inputs["privateZoneName"],
            "privatelink.batch.azure.com",
        );
        only(resources, "azure-native:privatedns:VirtualNetworkLink");
    });

    it("lets in only whom it is told, takes a key and a subscription of your own", async () => {
        const resources = await run(
            () =>
                new BatchAccount("a", {
                    resourceGroupName: "g",
                    storage: "none",
                    allowFrom: ["10.0.0.0/8"],
                    identity: { id: "/identity", principalId: "p" },
                    encryptionKey: {
                        uri: "https://v/keys/k",
                        vault: { id: "/subscriptions/s/vault", uri: "https://v/" },
                    },
                    userSubscription: { vaultId: "/vault", vaultUri: "https://v/" },
                    diagnostics: { workspaceId: "/workspace" },
                }),
        );
        const account = only(resources, "azure-native:batch:BatchAccount").inputs;
        assert.deepEqual(account["networkProfile"], {
            accountAccess: { defaultAction: "Deny", ipRules: [{ action: "Allow", value: "10.0.0.0/8" }] },
        });
        assert.deepEqual(account["identity"], {
            type: "UserAssigned",
            userAssignedIdentities: ["/identity"],
        });
        assert.equal(account["poolAllocationMode"], "UserSubscription");
        assert.deepEqual(account["encryption"], {
            keySource: "Microsoft.KeyVault",
            keyVaultProperties: { keyIdentifier: "https://v/keys/k" },
        });
        const role = only(resources, "azure-native:authorization:RoleAssignment", "a-key").inputs;
        assert.deepEqual(
            [role["principalId"], role["scope"], String(role["roleDefinitionId"]).slice(-36)],
            ["p", "/subscriptions/s/vault", "e147488a-f6f5-4113-8e2d-b22465e65bf6"],
        );
        only(resources, "azure-native:monitor:DiagnosticSetting");
    });

    it("refuses a key that it could not read", async () => {
        await run(() => {
            const problems = problemsOf(
                () => new BatchAccount("a", { resourceGroupName: "g", encryptionKey: "https://v/keys/k" }),
            );
            assert.match(problems[0] ?? "", /^encryptionKey: BATCH1018: .*`identity`/);
        });
    });

    it("grants the least role for submitting, reading and managing", async () => {
        const resources = await run(() => {
            const account = new BatchAccount("a", { resourceGroupName: "g", storage: "none" });
            account.grantSubmit("s", { principalId: "p" });
            account.grantRead("r", { principalId: "p", principalType: "Group" });
            account.grantManage("m", { principalId: "p" });
        });
        const role = (name: string): string =>
            String(
                only(resources, "azure-native:authorization:RoleAssignment", name).inputs["roleDefinitionId"],
            ).slice(-36);
        assert.deepEqual(["a-s", "a-r", "a-m"].map(role), [
            "48e5e92e-a480-4e71-aa9c-2778f4c13781",
            "11076f67-66f6-4be0-8f6b-f0609fd05cc9",
            "6aaa78f1-f7de-44ca-8722-c64a23943cae",
        ]);
    });

    it("of elsewhere can have pools", async () => {
        const id = "/subscriptions/s/resourceGroups/other/providers/Microsoft.Batch/batchAccounts/theirs";
        const resources = await run(async () => {
            const account = BatchAccount.fromExisting("theirs", id);
            assert.match(await value(account.endpoint), /^https:\/\//);
            new Pool("p", { account, image: VmImage.ubuntu2404(), vmSize: "Standard_D2s_v5" });
        });
        const { inputs } = only(resources, "azure-native:batch:Pool");
        assert.deepEqual([inputs["resourceGroupName"], inputs["accountName"]], ["other", "theirs"]);
    });
});
