// A large collection of which little changes, under the real engine on Batch Local: what is sent, and what the job has then.
import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import type { BatchClient } from "../../client";
import { TestStack } from "../constructs/stack";
import { connect, Life } from "../durability/service";

const COUNT = 5000;
const NONE = { sent: 0, deleted: 0, updated: 0, lists: 0 };
const program = `
const batch = require("pulumi-azure-batch");
const account = batch.BatchAccount.fromExisting("a", process.env.ACCOUNT);
const pool = batch.Pool.fromExisting("p", { account, poolId: "none" });
const job = new batch.Job("j", { pool, jobId: "j", onAllTasksComplete: "noaction" });
const { removed = [], changed = [], added = [], retries } = JSON.parse(process.env.EDITS);
const constraints = retries === undefined ? undefined : { maxRetries: retries };
const all = Array.from({ length: ${COUNT} }, (_, index) => "t-" + index).filter((id) => !removed.includes(id));
const tasks = [...all, ...added].map((id) => ({ id, commandLine: "echo " + (changed.includes(id) ? "new" : "old"), constraints }));
new batch.TaskCollection("t", { job, tasks });
`;

interface Edits {
    readonly removed?: readonly string[];
    readonly changed?: readonly string[];
    readonly added?: readonly string[];
    /** Of all tasks. */
    readonly retries?: number;
}

interface Requests {
    readonly sent: number;
    readonly deleted: number;
    readonly updated: number;
    readonly lists: number;
}

interface CollectionState {
    hashes?: string;
    filled?: number;
}

describe("a collection of 5,000 tasks of which a few change", function () {
    this.timeout(300_000);
    const stack = new TestStack(program);
    const requests = path.join(stack.folder, "requests");
    let client: BatchClient;
    let environment: Record<string, string>;

    /** @returns how often tasks were sent, deleted, updated and listed */
    async function up(edits: Edits, ...more: string[]): Promise<Requests> {
        fs.writeFileSync(requests, "");
        await stack.up({ ...environment, EDITS: JSON.stringify(edits) }, ...more);
        const lines = fs.readFileSync(requests, "utf8").split("\n");
        const count = (pattern: RegExp): number => lines.filter((line) => pattern.test(line)).length;
        return {
            sent: count(/^POST \/jobs\/j\/addtaskcollection/),
            deleted: count(/^DELETE \/jobs\/j\/tasks/),
            updated: count(/^PUT \/jobs\/j\/tasks/),
            lists: count(/^GET \/jobs\/j\/tasks$/),
        };
    }

    /** The job has the declared tasks, each as it is declared, and no other. */
    async function assertDeclared({ removed = [], changed = [], added = [] }: Edits): Promise<void> {
        const found = new Map<string, string>();
        for await (const { id, commandLine } of client.tasks.list("j", { select: "id,commandLine" }))
            found.set(id ?? "", commandLine ?? "");
        const all = Array.from({ length: COUNT }, (_, index) => `t-${index}`);
        const declared = [...all.filter((id) => !removed.includes(id)), ...added];
        assert.deepEqual(
            [...found].sort(),
            declared.map((id) => [id, `echo ${changed.includes(id) ? "new" : "old"}`]).sort(),
        );
    }

    /** Changes the state of the collection, as an older version would have left it for example. */
    async function editState(edit: (outputs: CollectionState) => void): Promise<void> {
        const file = path.join(stack.folder, "state.json");
        await stack.succeed(["stack", "export", "--file", file]);
        const state = JSON.parse(fs.readFileSync(file, "utf8")) as {
            deployment: { resources: { type: string; outputs: CollectionState }[] };
        };
        const found = state.deployment.resources.find(({ type }) => type.endsWith("batch:TaskCollection"));
        assert.ok(found !== undefined);
        edit(found.outputs);
        fs.writeFileSync(file, JSON.stringify(state));
        await stack.succeed(["stack", "import", "--file", file]);
    }

    before(async () => {
        await stack.start();
        const data = path.join(stack.folder, "data");
        await Life.makePool(data, "none", 0, 1);
        client = (await connect(() => data)).client({});
        const { stdout } = await stack.local(["env", "--shell", "json"]);
        const { ARM_SUBSCRIPTION_ID: subscription } = JSON.parse(stdout) as { ARM_SUBSCRIPTION_ID: string };
        const group = `/subscriptions/${subscription}/resourceGroups/batchlocal`;
        environment = {
            ACCOUNT: `${group}/providers/Microsoft.Batch/batchAccounts/batchlocal`,
            NODE_OPTIONS: `--require ${path.join(__dirname, "program/count-requests.js")}`,
            REQUESTS: requests,
        };
        assert.ok((await up({})).sent >= COUNT / 100);
    });

    after(async () => {
        client.close();
        await stack.close();
    });

    it("sends a small part for one changed, one added and one removed task, and ends in exactly the declared ones", async () => {
        for (const edits of [
            { changed: ["t-2500"] },
            { changed: ["t-2500"], added: ["u-1"] },
            { changed: ["t-2500"], added: ["u-1"], removed: ["t-77"] },
        ]) {
            const { sent, deleted, lists } = await up(edits);
            console.log(`      ${sent} requests with tasks, ${deleted} deletions, ${lists} lists`);
            // One more where a task is made again; a list has 1,000 tasks a page.
            assert.ok(sent >= 1 && sent <= 3, `${sent} requests with tasks`);
            assert.ok(lists >= COUNT / 1000 && lists <= 3 * (COUNT / 1000), `${lists} lists`);
            await assertDeclared(edits);
            assert.deepEqual(await up(edits, "--expect-no-changes"), NONE);
        }
    });

    it("finds what was deleted or made otherwise at the service meanwhile, far from what changes", async () => {
        await client.tasks.delete("j", "t-4000");
        await client.tasks.delete("j", "t-4500");
        await client.tasks.add("j", { id: "t-4500", commandLine: "echo by a deployment that was killed" });
        const edits = { changed: ["t-9"] };
        // The clock of the service tells whole seconds, and what happens within the same one as a deployment's end is not told from it.
        await editState((outputs) => (outputs.filled = (outputs.filled ?? 0) - 1000));
        const { sent } = await up(edits);
        assert.ok(sent < 10, `${sent} requests with tasks`);
        await assertDeclared(edits);
    });

    it("sends all tasks where a state knows no hashes, as that of 0.1.0, and plans nothing for that alone", async () => {
        await editState((outputs) => {
            delete outputs.hashes;
            delete outputs.filled;
        });
        await up({ changed: ["t-9"] }, "--expect-no-changes");
        const edits = { changed: ["t-10"] };
        assert.ok((await up(edits)).sent >= COUNT / 100);
        await assertDeclared(edits);
        assert.ok((await up({ changed: ["t-11"] })).sent < 5);
        await assertDeclared({ changed: ["t-11"] });
    });

    it("changes the constraints of all tasks in place, and makes all of them again, with a call a task", async () => {
        const made = async (): Promise<Map<string, string>> => {
            const found = new Map<string, string>();
            for await (const { id, creationTime } of client.tasks.list("j", { select: "id,creationTime" }))
                found.set(id ?? "", String(creationTime));
            return found;
        };
        await up({});
        const before = await made();
        const inPlace = await up({ retries: 2 });
        assert.deepEqual([inPlace.updated, inPlace.deleted], [COUNT, 0]);
        assert.deepEqual(await made(), before);
        const { constraints } = await client.tasks.get("j", "t-7");
        assert.equal(constraints?.maxTaskRetryCount, 2);
        const changed = [...before.keys()];
        const again = await up({ retries: 2, changed });
        assert.deepEqual([again.updated, again.deleted], [0, COUNT]);
        // Each pack is refused once and taken once.
        assert.ok(again.sent <= (2.2 * COUNT) / 100, `${again.sent} requests with tasks`);
        await assertDeclared({ changed });
    });
});
