import assert from "node:assert/strict";
import { fork, spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, readdirSync, renameSync, statSync, writeFileSync } from "node:fs";
import { connect, createServer, type AddressInfo } from "node:net";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { buffer } from "node:stream/consumers";
import {
    AccountSASPermissions,
    AccountSASResourceTypes,
    AccountSASServices,
    BlobServiceClient,
    generateAccountSASQueryParameters,
    StorageSharedKeyCredential,
    type ContainerClient,
    type RestError,
} from "@azure/storage-blob";
import { startStorage, type Storage, type StorageAccount } from "../../local/storage";
import { contentOf, givenCertificate, givenIssuer, givenStorage, newAccount, temporaryFolder } from "./given";
import { sizeOf, writeUntilItFails } from "./load";

function container(storage: Storage, account: StorageAccount, name: string): ContainerClient {
    const options = { retryOptions: { maxTries: 1 } };
    const key = new StorageSharedKeyCredential(account.name, account.keys[0]);
    return new BlobServiceClient(storage.blobEndpoint(account.name, "http"), key, options).getContainerClient(
        name,
    );
}

describe("durability of storage", () => {
    const account = newAccount("durable");
    let folder: ReturnType<typeof temporaryFolder>;
    beforeEach(() => (folder = temporaryFolder()));
    afterEach(() => folder.remove());

    it("has every acknowledged blob with its content after kill -9 in the middle of a write load", async () => {
        const rounds = 6;
        const put = new Set<string>();
        const deleted = new Set<string>();
        // A delete that was sent and not acknowledged may have happened or not.
        const deleting = new Set<string>();
        let ports: Storage["ports"] | undefined;
        for (let round = 0; round < rounds; round++) {
            const storage = await givenStorage({ dataDir: folder.path, accounts: [account], ports });
            ports = storage.ports;
            const client = container(storage, account, "load");
            await client.createIfNotExists();
            const exit = new Promise<string | null>((told) => storage.onExit(({ signal }) => told(signal)));
            let acknowledged = 0;
            const killAfter = 20 + Math.floor(Math.random() * 150);
            await writeUntilItFails(client, `round${round}`, (operation, name) => {
                ({ put, deleting, delete: deleted })[operation].add(name);
                if (operation === "put" && ++acknowledged === killAfter)
                    process.kill(storage.pid ?? 0, "SIGKILL");
            });
            assert.equal(await exit, "SIGKILL");
        }
        const storage = await givenStorage({ dataDir: folder.path, accounts: [account], ports });
        try {
            const client = container(storage, account, "load");
            const listed = new Set<string>();
            for await (const { name } of client.listBlobsFlat()) listed.add(name);
            let present = 0;
            for (const name of put) {
                if (deleting.has(name)) continue;
                assert.ok(listed.has(name), `${name} was acknowledged and is not listed`);
                const content = await client.getBlobClient(name).downloadToBuffer();
                assert.ok(content.equals(contentOf(name, sizeOf(name))), `${name} came back changed`);
                present += 1;
            }
            for (const name of deleted) assert.ok(!listed.has(name), `${name} was deleted and is back`);
            // What was never acknowledged may be there, but then whole.
            for (const name of listed) {
                if (put.has(name)) continue;
                const content = await client.getBlobClient(name).downloadToBuffer();
                assert.ok(content.equals(contentOf(name, sizeOf(name))), `${name} is there in part`);
            }
            console.log(
                `      ${rounds} kills: ${put.size} puts and ${deleted.size} deletes acknowledged; ${present} blobs expected and read, 0 lost, 0 back`,
            );
        } finally {
            await storage.stop();
        }
    });

    it("keeps dates, metadata and content hashes over kill -9", async () => {
        let storage = await givenStorage({ dataDir: folder.path, accounts: [account] });
        let client = container(storage, account, "facts");
        await client.create({ metadata: { owner: "us" } });
        await client
            .getBlockBlobClient("x")
            .upload("abc", 3, { metadata: { a: "1" }, blobHTTPHeaders: { blobContentType: "text/x" } });
        await client.getAppendBlobClient("log").create();
        await client.getAppendBlobClient("log").appendBlock("one", 3);
        const before = await client.getBlobClient("x").getProperties();
        process.kill(storage.pid ?? 0, "SIGKILL");
        await new Promise<void>((gone) => storage.onExit(() => gone()));

        storage = await givenStorage({ dataDir: folder.path, accounts: [account] });
        client = container(storage, account, "facts");
        const after = await client.getBlobClient("x").getProperties();
        for (const field of ["etag", "contentType", "contentLength"] as const)
            assert.equal(after[field], before[field]);
        assert.deepEqual(after.metadata, before.metadata);
        assert.deepEqual(after.contentMD5, before.contentMD5);
        assert.deepEqual(after.lastModified, before.lastModified);
        assert.equal((await client.getProperties()).metadata?.owner, "us");
        await client.getAppendBlobClient("log").appendBlock(" two", 4);
        assert.equal((await client.getBlobClient("log").downloadToBuffer()).toString(), "one two");
        const listed: (Date | undefined)[] = [];
        for await (const { properties } of client.listBlobsFlat()) listed.push(properties.lastModified);
        assert.ok(listed.every((date) => date instanceof Date && !Number.isNaN(date.getTime())));
        await storage.stop();
    });

    it("keeps queues and tables over kill -9, a deleted table deleted", async () => {
        const version = { "x-ms-version": "2024-08-04" };
        const json = {
            ...version,
            "content-type": "application/json",
            accept: "application/json;odata=nometadata",
        };
        const query = generateAccountSASQueryParameters(
            {
                expiresOn: new Date(Date.now() + 600_000),
                permissions: AccountSASPermissions.parse("rwdlacup"),
                services: AccountSASServices.parse("qt").toString(),
                resourceTypes: AccountSASResourceTypes.parse("sco").toString(),
            },
            new StorageSharedKeyCredential(account.name, account.keys[0]),
        ).toString();
        const send = async (url: string, init: RequestInit): Promise<string> => {
            const answer = await fetch(`${url}?${query}`, init);
            const text = await answer.text();
            assert.ok(answer.ok, text);
            return text;
        };
        let storage = await givenStorage({ dataDir: folder.path, accounts: [account] });
        const queue = (): string => `${storage.queueEndpoint(account.name, "http")}/work`;
        const tables = (): string => storage.tableEndpoint(account.name, "http");
        const table = (name: string): Promise<string> =>
            send(`${tables()}/Tables`, {
                method: "POST",
                headers: json,
                body: JSON.stringify({ TableName: name }),
            });
        await send(queue(), { method: "PUT", headers: version });
        const message = "<QueueMessage><MessageText>hello</MessageText></QueueMessage>";
        await send(`${queue()}/messages`, { method: "POST", headers: version, body: message });
        await table("kept");
        await table("gone");
        const entity = JSON.stringify({
            PartitionKey: "p",
            RowKey: "r",
            when: "2026-01-02T03:04:05Z",
            "when@odata.type": "Edm.DateTime",
        });
        await send(`${tables()}/kept`, { method: "POST", headers: json, body: entity });
        const before = await send(`${tables()}/kept()`, { headers: json });
        await send(`${tables()}/Tables('gone')`, { method: "DELETE", headers: json });
        process.kill(storage.pid ?? 0, "SIGKILL");
        await new Promise<void>((gone) => storage.onExit(() => gone()));

        storage = await givenStorage({ dataDir: folder.path, accounts: [account] });
        assert.match(
            await send(`${queue()}/messages`, { headers: version }),
            /<MessageText>hello<\/MessageText>/,
        );
        assert.equal(await send(`${tables()}/kept()`, { headers: json }), before);
        assert.deepEqual(JSON.parse(await send(`${tables()}/Tables`, { headers: json })).value, [
            { TableName: "kept" },
        ]);
        await storage.stop();
    });

    it("deletes what no blob names any more, also after a restart, and nothing else", async () => {
        let storage = await givenStorage({ dataDir: folder.path, accounts: [account] });
        const extents = join(folder.path, "storage", "blob-extents");
        await storage.blobs(account.name).createContainer("box");
        await storage.blobs(account.name).put("box", "gone", contentOf("gone", 1_000_000));
        await storage.stop();
        storage = await givenStorage({ dataDir: folder.path, accounts: [account] });
        await storage.blobs(account.name).put("box", "kept", contentOf("kept", 500_000));
        await storage.blobs(account.name).delete("box", "gone");
        await storage.stop();
        // As a process leaves it that was killed while it took in a blob.
        writeFileSync(join(extents, "00000000-dead-dead-dead-000000000000"), "half a blob");
        const bytes = (): number =>
            readdirSync(extents).reduce((sum, name) => sum + statSync(join(extents, name)).size, 0);
        assert.ok(bytes() > 1_500_000);
        storage = await givenStorage({ dataDir: folder.path, accounts: [account] });
        assert.equal(bytes(), 500_000);
        const kept = await buffer(await storage.blobs(account.name).get("box", "kept"));
        assert.ok(kept.equals(contentOf("kept", 500_000)));
        await storage.stop();
    });

    it("drops all data of a removed account, and no other's", async () => {
        const other = newAccount("other");
        let storage = await givenStorage({ dataDir: folder.path, accounts: [account, other] });
        for (const { name } of [account, other]) {
            await storage.blobs(name).createContainer("box");
            await storage.blobs(name).put("box", "blob", name);
        }
        await storage.removeAccount(account.name);
        assert.throws(
            () => storage.blobs(account.name),
            /no storage account "durable" here; there are: other/,
        );
        await storage.setAccount(account);
        assert.equal(await storage.blobs(account.name).find("box", "blob"), undefined);
        await storage.stop();
        storage = await givenStorage({ dataDir: folder.path, accounts: [account, other] });
        assert.equal(await storage.blobs(account.name).find("box", "blob"), undefined);
        assert.equal((await storage.blobs("other").find("box", "blob"))?.length, 5);
        await storage.stop();
    });

    it("leaves no process when its parent is killed", async () => {
        const file = join(__dirname, "parent.ts");
        const parent = fork(file, [folder.path], {
            execArgv: ["-r", "ts-node/register/transpile-only"],
            stdio: "pipe",
        });
        const [pid] = (await once(parent, "message")) as [number];
        assert.doesNotThrow(() => process.kill(pid, 0));
        parent.kill("SIGKILL");
        await once(parent, "exit");
        for (;;) {
            try {
                process.kill(pid, 0);
            } catch {
                break;
            }
            await new Promise((again) => setTimeout(again, 20));
        }
    });

    it("keeps nothing on disk when told so", async () => {
        const storage = await givenStorage({ accounts: [account] });
        await storage.blobs(account.name).createContainer("box");
        await storage.blobs(account.name).put("box", "blob", "content");
        assert.equal(
            (await buffer(await storage.blobs(account.name).get("box", "blob"))).toString(),
            "content",
        );
        await storage.stop();
        assert.ok(!existsSync(join(folder.path, "storage")));
    });

    it("says in one line why it does not start", async () => {
        const storage = await givenStorage({ dataDir: folder.path });
        const refused = async (
            options: Parameters<typeof givenStorage>[0],
            reason: RegExp,
        ): Promise<void> => {
            await assert.rejects(givenStorage(options), (error: Error) => {
                assert.match(error.message, reason);
                assert.ok(!error.message.includes("\n"));
                return true;
            });
        };
        await refused({ dataDir: folder.path }, /is in use by another process/);
        await refused(
            { ports: { blob: storage.ports.blob } },
            new RegExp(`EADDRINUSE.*${storage.ports.blob}`),
        );
        await refused(
            { accounts: [{ name: "Not-A-Name", keys: account.keys }] },
            /"Not-A-Name" must be 3 to 24/,
        );
        await refused({ accounts: [{ name: "short", keys: ["abc", "def"] }] }, /at least 32 bytes/);
        await storage.stop();

        const newer = temporaryFolder();
        mkdirSync(join(newer.path, "storage"));
        const db = new DatabaseSync(join(newer.path, "storage", "metadata.db"));
        db.exec("PRAGMA user_version = 99");
        db.close();
        await refused({ dataDir: newer.path }, /has format 99.*use the newer/);
        newer.remove();
    });

    it("keeps files and folders from other users", async () => {
        const storage = await givenStorage({ dataDir: folder.path, accounts: [account] });
        await storage.blobs(account.name).createContainer("box");
        await storage.blobs(account.name).put("box", "blob", "content");
        const list = spawnSync("find", [join(folder.path, "storage"), "-perm", "/077"], { encoding: "utf8" });
        assert.equal(list.stdout, "");
        await storage.stop();
    });

    it("goes on when clients connect and say nothing, send half a body, or garbage", async () => {
        const storage = await givenStorage({ accounts: [account] });
        const port = storage.ports.blob;
        const silent = Array.from({ length: 500 }, () =>
            connect(port, "127.0.0.1").on("error", () => undefined),
        );
        for (const words of [
            "\x16\x03\x01garbage",
            "\x00\x01\x02",
            "GET",
            "PUT /durable/box/x HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nhalf",
        ]) {
            const socket = connect(port, "127.0.0.1").on("error", () => undefined);
            socket.write(words, () => setTimeout(() => socket.resetAndDestroy(), 20));
        }
        await storage.blobs(account.name).createContainer("box");
        await storage.blobs(account.name).put("box", "blob", "content");
        for (const socket of silent) socket.destroy();
        await storage.stop();
    });

    it("says what it could not write, acknowledges nothing meanwhile, and goes on when it can again", async () => {
        const storage = await givenStorage({ dataDir: folder.path, accounts: [account] });
        const client = container(storage, account, "box");
        await client.create();
        const extents = join(folder.path, "storage", "blob-extents");
        renameSync(extents, `${extents}-away`);
        await assert.rejects(client.getBlockBlobClient("x").upload("1", 1), (error: RestError) => {
            assert.equal(error.statusCode, 500);
            assert.equal(error.code, "InternalError");
            assert.match(error.message, /storage could not read or write its files: ENOENT/);
            return true;
        });
        assert.equal(await client.getBlobClient("x").exists(), false);
        renameSync(`${extents}-away`, extents);
        await client.getBlockBlobClient("x").upload("1", 1);
        await storage.stop();
    });

    it("stops with a request under way, and reports an end it was not asked for", async () => {
        const { trust } = await givenIssuer();
        const storage = await startStorage({
            dataDir: folder.path,
            tls: await givenCertificate(),
            trust,
            accounts: [account],
        });
        const told: unknown[] = [];
        storage.onExit((exit) => told.push(exit));
        const half = connect(storage.ports.blob, "127.0.0.1").on("error", () => undefined);
        half.write("PUT /durable/box/x HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nhalf");
        await storage.stop();
        await storage.stop();
        assert.deepEqual(told, []);
        await assert.rejects(storage.setAccount(account), /has ended/);
        const free = createServer().listen(storage.ports.blob, "127.0.0.1");
        await once(free, "listening");
        assert.equal((free.address() as AddressInfo).port, storage.ports.blob);
        free.close();
    });
});
