import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import {
    AccountSASPermissions,
    AccountSASResourceTypes,
    AccountSASServices,
    BlobServiceClient,
    generateAccountSASQueryParameters,
    StorageSharedKeyCredential,
} from "@azure/storage-blob";
import type { Storage } from "../../local/storage";
import { contentOf, givenStorage, newAccount, temporaryFolder } from "./given";

describe("storage, seen by @azure/storage-blob", () => {
    const account = newAccount("clients");
    const folder = temporaryFolder();
    let storage: Storage;
    let client: BlobServiceClient;

    before(async () => {
        storage = await givenStorage({ dataDir: folder.path, accounts: [account] });
        client = new BlobServiceClient(
            storage.blobEndpoint(account.name, "http"),
            new StorageSharedKeyCredential(account.name, account.keys[1]),
        );
    });
    after(async () => {
        await storage.stop();
        folder.remove();
    });

    it("keeps an empty blob, a short one and one of 50 MB, byte for byte", async () => {
        const container = client.getContainerClient("sizes");
        await container.create();
        for (const bytes of [0, 1, 1023, 50 * 1024 * 1024]) {
            const content = contentOf(`size ${bytes}`, bytes);
            const blob = container.getBlockBlobClient(`size-${bytes}`);
            await blob.upload(content, bytes);
            const back = await buffer((await blob.download()).readableStreamBody as Readable);
            assert.equal(back.compare(content), 0, `${bytes} bytes came back changed`);
        }
    });

    it("keeps names with spaces, slashes and Unicode, and lists them by prefix", async () => {
        const container = client.getContainerClient("names");
        await container.create();
        const names = ["a b/c d.txt", "größe/ü.txt", "日本語/名前 1.log", "100% + #1?.txt", "a b/z"];
        for (const name of names)
            await container.getBlockBlobClient(name).upload(name, Buffer.byteLength(name));
        const listed: string[] = [];
        for await (const { name } of container.listBlobsFlat()) listed.push(name);
        assert.deepEqual(listed, [...names].sort());
        const ofPrefix: string[] = [];
        for await (const { name } of container.listBlobsFlat({ prefix: "a b/" })) ofPrefix.push(name);
        assert.deepEqual(ofPrefix, ["a b/c d.txt", "a b/z"]);
        for (const name of names) {
            assert.equal((await container.getBlobClient(name).downloadToBuffer()).toString(), name);
        }
    });

    it("assembles blocks, appends, copies, leases and deletes in a batch", async () => {
        const container = client.getContainerClient("operations");
        await container.create();
        const blocks = container.getBlockBlobClient("blocks");
        await blocks.stageBlock("MQ==", "one ", 4);
        await blocks.stageBlock("Mg==", "two", 3);
        await blocks.commitBlockList(["Mg==", "MQ=="]);
        assert.equal((await blocks.downloadToBuffer()).toString(), "twoone ");

        const log = container.getAppendBlobClient("log");
        await log.create();
        for (const line of ["a\n", "b\n"]) await log.appendBlock(line, line.length);
        assert.equal((await log.downloadToBuffer()).toString(), "a\nb\n");

        const copy = container.getBlobClient("copy");
        await (await copy.beginCopyFromURL(blocks.url)).pollUntilDone();
        assert.equal((await copy.downloadToBuffer()).toString(), "twoone ");

        const lease = await blocks.getBlobLeaseClient().acquireLease(15);
        await assert.rejects(blocks.delete(), { statusCode: 412, code: "LeaseIdMissing" });
        await blocks.getBlobLeaseClient(lease.leaseId).releaseLease();

        const urls = ["blocks", "log", "copy"].map((name) => container.getBlobClient(name).url);
        const answer = await client.getBlobBatchClient().deleteBlobs(urls, client.credential);
        assert.equal(answer.subResponsesSucceededCount, 3);
    });

    it("answers a condition that does not hold as the service does", async () => {
        const container = client.getContainerClient("conditions");
        await container.create();
        await assert.rejects(container.create(), { statusCode: 409, code: "ContainerAlreadyExists" });
        const blob = container.getBlockBlobClient("once");
        await blob.upload("1", 1, { conditions: { ifNoneMatch: "*" } });
        await assert.rejects(blob.upload("2", 1, { conditions: { ifNoneMatch: "*" } }), {
            statusCode: 409,
            code: "BlobAlreadyExists",
        });
        await assert.rejects(container.getBlobClient("none").download(), {
            statusCode: 404,
            code: "BlobNotFound",
        });
    });

    it("serves an api-version that Azurite does not know yet", async () => {
        const url = storage.containerSas(account.name, "conditions", {
            permissions: "rl",
            expires: new Date(Date.now() + 60_000),
        });
        const answer = await fetch(plain(url) + "&restype=container&comp=list", {
            headers: { "x-ms-version": "2099-01-01" },
        });
        assert.equal(answer.status, 200);
    });

    it("gives the service its own client: put, find, range, list, delete", async () => {
        const blobs = storage.blobs(account.name);
        await blobs.createContainer("own");
        await blobs.createContainer("own");
        const content = contentOf("own", 10_000);
        await blobs.put("own", "dir/x y.bin", content, {
            contentType: "text/x",
            metadata: { origin: "here" },
        });
        await blobs.put("own", "dir/streamed", Readable.from([content, content]));
        const found = await blobs.find("own", "dir/x y.bin");
        assert.equal(found?.length, 10_000);
        assert.equal(found.contentType, "text/x");
        assert.equal(found.metadata.origin, "here");
        assert.deepEqual(await buffer(await blobs.get("own", "dir/x y.bin", 5, 7)), content.subarray(5, 12));
        assert.deepEqual(
            await buffer(await blobs.get("own", "dir/streamed")),
            Buffer.concat([content, content]),
        );
        const names: string[] = [];
        for await (const { name } of blobs.list("own", "dir/")) names.push(name);
        assert.deepEqual(names, ["dir/streamed", "dir/x y.bin"]);
        assert.equal(await blobs.delete("own", "dir/streamed"), true);
        assert.equal(await blobs.delete("own", "dir/streamed"), false);
        assert.equal(await blobs.find("own", "dir/streamed"), undefined);
        assert.equal(await blobs.deleteContainer("own"), true);
        assert.equal(await blobs.deleteContainer("own"), false);
    });

    it("passes a stream of 200 MB through bounded memory", async () => {
        const blobs = storage.blobs(account.name);
        await blobs.createContainer("long");
        const chunk = contentOf("chunk", 1024 * 1024);
        const chunks = 200;
        await blobs.put("long", "stream", Readable.from(repeat(chunk, chunks)));
        let read = 0;
        for await (const part of await blobs.get("long", "stream")) read += (part as Buffer).length;
        assert.equal(read, chunks * chunk.length);
        const rss = execFileSync("ps", ["-o", "rss=", "-p", String(storage.pid)], { encoding: "utf8" });
        assert.ok(Number(rss) < 400 * 1024, `the storage process holds ${Number(rss)} KiB`);
    });

    it("answers queues and tables to an account signature", async () => {
        const sas = generateAccountSASQueryParameters(
            {
                expiresOn: new Date(Date.now() + 60_000),
                permissions: AccountSASPermissions.parse("rwdlacup"),
                services: AccountSASServices.parse("bqt").toString(),
                resourceTypes: AccountSASResourceTypes.parse("sco").toString(),
            },
            new StorageSharedKeyCredential(account.name, account.keys[0]),
        ).toString();
        const version = { "x-ms-version": "2024-08-04" };
        const queue = `${storage.queueEndpoint(account.name, "http")}/work`;
        assert.equal((await fetch(`${queue}?${sas}`, { method: "PUT", headers: version })).status, 201);
        const message = "<QueueMessage><MessageText>hello</MessageText></QueueMessage>";
        assert.equal(
            (await fetch(`${queue}/messages?${sas}`, { method: "POST", headers: version, body: message }))
                .status,
            201,
        );
        const got = await (await fetch(`${queue}/messages?${sas}`, { headers: version })).text();
        assert.match(got, /<MessageText>hello<\/MessageText>/);

        const tables = storage.tableEndpoint(account.name, "http");
        const json = {
            ...version,
            "content-type": "application/json",
            accept: "application/json;odata=nometadata",
        };
        const made = await fetch(`${tables}/Tables?${sas}`, {
            method: "POST",
            headers: json,
            body: '{"TableName":"facts"}',
        });
        assert.equal(made.status, 201);
        const entity = JSON.stringify({ PartitionKey: "p", RowKey: "r", value: "v" });
        assert.equal(
            (await fetch(`${tables}/facts?${sas}`, { method: "POST", headers: json, body: entity })).status,
            201,
        );
        const back = (await (await fetch(`${tables}/facts()?${sas}`, { headers: json })).json()) as {
            value: { value: string }[];
        };
        assert.equal(back.value[0]?.value, "v");
    });
});

function* repeat<T>(value: T, times: number): Generator<T> {
    for (let i = 0; i < times; i++) yield value;
}

const plain = (url: string): string => url.replace(/^https:/, "http:");
