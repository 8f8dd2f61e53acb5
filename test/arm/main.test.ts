import assert from "node:assert/strict";
import { arm, at, newAccount, newGroup, newName, newStorage, poolBody, versions } from "./given";

describe("resource manager: what a deployment asks for", function () {
    this.timeout(30_000);

    it("makes group, storage, container, identity, role, account and pool, and deleting the group takes all", async () => {
        const client = await arm();
        const group = await newGroup(client);
        const storage = await newStorage(client, group);
        const container = `${storage}/blobServices/default/containers/input?${versions.storage}`;
        assert.equal((await client.call("PUT", container, {})).status, 201);
        assert.equal((await client.call("PUT", container, {})).status, 200);
        assert.equal((await client.call("GET", container)).status, 200);
        const identity = `${group}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/worker?${versions.identity}`;
        const made = await client.call("PUT", identity, { location: "westeurope" });
        assert.equal(made.status, 201);
        const principalId = at(made.body, "properties", "principalId");
        const role = `${storage}/providers/Microsoft.Authorization/roleAssignments/7f8d0d83-94c1-4c5f-8a51-5a0d9a2f4a11?${versions.roles}`;
        const assigned = await client.call("PUT", role, {
            properties: {
                principalId,
                principalType: "ServicePrincipal",
                roleDefinitionId: `/subscriptions/${client.subscription}/providers/Microsoft.Authorization/roleDefinitions/ba92f5b4-2d11-453d-a403-e96b0029c9fe`,
            },
        });
        assert.equal(assigned.status, 201);
        const account = await newAccount(client, group, {
            autoStorage: { storageAccountId: storage },
            allowedAuthenticationModes: ["AAD"],
        });
        const shown = await client.call("GET", `${account}?${versions.batch}`);
        assert.match(String(at(shown.body, "properties", "accountEndpoint")), /^127\.0\.0\.1:\d+$/);
        const pool = `${account}/pools/p1?${versions.batch}`;
        const put = await client.call(
            "PUT",
            pool,
            poolBody({ scaleSettings: { fixedScale: { targetDedicatedNodes: 2 } } }),
        );
        assert.equal(put.status, 200);
        assert.equal(at(put.body, "properties", "provisioningState"), "Succeeded");
        for (;;) {
            const { body } = await client.call("GET", pool);
            if (at(body, "properties", "allocationState") === "Steady") {
                assert.equal(at(body, "properties", "currentDedicatedNodes"), 2);
                break;
            }
        }
        const first = await client.call("DELETE", `${group}?${versions.groups}`);
        assert.equal(first.status, 202);
        assert.ok(first.headers["location"]);
        assert.equal((await client.settle("GET", String(first.headers["location"]))).status, 204);
        for (const gone of [
            `${group}?${versions.groups}`,
            pool,
            `${storage}?${versions.storage}`,
            identity,
        ]) {
            const answer = await client.call("GET", gone);
            assert.deepEqual(
                [answer.status, at(answer.body, "error", "code")],
                [404, "ResourceGroupNotFound"],
            );
        }
        assert.equal((await client.call("DELETE", `${group}?${versions.groups}`)).status, 404);
    });

    it("answers an account's PUT with an operation that both of its headers follow to the end", async () => {
        const client = await arm();
        const group = await newGroup(client);
        const id = `${group}/providers/Microsoft.Batch/batchAccounts/${newName("ba")}?${versions.batch}`;
        const put = await client.call("PUT", id, { location: "West Europe" });
        assert.equal(put.status, 202);
        assert.equal(put.headers["retry-after"], "1");
        const status = String(put.headers["azure-asyncoperation"]);
        for (;;) {
            const { body } = await client.call("GET", status);
            if (body["status"] !== "InProgress") {
                assert.equal(body["status"], "Succeeded");
                break;
            }
        }
        const result = await client.call("GET", String(put.headers["location"]));
        assert.equal(result.status, 200);
        assert.equal(result.body["location"], "westeurope");
        // The same account again is an update, and its endpoint, keys and id stay.
        const keys = await client.call("POST", id.replace("?", "/listKeys?"));
        const again = await client.call("PUT", id.toUpperCase().replace("API-VERSION", "api-version"), {
            location: "westeurope",
            tags: { a: "b" },
        });
        assert.equal(again.status, 200);
        assert.equal(again.body["id"], result.body["id"]);
        assert.equal(
            at(again.body, "properties", "accountEndpoint"),
            at(result.body, "properties", "accountEndpoint"),
        );
        assert.deepEqual((await client.call("POST", id.replace("?", "/listKeys?"))).body, keys.body);
        assert.equal((await client.settle("DELETE", id)).status, 204);
        assert.equal((await client.call("DELETE", id)).status, 204);
    });
});
