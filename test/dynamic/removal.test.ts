// A collection that goes while its job stays, where its ids were too many for the state.
import assert from "node:assert/strict";
import { Local } from "../scenarios/local";
import { runSignedIn } from "./signedIn";

describe("the removal of a collection whose ids nobody remembers", function () {
    this.timeout(60_000);
    let local: Local;
    before(async () => {
        local = await Local.start();
    });
    after(() => local.close());

    const ids = ["a-x", "b-y", "c-z"];

    async function remove(jobId: string, more: object = {}): Promise<string | undefined> {
        const { endpoint } = local.account;
        const state = { endpoint, jobId, removed: "delete", submitted: ids.length, ...more };
        const code = `await dynamic.taskCollection.delete("id", ${JSON.stringify(state)})`;
        return (await runSignedIn(local, code, new URL(endpoint).host)).message;
    }
    const left = async (jobId: string): Promise<string[]> =>
        (await local.list(`/jobs/${jobId}/tasks`)).map((task) => String(task["id"]));

    async function filled(jobId: string, more: readonly string[] = []): Promise<void> {
        await local.job(jobId, "none");
        await local.tasks(
            jobId,
            [...ids, ...more].map((id) => ({ id, commandLine: "true" })),
        );
    }

    it("takes all tasks of its job when there are no others", async () => {
        await filled("own");
        assert.equal(await remove("own"), undefined);
        assert.deepEqual(await left("own"), []);
        assert.equal(await remove("own"), undefined);
    });

    it("takes none when there are others, and says what to do; by choice they all stay", async () => {
        await filled("shared", ["foreign"]);
        const message = await remove("shared");
        assert.match(message ?? "", /job shared has tasks besides the 3 of this collection/);
        assert.match(message ?? "", /Set removed to "keep", or give the collection a job of its own/);
        assert.equal(await remove("shared", { removed: "keep" }), undefined);
        assert.equal((await left("shared")).length, 4);
    });

    it("has nothing to do when the job is gone", async () => {
        assert.equal(await remove("never-there"), undefined);
    });
});
