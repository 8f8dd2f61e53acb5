// Links to blobs as the provider signs them for whoever may not have user delegation keys: a task on a real node reads by them.
import assert from "node:assert/strict";
import { sasReference } from "../../client";
import { Local, sh } from "../scenarios/local";
import { runSignedIn } from "./signedIn";

describe("links that are signed with the key of the storage account", function () {
    this.timeout(120_000);
    let local: Local;

    before(async () => {
        local = await Local.start({
            faults: {
                requests: [
                    { plane: "storage", method: "POST", path: "/**", count: 1, fail: { status: 403 } },
                ],
            },
        });
        await local.pool("pool");
        await local.job("j", "pool");
        const container = await local.container("inputs");
        const text = "what the blob holds";
        await container.getBlockBlobClient("folder/a.txt").upload(text, text.length);
    });
    after(() => local.close());

    /** Submits a task that reads a blob by two links; gives the signed part of both and what it read. */
    async function run(id: string): Promise<{ links: URLSearchParams[]; read: string }> {
        const { endpoint, storage } = local.account;
        const container = `${storage.endpoints.blob.replace(/\/$/, "")}/inputs`;
        const task = {
            id,
            commandLine: sh("cat one.txt all/folder/a.txt"),
            resourceFiles: [
                { httpUrl: sasReference(`${container}/folder/a.txt`, "r", 24), filePath: "one.txt" },
                { storageContainerUrl: sasReference(container, "rl", 24), filePath: "all" },
            ],
        };
        const inputs = JSON.stringify({ endpoint, jobId: "j", task });
        const { message } = await runSignedIn(
            local,
            `await dynamic.task.create(${inputs})`,
            new URL(endpoint).host,
        );
        assert.equal(message, undefined);
        const { exitCode } = await local.done("j", id);
        assert.equal(Number(exitCode), 0);
        const body = JSON.stringify(await local.get(`/jobs/j/tasks/${id}`));
        const links = [...body.matchAll(/\?([^"]*sig=[^"]*)/g)].map((match) => new URLSearchParams(match[1]));
        return { links, read: await local.output("j", id) };
    }

    const kinds = (links: readonly URLSearchParams[]): unknown[] =>
        links.map((link) => [link.get("sr"), link.get("sp"), link.has("skoid")]);
    const twice = "what the blob holds".repeat(2);

    it("give a task its blob and its container where no user delegation key can be had", async () => {
        const { links, read } = await run("by-account-key");
        assert.deepEqual(kinds(links), [
            ["b", "r", false],
            ["c", "rl", false],
        ]);
        assert.equal(read, twice);
    });

    it("are not used where one can: those name who delegated", async () => {
        const { links, read } = await run("by-delegation");
        assert.deepEqual(kinds(links), [
            ["b", "r", true],
            ["c", "rl", true],
        ]);
        assert.equal(read, twice);
    });
});
