import { poolProperty } from "../../../catalog";
import { refuse } from "../../http/operation";
import type { Call, Refused } from "../../http/operation";
import { eTagText } from "../../model/etag";
import type { JsonObject } from "../../model/json";
import { move } from "../../model/lifecycle";
import type { PoolRecord } from "../../model/pool";
import { poolLifecycle } from "../../model/poolLifecycle";
import { poolFault } from "../../model/poolRules";
import { packagesFault } from "../applications/references";
import type { BatchServices } from "../services";
import { refuseFault } from "../shapes/present";

/** A pool that is being deleted takes no change. */
export function updateRefusal(pool: PoolRecord, now: number): Refused | undefined {
    const { refused } = move(poolLifecycle, pool, "update", now);
    return refused && refuse(refused);
}

/** Keeps a changed pool under a new version, and has the scheduler look at it. */
export function keepPool(pool: PoolRecord, call: Call, services: BatchServices): PoolRecord {
    const after = { ...pool, lastModified: call.now, eTag: eTagText(services.store.nextNumber()) };
    services.store.pools.put(after);
    services.scheduler.wake({ pool: pool.key });
    return after;
}

/** The pool's declaration with a change, or why it cannot be changed so. A property that is undefined is taken out. */
export function changedSpec(
    pool: PoolRecord,
    change: JsonObject,
    call: Call,
    services: BatchServices,
): { spec: JsonObject } | Refused {
    const nodes = services.store.nodes.count(pool.key);
    const empty = nodes === 0 && pool.allocationState === "steady";
    for (const name of Object.keys(change)) {
        const row = poolProperty(name);
        if (row?.change !== "replace" || (empty && row.whenEmpty)) continue;
        return refuse("PropertyCannotBeUpdated", {
            values: [
                { key: "PropertyName", value: name },
                {
                    key: "Reason",
                    value: row.whenEmpty
                        ? `It can be changed only while the pool has no nodes; it has ${nodes} and is ${pool.allocationState}.`
                        : "It cannot be changed.",
                },
            ],
        });
    }
    const spec = { ...pool.spec, ...change };
    for (const name of Object.keys(spec)) if (spec[name] === undefined) Reflect.deleteProperty(spec, name);
    const fault = poolFault(spec, call.account.subscriptionId);
    if (fault) return refuseFault(fault);
    const packages = packagesFault(change["applicationPackageReferences"], call.account, services.store);
    return packages ?? { spec };
}
