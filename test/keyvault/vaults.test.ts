import assert from "node:assert/strict";
import type { Arm } from "../arm/given";
import { armVersion, at, House, VaultClient, vaultId, type Json } from "./given";

describe("key vault: vaults", function () {
    this.timeout(30_000);
    const house = new House();
    let arm: Arm;
    before(async () => {
        arm = await house.open();
    });
    after(() => house.close());

    const ask = (method: string, target: string, body?: unknown) =>
        arm.call(method, `${target}?${armVersion}`, body);
    const put = (name: string, properties: Json = {}, group?: string) =>
        ask("PUT", vaultId(arm, name, group), { location: "westeurope", properties });
    const refusal = async (answer: Promise<{ status: number; body: Json }>) => {
        const { status, body } = await answer;
        return `${status} ${String(at(body, "error", "code"))}`;
    };
    const deleted = (name: string) =>
        `/subscriptions/${arm.subscription}/providers/Microsoft.KeyVault/locations/westeurope/deletedVaults/${name}`;

    it("gives each vault an endpoint of its own, and leaves it there on later writes", async () => {
        const one = await put("vault-one");
        const two = await put("vault-two");
        const uris = [one, two].map(({ body }) => String(at(body, "properties", "vaultUri")));
        assert.notEqual(uris[0], uris[1]);
        for (const uri of uris) assert.match(uri, /^https:\/\/127\.0\.0\.1:\d+\/$/);
        const again = await put("vault-one", { enabledForDeployment: true, vaultUri: "https://elsewhere/" });
        assert.equal(at(again.body, "properties", "vaultUri"), uris[0]);
    });

    it("refuses names that are none or are taken in another group", async () => {
        for (const name of ["ab", "1vault", "a--b", "ends-", "under_score", "x".repeat(25)])
            assert.equal(await refusal(put(name)), "400 VaultNameNotValid", name);
        const group = `/subscriptions/${arm.subscription}/resourceGroups/elsewhere?api-version=2024-03-01`;
        await arm.call("PUT", group, { location: "westeurope" });
        assert.equal(await refusal(put("vault-ONE", {}, "elsewhere")), "409 VaultAlreadyExists");
        assert.equal(await refusal(put("nowhere", {}, "no-such-group")), "404 ResourceGroupNotFound");
        const nowhere = await ask("PUT", vaultId(arm, "placeless"), { properties: {} });
        assert.equal(nowhere.status, 400);
    });

    it("makes one of two that ask for a name at once", async () => {
        const answers = await Promise.all(
            ["batchlocal", "elsewhere"].map((group) => put("contested", {}, group)),
        );
        assert.deepEqual(answers.map(({ status }) => status).sort(), [200, 409]);
        const won = answers.find(({ status }) => status === 200);
        const vault = VaultClient.of(arm, String(at(won?.body, "properties", "vaultUri")));
        await vault.must(200, "PUT", "secrets/s", { value: "v" });
    });

    it("deletes softly: the endpoint ends, name and contents stay until recovered or purged", async () => {
        const vault = await VaultClient.make(arm, "phoenix", { softDeleteRetentionInDays: 7 });
        await vault.must(200, "PUT", "secrets/ash", { value: "fire" });
        assert.equal((await ask("DELETE", vaultId(arm, "phoenix"))).status, 200);
        await assert.rejects(vault.call("GET", "secrets/ash"));
        assert.equal((await ask("GET", vaultId(arm, "phoenix"))).status, 404);
        const left = await ask("GET", deleted("phoenix"));
        assert.equal(at(left.body, "properties", "vaultId"), vaultId(arm, "phoenix"));
        assert.equal(await refusal(put("phoenix")), "409 ConflictError");
        const list = await ask(
            "GET",
            `/subscriptions/${arm.subscription}/providers/Microsoft.KeyVault/deletedVaults`,
        );
        assert.deepEqual(
            (list.body["value"] as Json[]).map(({ name }) => name),
            ["phoenix"],
        );

        const recovered = await put("phoenix", { createMode: "recover" });
        assert.equal(recovered.status, 200, JSON.stringify(recovered.body));
        const back = VaultClient.of(arm, String(at(recovered.body, "properties", "vaultUri")));
        assert.equal((await back.must(200, "GET", "secrets/ash"))["value"], "fire");
        assert.equal(at(recovered.body, "properties", "softDeleteRetentionInDays"), 7);
        assert.equal((await ask("GET", deleted("phoenix"))).status, 404);

        await ask("DELETE", vaultId(arm, "phoenix"));
        assert.equal((await ask("POST", `${deleted("phoenix")}/purge`)).status, 200);
        assert.equal((await ask("POST", `${deleted("phoenix")}/purge`)).status, 404);
        const fresh = await VaultClient.make(arm, "phoenix");
        assert.equal(await fresh.refusal("GET", "secrets/ash"), "404 SecretNotFound");
        assert.equal(await fresh.refusal("GET", "deletedsecrets/ash"), "404 SecretNotFound");
    });

    it("purges no vault that is protected", async () => {
        await put("guarded-vault", { enablePurgeProtection: true });
        await ask("DELETE", vaultId(arm, "guarded-vault"));
        assert.equal((await ask("POST", `${deleted("guarded-vault")}/purge`)).status, 403);
        assert.equal((await put("guarded-vault", { createMode: "recover" })).status, 200);
    });

    it("goes with its resource group, and can still be recovered after a restart", async () => {
        const group = `/subscriptions/${arm.subscription}/resourceGroups/passing`;
        const groups = `${group}?api-version=2024-03-01`;
        await arm.call("PUT", groups, { location: "westeurope" });
        const made = await put("passing-vault", {}, "passing");
        const vault = VaultClient.of(arm, String(at(made.body, "properties", "vaultUri")));
        await vault.must(200, "PUT", "secrets/s", { value: "still here" });
        await arm.settle("DELETE", groups);
        await assert.rejects(vault.call("GET", "secrets/s"));
        await house.shut();
        arm = await house.open();
        assert.equal(await refusal(put("passing-vault")), "409 ConflictError");
        assert.equal(
            await refusal(put("passing-vault", { createMode: "recover" }, "passing")),
            "404 ResourceGroupNotFound",
        );
        await arm.call("PUT", groups, { location: "westeurope" });
        const back = await put("passing-vault", { createMode: "recover" }, "passing");
        const found = VaultClient.of(arm, String(at(back.body, "properties", "vaultUri")));
        assert.equal((await found.must(200, "GET", "secrets/s"))["value"], "still here");
    });
});
