import assert from "node:assert/strict";
import { arm, at, newAccount, newGroup, newName, newStorage, versions } from "./given";
import type { Answer, Arm, Json } from "./given";

describe("resource manager: accounts, line by line", function () {
    this.timeout(60_000);
    let client: Arm;
    let group: string;
    before(async () => {
        client = await arm();
        group = await newGroup(client);
    });

    const batch = "api-version=2025-06-01";
    const codeOf = ({ status, body }: Answer) => `${status} ${String(at(body, "error", "code"))}`;
    const patch = (account: string, body: unknown) => client.call("PATCH", `${account}?${batch}`, body);
    const get = async (account: string) => (await client.call("GET", `${account}?${batch}`)).body;

    it("checks names: form, use, and what is free", async () => {
        const taken = (await newAccount(client, group)).split("/").at(-1);
        const check = async (name: unknown) => {
            const path = `/subscriptions/${client.subscription}/providers/Microsoft.Batch/locations/westeurope/checkNameAvailability`;
            const type = "Microsoft.Batch/batchAccounts";
            const { body } = await client.call("POST", `${path}?${batch}`, { name, type });
            return [body["nameAvailable"], body["reason"]];
        };
        assert.deepEqual(await check(taken), [false, "AlreadyExists"]);
        assert.deepEqual(await check("ab"), [false, "Invalid"]);
        assert.deepEqual(await check("with-hyphen"), [false, "Invalid"]);
        assert.deepEqual(await check("x".repeat(25)), [false, "Invalid"]);
        assert.deepEqual(await check(newName("free")), [true, undefined]);
    });

    it("merges a patch: null takes out, silence keeps", async () => {
        const storage = await newStorage(client, group);
        const account = await newAccount(client, group, { autoStorage: { storageAccountId: storage } });
        await patch(account, { tags: { a: "1", b: "2" }, properties: { publicNetworkAccess: "Disabled" } });
        let shown = await get(account);
        assert.deepEqual(shown["tags"], { a: "1", b: "2" });
        assert.equal(at(shown, "properties", "autoStorage", "storageAccountId"), storage);
        await patch(account, { tags: { a: null, b: "3" }, properties: { autoStorage: null } });
        shown = await get(account);
        assert.deepEqual(shown["tags"], { b: "3" });
        assert.equal(at(shown, "properties", "autoStorage"), undefined);
        assert.equal(at(shown, "properties", "publicNetworkAccess"), "Disabled");
        const sync = `${account}/syncAutoStorageKeys?${batch}`;
        assert.equal((await client.call("POST", sync)).status, 409);
        await patch(account, { properties: { autoStorage: { storageAccountId: storage } } });
        assert.equal((await client.call("POST", sync)).status, 204);
    });

    it("takes identities and keys of a vault, and refuses those that are not there", async () => {
        const account = await newAccount(client, group);
        const id = `${group}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/one`;
        const identity = { type: "UserAssigned", userAssignedIdentities: { [id]: {} } };
        assert.equal(codeOf(await patch(account, { identity })), "400 InvalidPropertyValue");
        await client.call("PUT", `${id}?${versions.identity}`, { location: "westeurope" });
        assert.equal((await patch(account, { identity })).status, 200);
        const shown = at(await get(account), "identity", "userAssignedIdentities") as Json;
        assert.match(String(at(Object.values(shown)[0], "clientId")), /^[0-9a-f-]{36}$/);
        const encrypted = (keyVaultProperties?: Json) =>
            patch(account, {
                properties: { encryption: { keySource: "Microsoft.KeyVault", keyVaultProperties } },
            });
        assert.equal(codeOf(await encrypted()), "400 MissingRequiredProperty");
        const keyIdentifier = "https://vault.vault.azure.net/keys/one/1";
        assert.equal((await encrypted({ keyIdentifier })).status, 200);
        assert.equal(
            at(await get(account), "properties", "encryption", "keyVaultProperties", "keyIdentifier"),
            keyIdentifier,
        );
    });

    it("takes network rules of addresses and ranges alone", async () => {
        const account = await newAccount(client, group);
        const allow = (value: string) =>
            patch(account, {
                properties: {
                    networkProfile: {
                        accountAccess: { defaultAction: "Deny", ipRules: [{ action: "Allow", value }] },
                    },
                },
            });
        for (const value of ["1.2.3.4", "10.0.0.0/8"]) assert.equal((await allow(value)).status, 200, value);
        for (const value of ["host", "1.2.3", "1.2.3.4/33", "::1", ""])
            assert.equal(codeOf(await allow(value)), "400 InvalidPropertyValue", value);
    });

    it("knows both ways of allocating pools", async () => {
        const own = await get(await newAccount(client, group));
        assert.ok(Number(at(own, "properties", "dedicatedCoreQuota")) > 0);
        const id = `${group}/providers/Microsoft.Batch/batchAccounts/${newName("us")}`;
        const put = (properties: Json) =>
            client.settle("PUT", `${id}?${batch}`, { location: "westeurope", properties });
        const mode = { poolAllocationMode: "UserSubscription", allowedAuthenticationModes: ["AAD"] };
        assert.equal(codeOf(await put(mode)), "400 MissingRequiredProperty");
        const vault = `${group}/providers/Microsoft.KeyVault/vaults/${newName("v")}`;
        const tenantId = client.tenant;
        const made = await client.call("PUT", `${vault}?${versions.vault}`, {
            location: "westeurope",
            properties: { tenantId, sku: { family: "A", name: "standard" }, accessPolicies: [] },
        });
        const keyVaultReference = { id: vault, url: at(made.body, "properties", "vaultUri") };
        assert.equal((await put({ ...mode, keyVaultReference })).status, 200);
        const shown = await get(id);
        assert.equal(at(shown, "properties", "poolAllocationMode"), "UserSubscription");
        // Cores are then counted by the subscription.
        assert.equal(at(shown, "properties", "dedicatedCoreQuota"), undefined);
        assert.equal(
            codeOf(await client.call("POST", `${id}/listKeys?${batch}`)),
            "409 OperationInvalidForCurrentState",
        );
    });

    it("shows and registers providers at any version of Microsoft.Resources, and names what is not there", async () => {
        const providers = `/subscriptions/${client.subscription}/providers/Microsoft.Batch`;
        const shown = await client.call("GET", `${providers}?api-version=2021-04-01`);
        assert.equal(shown.body["registrationState"], "Registered");
        assert.equal((await client.call("POST", `${providers}/register?api-version=2021-04-01`)).status, 200);
        const deployment = `${group}/providers/Microsoft.Resources/deployments/one?api-version=2021-04-01`;
        const refused = await client.call("PUT", deployment, { properties: {} });
        assert.equal(codeOf(refused), "501 NotImplemented");
        assert.match(String(at(refused.body, "error", "message")), /Microsoft\.Resources\/deployments/);
    });

    it("answers strange paths of other providers with a refusal in its own form", async () => {
        for (const path of [
            "%zz",
            "a/%00",
            "a%2fb",
            "..%2f..",
            "a/b/c",
            "a//",
            "\u00e9/x",
            "x".repeat(3_000),
        ]) {
            for (const method of ["GET", "PUT", "PATCH", "DELETE", "POST"]) {
                const target = `${group}/providers/Microsoft.Network/${path}?api-version=2024-05-01`;
                const answer = await client.call(method, target, method === "GET" ? undefined : {});
                assert.ok(answer.status < 500, `${method} ${path}: ${answer.status}`);
                if (answer.status >= 400)
                    assert.match(String(at(answer.body, "error", "code")), /^[A-Z]\w+$/);
            }
        }
    });

    it("takes everything along when a group goes, whichever provider it is of", async () => {
        const gone = await newGroup(client);
        const account = await newAccount(client, gone);
        const resources = [
            ["Microsoft.Network/publicIPAddresses/ip", versions.network],
            ["Microsoft.ManagedIdentity/userAssignedIdentities/id", versions.identity],
            ["Microsoft.OperationalInsights/workspaces/ws", "api-version=2023-09-01"],
        ].map(([name, version]) => `${gone}/providers/${name ?? ""}?${version ?? ""}`);
        for (const target of resources) await client.call("PUT", target, { location: "westeurope" });
        assert.ok((await client.settle("DELETE", `${gone}?${versions.groups}`)).status < 300);
        await client.call("PUT", `${gone}?${versions.groups}`, { location: "westeurope" });
        const { body } = await client.call("GET", `${gone}/resources?${versions.groups}`);
        assert.deepEqual(body["value"], []);
        for (const target of [...resources, `${account}?${batch}`])
            assert.equal(codeOf(await client.call("GET", target)), "404 ResourceNotFound");
    });
});
