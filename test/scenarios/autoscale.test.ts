import assert from "node:assert/strict";
import { Local, sh } from "./local";
import { servicePool } from "../support/servicePool";

describe("scenario: autoscale with real samples, where ten minutes take a second", function () {
    this.timeout(90_000);
    let local: Local;
    before(async () => {
        local = await Local.start({ speed: 600 });
    });
    after(() => local.close());

    const auto = (id: string, autoScaleFormula: string) =>
        local.post("/pools", {
            ...servicePool(id),
            targetDedicatedNodes: undefined,
            enableAutoScale: true,
            autoScaleFormula,
            autoScaleEvaluationInterval: "PT5M",
        });
    const nodesOf = (pool: string) => local.list(`/pools/${pool}/nodes`);
    const runOf = async (pool: string) => (await local.get(`/pools/${pool}`))["autoScaleRun"];

    it("a pool grows with the tasks that wait, as its samples show them, and shrinks when they are done", async () => {
        await auto(
            "grows",
            [
                "enough = $PendingTasks.GetSamplePercent(TimeInterval_Minute * 10) >= 70;",
                "pending = enough ? max($PendingTasks.GetSample(TimeInterval_Minute * 10)) : 0;",
                "$TargetDedicatedNodes = min(3, pending);",
                "$NodeDeallocationOption = taskcompletion;",
            ].join("\n"),
        );
        assert.deepEqual(await nodesOf("grows"), []);
        // At once: the first evaluation is part of making the pool.
        const first = String((await runOf("grows"))?.["results"]);
        assert.match(first, /\$TargetDedicatedNodes=0/);
        assert.match(first, /\$NodeDeallocationOption=taskcompletion/);
        const flag = `${local.directory}/go-on`;
        await local.job("grows", "grows");
        const line = sh(`until test -e ${flag}; do sleep 0.1; done`);
        await local.tasks(
            "grows",
            ["a", "b", "c", "d"].map((id) => ({ id, commandLine: line })),
        );
        await local.until("it has three nodes", async () => (await nodesOf("grows")).length === 3);
        const run = await runOf("grows");
        assert.match(String(run?.["results"]), /pending=4/);
        assert.match(String(run?.["results"]), /\$TargetDedicatedNodes=3/);
        const { writeFileSync } = await import("node:fs");
        writeFileSync(flag, "");
        for (const id of ["a", "b", "c", "d"]) assert.equal((await local.done("grows", id))["exitCode"], 0);
        await local.until("it has none", async () => (await nodesOf("grows")).length === 0);
        assert.ok(String((await runOf("grows"))?.["timestamp"]) > String(run?.["timestamp"]));
        await local.ask("DELETE", "/pools/grows");
    });

    it("an error is shown with the run and changes nothing; evaluating a formula changes nothing either", async () => {
        await auto("errs", "$TargetDedicatedNodes = 1;");
        await local.until("it has a node", async () => (await nodesOf("errs")).length === 1);
        await local.steady("errs");
        const evaluated = await local.post("/pools/errs/evaluateautoscale", {
            autoScaleFormula: "$TargetDedicatedNodes = $CurrentDedicatedNodes + 6; spare = 1;",
        });
        assert.match(String(evaluated.body["results"]), /\$TargetDedicatedNodes=7/);
        assert.match(String(evaluated.body["results"]), /spare=1/);
        // What a formula leaves alone shows what holds.
        assert.match(String(evaluated.body["results"]), /\$TargetLowPriorityNodes=0/);
        assert.match(String(evaluated.body["results"]), /\$NodeDeallocationOption=requeue/);
        const wrong = await local.send("POST", "/pools/errs/evaluateautoscale", {
            autoScaleFormula: "$Target = ;",
        });
        assert.ok(wrong.status === 400 || wrong.body["error"] !== undefined, wrong.text);
        assert.equal((await local.get("/pools/errs"))["targetDedicatedNodes"], 1);
        // Not enough samples in an interval that has not been.
        const formula =
            "$TargetDedicatedNodes = avg($PendingTasks.GetSample(TimeInterval_Week, TimeInterval_Day * 6));";
        await local.until("it may be enabled again", async () => {
            const answer = await local.send("POST", "/pools/errs/enableautoscale", {
                autoScaleFormula: formula,
            });
            return answer.status === 200;
        });
        const run = await local.until("it failed", async () => {
            const found = await runOf("errs");
            return found?.["error"] !== undefined && found;
        });
        assert.ok(String(run["error"]?.["code"]).length > 0);
        assert.equal((await nodesOf("errs")).length, 1);
    });

    it("is enabled for a pool that is steady, at most every 30 seconds, and disabled again", async () => {
        await local.pool("manual");
        const body = { autoScaleFormula: "$TargetDedicatedNodes = 2;", autoScaleEvaluationInterval: "PT5M" };
        assert.equal(
            (
                await local.send("POST", "/pools/manual/evaluateautoscale", {
                    autoScaleFormula: body.autoScaleFormula,
                })
            ).status,
            409,
        );
        assert.equal((await local.post("/pools/manual/enableautoscale", body)).status, 200);
        await local.until("it has two nodes", async () => (await nodesOf("manual")).length === 2);
        const short = await local.send("POST", "/pools/manual/enableautoscale", {
            autoScaleEvaluationInterval: "PT1M",
        });
        assert.equal(short.status, 400);
        const resize = await local.send("POST", "/pools/manual/resize", { targetDedicatedNodes: 1 });
        assert.equal(resize.status, 409);
        assert.equal((await local.post("/pools/manual/disableautoscale")).status, 200);
        const pool = await local.get("/pools/manual");
        assert.equal(pool["enableAutoScale"], false);
        assert.equal(pool["targetDedicatedNodes"], 2);
        await local.steady("manual");
        assert.equal((await local.post("/pools/manual/resize", { targetDedicatedNodes: 1 })).status, 202);
        assert.equal((await local.steady("manual")).length, 1);
    });
});

describe("scenario: autoscale in real time", function () {
    this.timeout(60_000);
    let local: Local;
    before(async () => {
        local = await Local.start();
    });
    after(() => local.close());

    it("enabling it again within 30 seconds is refused as busy", async () => {
        const body = { autoScaleFormula: "$TargetDedicatedNodes = 1;" };
        await local.post("/pools", {
            ...servicePool("twice"),
            targetDedicatedNodes: undefined,
            enableAutoScale: true,
            ...body,
        });
        const nodes = await local.until("a node", async () => {
            const found = await local.list("/pools/twice/nodes");
            return found.length === 1 && found;
        });
        assert.equal(nodes.length, 1);
        await local.steady("twice");
        const again = await local.send("POST", "/pools/twice/enableautoscale", body);
        assert.equal(`${again.status} ${String(again.body["code"])}`, "503 TooManyEnableAutoScaleRequests");
    });
});
