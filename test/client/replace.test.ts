// Tasks that are to take the place of different ones.
import assert from "node:assert/strict";
import { BatchClient, sharedKeyCredential, submitTasks } from "../../client";
import type { BatchTask, BatchTaskCreateOptions } from "../../client";
import { isDeclared } from "../../client/submission/equal";
import { ACCOUNT, KEY, startService } from "./service";
import type { TestService, TestTask } from "./service";

const idOf = (index: number): string => `task-${index}`;

const declared = (count: number): BatchTaskCreateOptions[] =>
    Array.from({ length: count }, (_, index) => ({
        id: idOf(index),
        commandLine: `echo ${index}`,
        constraints: { maxTaskRetryCount: 2 },
    }));

describe("tasks in the place of different ones", function () {
    this.timeout(30_000);
    let service: TestService;
    let client: BatchClient;

    beforeEach(async () => {
        service = await startService();
        client = new BatchClient(service.endpoint, sharedKeyCredential(ACCOUNT, KEY), {
            retry: { baseDelay: 1, maxDelay: 20, attempts: 20 },
        });
    });
    afterEach(async () => {
        client.close();
        await service.close();
    });

    const put = (index: number, task: Partial<TestTask>): void => {
        const before = { id: idOf(index), commandLine: `echo ${index}`, state: "active" };
        service.tasks.set(idOf(index), { ...before, constraints: { maxTaskRetryCount: 2 }, ...task });
    };
    const sent = (method: string): string[] =>
        service.requests
            .filter((request) => request.method === method)
            .map(({ url }) => url.pathname.replace("/jobs/j/tasks/", ""))
            .sort();

    it("are made again, or changed in place where the constraints alone differ", async () => {
        const other = { constraints: { maxTaskRetryCount: 0 } };
        const completed = (result: string): Partial<TestTask> => ({
            ...other,
            state: "completed",
            executionInfo: { result },
        });
        put(0, {});
        put(1, { commandLine: "rm -rf /" });
        put(2, other);
        put(3, completed("success"));
        put(4, completed("failure"));
        put(5, { commandLine: "rm -rf /", state: "completed", executionInfo: { result: "success" } });
        put(6, { environmentSettings: [{ name: "X", value: "1" }] });
        put(7, { constraints: { maxTaskRetryCount: 2, maxWallClockTime: "PT10M" } });
        const tasks = declared(300);
        const result = await submitTasks(client, "j", tasks, { different: "replace" });
        assert.deepEqual([result.submitted, result.existing, result.replaced], [300, 1, 7]);
        assert.equal(service.tasks.size, 300);
        assert.deepEqual(sent("DELETE"), [1, 4, 5, 6].map(idOf));
        assert.deepEqual(sent("PUT"), [2, 7].map(idOf));
        const constraints = { maxTaskRetryCount: 2 };
        for (const index of [0, 1, 2, 4, 5, 6, 7]) {
            const task = service.tasks.get(idOf(index));
            const found = [task?.["state"], task?.["commandLine"], task?.["constraints"]];
            assert.deepEqual(found, ["active", `echo ${index}`, constraints]);
        }
        assert.equal(service.tasks.get(idOf(3))?.["state"], "completed");
    });

    it("are exactly those that are declared although one in five calls fails, with as many calls as there are tasks", async () => {
        const count = 2000;
        for (let index = 0; index < count; index++)
            put(index, index % 2 === 0 ? { commandLine: "true" } : { constraints: { maxTaskRetryCount: 0 } });
        let call = 0;
        service.fault = () => {
            call += 1;
            const faults = ["429", "500", "reset-before", "reset-after", "servererror"] as const;
            return call % 5 === 0 ? faults[(call / 5) % faults.length] : undefined;
        };
        const result = await submitTasks(client, "j", declared(count), {
            different: "replace",
            retry: { baseDelay: 1, maxDelay: 20, attempts: 50 },
        });
        assert.equal(result.submitted, count);
        assert.equal(service.tasks.size, count);
        for (const task of declared(count)) {
            const found = service.tasks.get(task.id);
            const { commandLine, constraints } = task;
            assert.deepEqual([found?.["commandLine"], found?.["constraints"]], [commandLine, constraints]);
        }
        // A call a task, its tries, and the packs: nothing that grows with the square.
        assert.ok(service.requests.length < 2 * count, `${service.requests.length} calls`);
    });

    it("are refused where nobody said that they may be replaced", async () => {
        put(1, { commandLine: "rm -rf /" });
        await assert.rejects(() => submitTasks(client, "j", declared(3)), /task-1 \(at 2\): TaskExists/);
        assert.deepEqual(sent("DELETE"), []);
        assert.equal(service.tasks.get("task-1")?.["commandLine"], "rm -rf /");
    });
});

describe("a task of the service", () => {
    const task = { id: "a", commandLine: "true" };

    it("is another one when it has what is not declared any more", () => {
        const more: object[] = [
            { displayName: "A" },
            { environmentSettings: [{ name: "X", value: "1" }] },
            { resourceFiles: [{ httpUrl: "https://a/b", filePath: "b" }] },
            { dependsOn: { taskIds: ["b"] } },
            { containerSettings: { imageName: "ubuntu" } },
            { constraints: { maxWallClockTime: "PT1H" } },
            { constraints: { retentionTime: "P1D" } },
        ];
        for (const one of more) {
            assert.equal(isDeclared(task, { ...task, ...one }), false, JSON.stringify(one));
            assert.equal(isDeclared({ ...task, ...one }, { ...task, ...one }), true, JSON.stringify(one));
        }
    });

    it("is the same one with the defaults of the service", () => {
        const defaults: BatchTask = {
            state: "active",
            displayName: "",
            environmentSettings: [],
            requiredSlots: 1,
            userIdentity: { autoUser: { elevationLevel: "nonadmin" } },
            constraints: {
                maxWallClockTime: "P10675199DT2H48M5.4775807S",
                retentionTime: "P7D",
                maxTaskRetryCount: 3,
            },
        };
        assert.equal(isDeclared(task, { ...task, ...defaults }), true);
        assert.equal(
            isDeclared({ ...task, constraints: { maxTaskRetryCount: 2 } }, { ...task, ...defaults }),
            false,
        );
    });
});
