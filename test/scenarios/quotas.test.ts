import assert from "node:assert/strict";
import { Local, type Body } from "./local";
import { Resources } from "./resources";
import { servicePool } from "../support/servicePool";

describe("scenario: quotas", function () {
    this.timeout(60_000);
    let local: Local;
    before(async () => {
        local = await Local.start({
            quotas: {
                dedicatedCoreQuota: 20,
                lowPriorityCoreQuota: 4,
                poolQuota: 3,
                dedicatedCoreQuotaPerVMFamily: [{ name: "standardDSv5Family", coreQuota: 6 }],
            },
        });
    });
    after(() => local.close());

    /** Number of nodes, and code of the error, once the pool does not change any more. */
    const settled = async (id: string): Promise<[number, string | undefined]> => {
        const nodes = await local.steady(id);
        const errors = ((await local.get(`/pools/${id}`))["resizeErrors"] ?? []) as unknown as Body[];
        return [nodes.length, errors.map((error) => String(error["code"])).join() || undefined];
    };

    it("are shown by the account", async () => {
        const resources = new Resources(local);
        const { properties } = (await resources.send("GET", resources.account)).body;
        assert.equal(properties?.["dedicatedCoreQuota"], 20);
        assert.equal(properties["dedicatedCoreQuotaPerVMFamilyEnforced"], true);
        assert.deepEqual(properties["dedicatedCoreQuotaPerVMFamily"], [
            { name: "standardDSv5Family", coreQuota: 6 },
        ]);
    });

    it("of a VM family, of the account and of its spot cores leave pools short, which say so", async () => {
        await local.post("/pools", {
            ...servicePool("family"),
            targetDedicatedNodes: 5,
            targetLowPriorityNodes: 1,
        });
        assert.deepEqual(await settled("family"), [4, "AccountVMSeriesCoreQuotaReached"]);
        await local.post("/pools", {
            ...servicePool("other"),
            vmSize: "Standard_F2s_v2",
            targetDedicatedNodes: 9,
        });
        assert.deepEqual(await settled("other"), [7, "AccountCoreQuotaReached"]);
        await local.post("/pools", {
            ...servicePool("spot"),
            targetDedicatedNodes: 0,
            targetLowPriorityNodes: 4,
        });
        assert.deepEqual(await settled("spot"), [1, "AccountLowPriorityCoreQuotaReached"]);
        const pool = await local.get("/pools/other");
        assert.equal(pool["currentDedicatedNodes"], 7);
        assert.equal(pool["targetDedicatedNodes"], 9);
    });

    it("have room again for a resize when others give cores back", async () => {
        await local.post("/pools/family/resize", { targetDedicatedNodes: 0, targetLowPriorityNodes: 0 });
        assert.deepEqual(await settled("family"), [0, undefined]);
        await local.post("/pools/other/resize", { targetDedicatedNodes: 9 });
        assert.deepEqual(await settled("other"), [9, undefined]);
    });

    it("of pools refuse one more; a job that wants a pool of its own ends with the error", async () => {
        const refused = await local.send("POST", "/pools", servicePool("fourth"));
        assert.equal(`${refused.status} ${String(refused.body["code"])}`, "409 PoolQuotaReached");
        const { id: _id, ...pool } = servicePool("any");
        const autoPoolSpecification = { poolLifetimeOption: "job", pool };
        await local.post("/jobs", { id: "own", poolInfo: { autoPoolSpecification } });
        const job = await local.untilState("/jobs/own", "completed");
        const error = job["executionInfo"]?.["schedulingError"];
        assert.equal(error?.["code"], "AutoPoolCreationFailedWithQuotaReached");
        assert.equal(error["category"], "usererror");
    });
});
