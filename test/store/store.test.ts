import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import * as path from "node:path";
import { DatabaseSync } from "node:sqlite";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { openStore, StoreTooNew, type Store } from "../../local/store";
import type { TaskRecord } from "../../local/model/task";
import { temporaryFolders } from "../support/folder";
import { recount } from "./recount";

function task(id: string, more: Partial<TaskRecord> = {}): Omit<TaskRecord, "sequence"> {
    return {
        job: 1,
        id,
        spec: { id, commandLine: "true" },
        state: "active",
        stateTransitionTime: 1,
        creationTime: 1,
        lastModified: 1,
        blockedBy: 0,
        requiredSlots: 1,
        attempt: 0,
        retryCount: 0,
        requeueCount: 0,
        ...more,
    };
}

const complete = (store: Store, id: string, result: "success" | "failure" = "success") => {
    const found = store.tasks.get(1, id);
    assert.ok(found);
    store.tasks.update({
        ...found,
        state: "completed",
        result,
        endTime: 2,
        exitCode: result === "success" ? 0 : 1,
    });
};

describe("Store", () => {
    const folder = temporaryFolders();

    it("keeps records and tasks over a restart", async () => {
        const file = path.join(folder(), "store.db");
        const first = openStore(file);
        first.resources.put({
            key: "/a",
            id: "/A",
            type: "t",
            name: "A",
            body: { x: 1 },
            createdAt: 1,
            lastModified: 1,
            eTag: "",
        });
        first.tasks.add(
            task("One", { node: { pool: "p", node: "n", address: "127.0.0.1", directory: "d" } }),
        );
        const number = first.nextNumber();
        await first.committed();
        first.close();
        const second = openStore(file);
        assert.deepEqual(second.resources.get("/a")?.body, { x: 1 });
        assert.equal(second.tasks.get(1, "oNE")?.id, "One");
        assert.equal(second.tasks.get(1, "one")?.node?.directory, "d");
        assert.ok(second.nextNumber() > number);
        second.close();
    });

    it("refuses an id that differs by case alone", () => {
        const store = openStore(":memory:");
        assert.ok(store.tasks.add(task("a")));
        assert.equal(store.tasks.add(task("A")), undefined);
        assert.equal(store.tasks.counts(1).active, 1);
        store.close();
    });

    it("adds many at once as it adds them one by one, whichever of them are there already", () => {
        const store = openStore(":memory:");
        store.tasks.add(task("T30"));
        const given = Array.from({ length: 90 }, (_, index) => ({
            task: task(index === 77 ? "t76" : `t${index}`),
            ...(index === 3 && { dependencies: { taskIds: ["t2", "t1"], taskIdRanges: [] } }),
        }));
        const added = store.tasks.addAll(given);
        const refused = added.flatMap((one, index) => (one ? [] : [index]));
        assert.deepEqual(refused, [30, 77]);
        assert.deepEqual(
            added.flatMap((one) => one?.sequence ?? []),
            Array.from({ length: 88 }, (_, index) => index + 2),
        );
        assert.equal(store.tasks.get(1, "t3")?.blockedBy, 2);
        assert.equal(store.tasks.get(1, "T30")?.sequence, 1);
        const { active, blocked } = store.tasks.counts(1);
        assert.deepEqual([active, blocked], [89, 1]);
        assert.equal(store.tasks.add(task("one more"))?.sequence, 90);
        store.close();
    });

    it("undoes everything when atomic work throws", () => {
        const store = openStore(":memory:");
        store.tasks.add(task("kept"));
        const setting = () => store.resources.get("/a");
        assert.throws(() =>
            store.atomically(() => {
                store.tasks.add(task("lost"));
                complete(store, "kept");
                store.resources.put({
                    key: "/a",
                    id: "/a",
                    type: "t",
                    name: "a",
                    body: {},
                    createdAt: 1,
                    lastModified: 1,
                    eTag: "",
                });
                throw new Error("no");
            }),
        );
        assert.equal(setting(), undefined);
        assert.equal(store.tasks.get(1, "lost"), undefined);
        assert.deepEqual([store.tasks.counts(1).active, store.tasks.counts(1).completed], [1, 0]);
        assert.ok(store.tasks.add(task("next")));
        store.close();
    });

    it("counts tasks and slots by state, and blocked ones", () => {
        const store = openStore(":memory:");
        store.tasks.add(task("a", { requiredSlots: 3 }));
        store.tasks.add(task("b"));
        store.tasks.add(task("c"), { taskIds: ["a", "nobody"], taskIdRanges: [] });
        complete(store, "b", "failure");
        assert.deepEqual(store.tasks.counts(1), {
            active: 2,
            running: 0,
            completed: 1,
            succeeded: 0,
            failed: 1,
            blocked: 1,
            slots: { active: 4, running: 0, completed: 1, succeeded: 0, failed: 1 },
        });
        store.close();
    });

    it("keeps the counts with the tasks, over restarts and through work that was undone", async () => {
        const file = path.join(folder(), "store.db");
        let store = openStore(file);
        store.tasks.add(task("a", { requiredSlots: 3 }));
        store.tasks.add(task("b"));
        store.tasks.add(task("c"), { taskIds: ["a"], taskIdRanges: [] });
        store.tasks.add(task("gone", { job: 2 }));
        complete(store, "b", "failure");
        await store.committed();
        assert.throws(() =>
            store.atomically(() => {
                store.tasks.deleteJob(1);
                store.tasks.add(task("other", { job: 3 }));
                throw new Error("no");
            }),
        );
        store.tasks.deleteJob(2);
        const expected = store.tasks.counts(1);
        assert.deepEqual([expected.active, expected.blocked, expected.failed], [2, 1, 1]);
        store.close();
        const { kept, counted } = recount(file);
        assert.deepEqual(kept, counted);
        assert.deepEqual(kept, { 1: [2, 0, 0, 1, 1, 4, 0, 0, 1] });
        store = openStore(file);
        assert.deepEqual(store.tasks.counts(1), expected);
        assert.equal(store.tasks.counts(2).active, 0);
        store.tasks.satisfy(1, "a");
        assert.equal(store.tasks.counts(1).blocked, 0);
        store.close();
        assert.deepEqual(recount(file).kept, { 1: [2, 0, 0, 1, 0, 4, 0, 0, 1] });
    });

    it("counts the tasks of a data directory that kept no counts yet", () => {
        const file = path.join(folder(), "store.db");
        const store = openStore(file);
        store.tasks.add(task("waits", { requiredSlots: 2 }));
        store.tasks.add(task("blocked", { requiredSlots: 5 }), { taskIds: ["waits"], taskIdRanges: [] });
        store.tasks.add(task("prepares", { state: "preparing" }));
        store.tasks.add(task("runs", { state: "running", requiredSlots: 4 }));
        for (const id of ["good", "bad", "older"]) store.tasks.add(task(id));
        complete(store, "good");
        complete(store, "bad", "failure");
        store.tasks.add(task("elsewhere", { job: 2 }));
        store.close();
        const raw = new DatabaseSync(file);
        raw.exec("DROP TABLE taskCounts; PRAGMA user_version = 1");
        // A completed task without a result counts as one that succeeded.
        raw.exec("UPDATE tasks SET state = 3 WHERE id = 'older'");
        raw.close();
        openStore(file).close();
        const { kept, counted } = recount(file);
        assert.deepEqual(kept, counted);
        assert.deepEqual(kept, { 1: [2, 2, 2, 1, 1, 7, 5, 2, 1], 2: [1, 0, 0, 0, 0, 1, 0, 0, 0] });
    });

    it("frees a dependant when the last of its ids and ranges is satisfied, each counted once", () => {
        const store = openStore(":memory:");
        const ids = (freed: TaskRecord[]) => freed.map((one) => one.id);
        store.tasks.satisfy(1, "3");
        store.tasks.add(task("merge"), { taskIds: ["Setup"], taskIdRanges: [{ start: 1, end: 3 }] });
        assert.equal(store.tasks.get(1, "merge")?.blockedBy, 3);
        assert.deepEqual(ids(store.tasks.satisfy(1, "001")), []);
        assert.deepEqual(ids(store.tasks.satisfy(1, "1")), []);
        assert.deepEqual(ids(store.tasks.satisfy(1, "2")), []);
        assert.deepEqual(store.tasks.ready(1, 0, 10).length, 0);
        assert.deepEqual(ids(store.tasks.satisfy(1, "SETUP")), ["merge"]);
        assert.deepEqual(ids(store.tasks.ready(1, 0, 10)), ["merge"]);
        store.close();
    });

    it("pages in order of id with filters on states, times and exit codes", () => {
        const store = openStore(":memory:");
        for (const id of ["b", "a", "d", "c"]) store.tasks.add(task(id));
        complete(store, "a", "failure");
        complete(store, "c");
        const all = store.tasks.page(1, { limit: 2 });
        assert.deepEqual(
            all.map((one) => one.id),
            ["a", "b"],
        );
        assert.deepEqual(
            store.tasks.page(1, { limit: 9, after: "B" }).map((one) => one.id),
            ["c", "d"],
        );
        const failedOnes = store.tasks.page(1, {
            limit: 9,
            filter: {
                op: "and",
                left: { op: "eq", field: "state", value: { kind: "string", value: "completed" } },
                right: { op: "ne", field: "executionInfo/exitCode", value: { kind: "number", value: 0 } },
            },
        });
        assert.deepEqual(
            failedOnes.map((one) => one.id),
            ["a"],
        );
        store.close();
    });

    it("refuses a data directory of a newer version", () => {
        const file = path.join(folder(), "store.db");
        openStore(file).close();
        const raw = new DatabaseSync(file);
        raw.exec("PRAGMA user_version = 999");
        raw.close();
        assert.throws(() => openStore(file), StoreTooNew);
    });

    it("loses nothing it acknowledged when it is killed", async () => {
        const file = path.join(folder(), "store.db");
        const child = spawn(
            process.execPath,
            ["-r", "ts-node/register", path.join(__dirname, "writer.ts"), file],
            {
                stdio: ["ignore", "pipe", "inherit"],
            },
        );
        let acknowledged = 0;
        for await (const line of createInterface({ input: child.stdout })) {
            acknowledged = Number(line);
            if (acknowledged >= 3000) child.kill("SIGKILL");
        }
        if (child.exitCode === null && child.signalCode === null) await once(child, "exit");
        const { kept, counted } = recount(file);
        assert.deepEqual(kept, counted);
        assert.ok(Object.keys(counted).length > 1);
        const store = openStore(file);
        assert.ok(acknowledged >= 3000);
        assert.ok(
            store.tasks.counts(1).active >= acknowledged,
            `${store.tasks.counts(1).active} of ${acknowledged}`,
        );
        assert.ok(store.tasks.get(1, `task-${acknowledged}`));
        store.close();
    });
});
