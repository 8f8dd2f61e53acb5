import assert from "node:assert/strict";
import { zipSync } from "fflate";
import { arm, at, newAccount, newGroup, newStorage, poolBody, versions } from "./given";
import type { Arm } from "./given";

describe("resource manager: applications", function () {
    this.timeout(30_000);
    let client: Arm;
    let account: string;
    const path = (...parts: string[]) => `${[account, "applications", ...parts].join("/")}?${versions.batch}`;
    const upload = (url: unknown, body: Buffer) =>
        client.raw("PUT", String(url), {
            headers: { "x-ms-blob-type": "BlockBlob", "x-ms-version": "2021-12-02" },
            body,
        });
    const codeOf = async (method: string, target: string, body?: unknown) => {
        const answer = await client.call(method, target, body);
        return `${answer.status} ${String(at(answer.body, "error", "code"))}`;
    };
    before(async () => {
        client = await arm();
        const group = await newGroup(client);
        account = await newAccount(client, group, {
            autoStorage: { storageAccountId: await newStorage(client, group) },
        });
    });

    it("takes a package through upload and activation, and a pool may then use it", async () => {
        await client.call("PUT", path("Tool"), { properties: { displayName: "Tool", allowUpdates: false } });
        const made = await client.call("PUT", path("tool", "versions", "7.1"));
        assert.equal(at(made.body, "properties", "state"), "Pending");
        assert.match(String(made.body["id"]), /\/applications\/Tool\/versions\/7\.1$/);
        const activate = path("tool", "versions", "7.1", "activate");
        assert.equal(await codeOf("POST", activate, { format: "zip" }), "409 ApplicationPackageBlobNotReady");
        const url = at(made.body, "properties", "storageUrl");
        assert.equal((await upload(url, Buffer.from("this is no zip archive at all"))).status, 201);
        assert.equal(await codeOf("POST", activate, { format: "zip" }), "409 ApplicationPackageBlobNotReady");
        assert.equal((await upload(url, Buffer.from(zipSync({ a: Buffer.from("a") })))).status, 201);
        assert.equal(
            await codeOf("POST", activate, { format: "tar" }),
            "400 ApplicationPackageFormatNotSupported",
        );
        const pool = `${account}/pools/p?${versions.batch}`;
        const uses = poolBody({
            applicationPackages: [{ id: `${account}/applications/tool`, version: "7.1" }],
        });
        assert.equal(await codeOf("PUT", pool, uses), "409 InvalidApplicationPackageReferences");
        const active = await client.call("POST", activate, { format: "zip" });
        assert.equal(at(active.body, "properties", "state"), "Active");
        const put = await client.call("PUT", pool, uses);
        assert.deepEqual(at(put.body, "properties", "applicationPackages"), [
            { id: `${account}/applications/tool`, version: "7.1" },
        ]);
        assert.equal(
            await codeOf("PUT", path("tool", "versions", "7.1")),
            "409 ApplicationPackageUpdateNotAllowed",
        );
    });

    it("knows default versions, and an application goes only after its packages", async () => {
        await client.call("PUT", path("other"));
        const none = { properties: { defaultVersion: "9" } };
        assert.equal(await codeOf("PATCH", path("other"), none), "400 InvalidPropertyValue");
        await client.call("PUT", path("other", "versions", "9"));
        const patched = await client.call("PATCH", path("other"), none);
        assert.equal(at(patched.body, "properties", "defaultVersion"), "9");
        assert.equal(await codeOf("DELETE", path("other")), "409 ApplicationHasPackages");
        assert.equal((await client.call("DELETE", path("other", "versions", "9"))).status, 200);
        assert.equal(
            at((await client.call("GET", path("other"))).body, "properties", "defaultVersion"),
            undefined,
        );
        assert.equal((await client.call("DELETE", path("other"))).status, 200);
        assert.equal((await client.call("DELETE", path("other"))).status, 204);
        assert.equal(await codeOf("GET", path("other")), "404 ApplicationNotFound");
    });

    it("needs linked storage for packages, and an application for a version", async () => {
        assert.equal(await codeOf("PUT", path("none", "versions", "1")), "404 ParentResourceNotFound");
        const bare = await newAccount(client, await newGroup(client));
        await client.call("PUT", `${bare}/applications/tool?${versions.batch}`);
        assert.equal(
            await codeOf("PUT", `${bare}/applications/tool/versions/1?${versions.batch}`),
            "409 AutoStorageNotSet",
        );
    });
});
