import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { BlobServiceClient, RestError, StorageSharedKeyCredential } from "@azure/storage-blob";
import type { RequestFault } from "../../local/http/faults";
import type { Storage } from "../../local/storage";
import { givenStorage } from "./given";

const key = () => randomBytes(64).toString("base64");

describe("storage: faults on demand", function () {
    this.timeout(30_000);
    let storage: Storage;
    afterEach(() => storage.stop());

    /** A client that tries as often as is said, with hardly a pause. */
    async function given(requests: RequestFault[], { seed = 1, tries = 1 } = {}) {
        const account = { name: "acct", keys: [key(), key()] as [string, string] };
        storage = await givenStorage({ accounts: [account], faults: { requests, seed } });
        const client = new BlobServiceClient(
            storage.blobEndpoint("acct", "http"),
            new StorageSharedKeyCredential(account.name, account.keys[0]),
            { retryOptions: { maxTries: tries, retryDelayInMs: 1, tryTimeoutInMs: 2_000 } },
        );
        await storage.blobs("acct").createContainer("kept");
        return client.getContainerClient("kept");
    }
    const outcome = async (work: Promise<unknown>) => {
        try {
            await work;
            return "done";
        } catch (error) {
            return error instanceof RestError ? (error.code ?? String(error.statusCode)) : String(error);
        }
    };

    it("refuses in storage's own words, and a client that tries again gets through", async () => {
        const fault: RequestFault = {
            plane: "storage",
            method: "PUT",
            fail: { status: 503, retryAfter: 0 },
            count: 2,
        };
        const container = await given([fault]);
        const blob = container.getBlockBlobClient("a");
        assert.equal(await outcome(blob.upload("hello", 5)), "ServerBusy");
        assert.equal(await outcome(blob.upload("hello", 5)), "ServerBusy");
        assert.equal(await outcome(blob.upload("hello", 5)), "done");
        await storage.stop();
        const patient = (await given([{ ...fault, count: 2 }], { tries: 4 })).getBlockBlobClient("a");
        assert.equal(await outcome(patient.upload("hello", 5)), "done");
    });

    it("fails after the blob is there, and breaks connections", async () => {
        const container = await given([
            { plane: "storage", method: "PUT", when: "after", fail: { status: 500 }, count: 1 },
            { plane: "storage", method: "GET", path: "/acct/kept/a", fail: "reset", count: 1 },
        ]);
        const blob = container.getBlockBlobClient("a");
        assert.equal(await outcome(blob.upload("hello", 5)), "InternalError");
        assert.notEqual(await outcome(blob.downloadToBuffer()), "done");
        assert.equal((await blob.downloadToBuffer()).toString(), "hello");
    });

    it("gives the same row of faults with the same seed, another with another", async () => {
        const row = async (seed: number) => {
            const container = await given(
                [{ plane: "storage", method: "PUT", rate: 0.4, fail: { status: 500 } }],
                { seed },
            );
            const outcomes: string[] = [];
            for (let index = 0; index < 20; index += 1)
                outcomes.push(await outcome(container.getBlockBlobClient(String(index)).upload("x", 1)));
            await storage.stop();
            return outcomes.join();
        };
        const first = await row(5);
        assert.match(first, /done/);
        assert.match(first, /InternalError/);
        assert.equal(await row(5), first);
        assert.notEqual(await row(6), first);
    });

    it("spares the service's own requests, and rules that do not name storage", async () => {
        const container = await given([
            { fail: { status: 500 } },
            { plane: "storage", fail: { status: 500 } },
        ]);
        await storage.blobs("acct").put("kept", "own", "content");
        assert.equal(await outcome(container.getBlockBlobClient("own").download()), "InternalError");
        await storage.stop();
        const other = await given([{ fail: { status: 500 } }, { plane: "batch", fail: "reset" }]);
        assert.equal(await outcome(other.getBlockBlobClient("a").upload("x", 1)), "done");
    });
});
