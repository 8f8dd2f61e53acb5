import assert from "node:assert/strict";
import { arm, at, newAccount, newGroup, versions } from "./given";
import type { Arm, Json } from "./given";

describe("resource manager: other providers", function () {
    this.timeout(30_000);
    const location = "westeurope";
    let client: Arm;
    let group: string;
    before(async () => {
        client = await arm();
        group = await newGroup(client);
    });
    const { network, vault, roles, identity } = versions;
    const codeOf = async (method: string, target: string, body?: unknown) => {
        const answer = await client.call(method, target, body);
        return `${answer.status} ${String(at(answer.body, "error", "code"))}`;
    };

    const kinds: [string, string, Json?][] = [
        ["Microsoft.Network/networkSecurityGroups", "2024-05-01"],
        ["Microsoft.Network/publicIPAddresses", "2024-05-01"],
        ["Microsoft.Network/privateDnsZones", "2024-06-01"],
        ["Microsoft.KeyVault/vaults", "2024-11-01"],
        ["Microsoft.ManagedIdentity/userAssignedIdentities", "2023-01-31"],
        ["Microsoft.OperationalInsights/workspaces", "2023-09-01"],
        ["Microsoft.Insights/components", "2020-02-02"],
        ["Microsoft.Insights/actionGroups", "2023-01-01"],
        ["Microsoft.Insights/metricAlerts", "2018-03-01", { severity: 2 }],
        ["Microsoft.Portal/dashboards", "2020-09-01-preview"],
        ["Microsoft.ContainerRegistry/registries", "2023-07-01"],
    ];
    for (const [type, version, properties = { given: "kept" }] of kinds) {
        it(`keeps ${type}: put, get in any case, patch with null, list, delete`, async () => {
            const [namespace = "", plural = ""] = type.split("/");
            const id = `${group}/providers/${namespace}/${plural}/Thing1`;
            const query = `api-version=${version}`;
            const made = await client.call("PUT", `${id}?${query}`, {
                location,
                tags: { a: "1", b: "2" },
                properties,
            });
            assert.ok(made.status === 200 || made.status === 201, JSON.stringify(made.body));
            assert.deepEqual([made.body["id"], made.body["name"], made.body["type"]], [id, "Thing1", type]);
            assert.equal(at(made.body, "properties", "provisioningState"), "Succeeded");
            const shouted = await client.call("GET", `${id.toUpperCase()}?${query}`);
            assert.deepEqual(shouted.body, made.body);
            const again = await client.call("PUT", `${id}?${query}`, {
                location: "West Europe",
                tags: { a: "1" },
                properties,
            });
            assert.equal(again.status, 200);
            assert.deepEqual(at(again.body, "properties"), at(made.body, "properties"));
            const patched = await client.call("PATCH", `${id}?${query}`, { tags: { a: null, c: "3" } });
            assert.deepEqual(patched.body["tags"], { c: "3" });
            const list = await client.call("GET", `${group}/providers/${type}?${query}`);
            assert.deepEqual(
                (list.body["value"] as Json[]).map(({ name }) => name),
                ["Thing1"],
            );
            assert.equal(
                await codeOf("PUT", `${id}?${query}`, { location: "eastus" }),
                "409 InvalidResourceLocation",
            );
            assert.equal((await client.call("DELETE", `${id}?${query}`)).status, 200);
            assert.equal((await client.call("DELETE", `${id}?${query}`)).status, 204);
            assert.equal(await codeOf("GET", `${id}?${query}`), "404 ResourceNotFound");
        });
    }

    it("shows subnets in their network and as resources of their own, whichever way they were made", async () => {
        const id = `${group}/providers/Microsoft.Network/virtualNetworks/net`;
        const subnets = [{ name: "one", properties: { addressPrefix: "10.0.0.0/24" } }];
        const properties = { addressSpace: { addressPrefixes: ["10.0.0.0/16"] }, subnets };
        await client.call("PUT", `${id}?${network}`, { location, properties });
        const two = await client.call("PUT", `${id}/subnets/two?${network}`, {
            properties: { addressPrefix: "10.0.1.0/24" },
        });
        assert.equal(two.status, 201);
        const names = async () =>
            (at((await client.call("GET", `${id}?${network}`)).body, "properties", "subnets") as Json[]).map(
                ({ name }) => name,
            );
        assert.deepEqual(await names(), ["one", "two"]);
        assert.equal((await client.call("GET", `${id}/subnets/one?${network}`)).status, 200);
        await client.call("PUT", `${id}?${network}`, {
            location,
            properties: { addressSpace: properties.addressSpace },
        });
        assert.deepEqual(await names(), ["one", "two"]);
        await client.call("PUT", `${id}?${network}`, { location, properties });
        assert.deepEqual(await names(), ["one"]);
        await client.call("DELETE", `${id}?${network}`);
        assert.equal(await codeOf("GET", `${id}/subnets/one?${network}`), "404 ResourceNotFound");
    });

    it("never shows a secret's value", async () => {
        const id = `${group}/providers/Microsoft.KeyVault/vaults/safe`;
        const made = await client.call("PUT", `${id}?${vault}`, {
            location,
            properties: { sku: { family: "A", name: "standard" } },
        });
        const uri = String(at(made.body, "properties", "vaultUri"));
        const secret = await client.call("PUT", `${id}/secrets/password?${vault}`, {
            properties: { value: "hunter2" },
        });
        assert.equal(at(secret.body, "properties", "secretUri"), `${uri}secrets/password`);
        for (const path of [`${id}/secrets/password`, `${id}/secrets`, id]) {
            const { status, body } = await client.call("GET", `${path}?${vault}`);
            assert.equal(status, 200);
            assert.ok(!JSON.stringify(body).includes("hunter2"), path);
        }
    });

    it("keeps diagnostic settings on a Batch account, and they go with it", async () => {
        const account = await newAccount(client, group);
        const id = `${account}/providers/Microsoft.Insights/diagnosticSettings/logs?api-version=2021-05-01-preview`;
        assert.equal((await client.call("PUT", id, { properties: { logs: [] } })).status, 200);
        const list = await client.call("GET", id.replace("/logs?", "?"));
        assert.equal((list.body["value"] as Json[]).length, 1);
        assert.equal(
            await codeOf(
                "PUT",
                id.replace("/providers/Microsoft.Insights", "x/providers/Microsoft.Insights"),
                { properties: {} },
            ),
            "404 ResourceNotFound",
        );
        await client.settle("DELETE", `${account}?${versions.batch}`);
        assert.equal(await codeOf("GET", id), "404 ResourceNotFound");
    });

    it("holds role assignments to one of a kind, lists them by scope and principal, and finds roles by name", async () => {
        const who = await client.call(
            "PUT",
            `${group}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/who?${identity}`,
            { location },
        );
        const principalId = String(at(who.body, "properties", "principalId"));
        const subscription = `/subscriptions/${client.subscription}`;
        const found = await client.call(
            "GET",
            `${subscription}/providers/Microsoft.Authorization/roleDefinitions?${roles}&$filter=${encodeURIComponent("roleName eq 'Storage Blob Data Reader'")}`,
        );
        const roleDefinitionId = String(at(found.body, "value", 0, "id"));
        assert.match(roleDefinitionId, /2a2b9908-6ea1-4ae2-8e65-a410df84e7d1$/);
        const assignments = `${group}/providers/Microsoft.Authorization/roleAssignments`;
        const [one, two] = ["1", "2"].map(
            (end) => `${assignments}/7f8d0d83-94c1-4c5f-8a51-5a0d9a2f4a2${end}?${roles}`,
        );
        const properties = { principalId, principalType: "ServicePrincipal", roleDefinitionId };
        assert.equal((await client.call("PUT", String(one), { properties })).status, 201);
        assert.equal((await client.call("PUT", String(one), { properties })).status, 200);
        assert.equal(await codeOf("PUT", String(two), { properties }), "409 RoleAssignmentExists");
        assert.equal(
            await codeOf("PUT", String(one), { properties: { ...properties, principalId: "other" } }),
            "400 RoleAssignmentUpdateNotPermitted",
        );
        assert.equal(await codeOf("PUT", `${assignments}/name?${roles}`, { properties }), "400 BadRequest");
        const count = async (filter: string) => {
            const { body } = await client.call(
                "GET",
                `${subscription}/providers/Microsoft.Authorization/roleAssignments?${roles}&$filter=${encodeURIComponent(filter)}`,
            );
            return (body["value"] as Json[]).length;
        };
        assert.equal(await count(`principalId eq '${principalId}'`), 1);
        assert.equal(await count("principalId eq 'nobody'"), 0);
        assert.equal(await count(`atScope() and assignedTo('${principalId}')`), 0);
        assert.equal((await client.call("DELETE", String(one))).status, 200);
        assert.equal(await count(`principalId eq '${principalId}'`), 0);
    });

    it("gives an account the identities it names, and PATCH with null takes one away", async () => {
        const ids = ["ia", "ib"].map(
            (name) => `${group}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/${name}`,
        );
        for (const id of ids) await client.call("PUT", `${id}?${identity}`, { location });
        const account = `${await newAccount(client, group)}?${versions.batch}`;
        const [first = "", second = ""] = ids;
        const both = await client.call("PATCH", account, {
            identity: { type: "UserAssigned", userAssignedIdentities: { [first]: {}, [second]: {} } },
        });
        assert.match(
            String(at(both.body, "identity", "userAssignedIdentities", first, "principalId")),
            /^[0-9a-f-]{36}$/,
        );
        const less = await client.call("PATCH", account, {
            identity: { type: "UserAssigned", userAssignedIdentities: { [first]: null } },
        });
        assert.deepEqual(Object.keys(at(less.body, "identity", "userAssignedIdentities") as Json), [second]);
    });

    it("answers an action that is not there with 501 that names it", async () => {
        const id = `${group}/providers/Microsoft.ContainerRegistry/registries/reg`;
        await client.call("PUT", `${id}?api-version=2023-07-01`, { location, sku: { name: "Basic" } });
        assert.equal(await codeOf("POST", `${id}/listUsages?api-version=2023-07-01`), "501 NotImplemented");
    });
});
