import assert from "node:assert/strict";
import { BlobServiceClient, ContainerClient, StorageSharedKeyCredential } from "@azure/storage-blob";
import { arm, at, newGroup, newName, newStorage, versions } from "./given";
import type { Arm, Json } from "./given";

describe("resource manager: storage accounts", function () {
    this.timeout(30_000);
    let client: Arm;
    let group: string;
    before(async () => {
        client = await arm();
        group = await newGroup(client);
    });
    const plain = (url: unknown) => String(url).replace("https:", "http:");
    const blobsOf = async (id: string, key: unknown) => {
        const { body } = await client.call("GET", `${id}?${versions.storage}`);
        const credential = new StorageSharedKeyCredential(String(body["name"]), String(key));
        return new BlobServiceClient(plain(at(body, "properties", "primaryEndpoints", "blob")), credential, {
            retryOptions: { maxTries: 1 },
        });
    };
    const refused = (error: { statusCode?: number }) => error.statusCode === 403;

    it("works with the keys and the endpoint it gives, shows no key, and a regenerated key ends the old one at once", async () => {
        const id = await newStorage(client, group);
        const shown = await client.call("GET", `${id}?${versions.storage}`);
        const listed = await client.call("POST", `${id}/listKeys?${versions.storage}`);
        const [first, second] = (listed.body["keys"] as Json[]).map(({ value }) => String(value));
        assert.ok(first && second && !JSON.stringify(shown.body).includes(first));
        const { body: inGroup } = await client.call("GET", `${group}/resources?${versions.groups}`);
        assert.ok(!JSON.stringify(inGroup).includes(first));
        const blobs = await blobsOf(id, first);
        await blobs.getContainerClient("made-there").create();
        const container = `${id}/blobServices/default/containers/made-there?${versions.storage}`;
        assert.equal((await client.call("GET", container)).status, 200);
        const changed = await client.call("POST", `${id}/regenerateKey?${versions.storage}`, {
            keyName: "key1",
        });
        assert.notEqual(at(changed.body, "keys", 0, "value"), first);
        await assert.rejects(blobs.getContainerClient("made-there").getProperties(), refused);
        await (await blobsOf(id, second)).getContainerClient("made-there").getProperties();
    });

    it("makes, changes, lists and deletes real containers", async () => {
        const id = await newStorage(client, group);
        const containers = `${id}/blobServices/default/containers`;
        const path = `${containers}/output?${versions.storage}`;
        const made = await client.call("PUT", path, { properties: { metadata: { team: "render" } } });
        assert.equal(made.status, 201);
        assert.deepEqual(at(made.body, "properties", "metadata"), { team: "render" });
        const patched = await client.call("PATCH", path, { properties: { metadata: { team: "other" } } });
        assert.deepEqual(at(patched.body, "properties", "metadata"), { team: "other" });
        const list = await client.call("GET", `${containers}?${versions.storage}`);
        assert.deepEqual(
            (list.body["value"] as Json[]).map(({ name }) => name),
            ["output"],
        );
        assert.equal((await client.call("DELETE", path)).status, 200);
        assert.equal((await client.call("DELETE", path)).status, 204);
        assert.equal((await client.call("GET", path)).status, 404);
        const bad = await client.call("PUT", `${containers}/No--Good?${versions.storage}`, {});
        assert.deepEqual([bad.status, at(bad.body, "error", "code")], [400, "InvalidResourceName"]);
    });

    it("signs access that storage takes, and only for what was asked", async () => {
        const id = await newStorage(client, group);
        const name = id.split("/").at(-1) ?? "";
        await client.call("PUT", `${id}/blobServices/default/containers/input?${versions.storage}`, {});
        const endpoint = plain(
            at(
                (await client.call("GET", `${id}?${versions.storage}`)).body,
                "properties",
                "primaryEndpoints",
                "blob",
            ),
        );
        const signedExpiry = new Date(Date.now() + 3_600_000).toISOString();
        const service = await client.call("POST", `${id}/ListServiceSas?${versions.storage}`, {
            canonicalizedResource: `/blob/${name}/input`,
            signedResource: "c",
            signedPermission: "l",
            signedExpiry,
        });
        const lister = new ContainerClient(
            `${endpoint}input?${String(service.body["serviceSasToken"])}`,
            undefined,
            { retryOptions: { maxTries: 1 } },
        );
        assert.equal((await lister.listBlobsFlat().next()).done, true);
        await assert.rejects(lister.getBlockBlobClient("a").upload("x", 1), refused);
        const account = await client.call("POST", `${id}/ListAccountSas?${versions.storage}`, {
            signedServices: "b",
            signedResourceTypes: "sco",
            signedPermission: "rwl",
            signedExpiry,
        });
        const writer = new ContainerClient(`${endpoint}input?${String(account.body["accountSasToken"])}`);
        await writer.getBlockBlobClient("a").upload("x", 1);
    });

    it("refuses bad and taken names, and deleting an account takes its blobs along", async () => {
        const id = await newStorage(client, group);
        const name = id.split("/").at(-1) ?? "";
        const body = { location: "westeurope", kind: "StorageV2", sku: { name: "Standard_LRS" } };
        const put = async (where: string, called: string, sent: Json = body) => {
            const path = `${where}/providers/Microsoft.Storage/storageAccounts/${called}?${versions.storage}`;
            const answer = await client.call("PUT", path, sent);
            return `${answer.status} ${String(at(answer.body, "error", "code"))}`;
        };
        assert.equal(await put(group, "No-Good"), "400 AccountNameInvalid");
        assert.equal(await put(await newGroup(client), name), "409 StorageAccountAlreadyTaken");
        assert.equal(
            await put(group, newName("st"), { location: "westeurope" }),
            "400 MissingRequiredProperty",
        );
        const check = `/subscriptions/${client.subscription}/providers/Microsoft.Storage/checkNameAvailability?${versions.storage}`;
        assert.equal(
            (await client.call("POST", check, { name, type: "Microsoft.Storage/storageAccounts" })).body[
                "reason"
            ],
            "AlreadyExists",
        );
        const container = `${id}/blobServices/default/containers/input?${versions.storage}`;
        await client.call("PUT", container, {});
        assert.equal((await client.call("DELETE", `${id}?${versions.storage}`)).status, 200);
        assert.equal((await client.call("DELETE", `${id}?${versions.storage}`)).status, 204);
        await put(group, name);
        assert.equal((await client.call("GET", container)).status, 404);
    });
});
