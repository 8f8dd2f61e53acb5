import { refuse } from "../../http/operation";
import type { Refused } from "../../http/operation";
import type { JsonObject } from "../../model/json";
import type { PoolRecord } from "../../model/pool";
import { identityOf } from "../accounts/settings";
import { conditionsOf, newETag } from "../etag";
import { findAccount, findPool } from "../lookup";
import { merge, objectOf, withoutNulls } from "../merge";
import type { ArmOperation } from "../services";
import { changedSpec, references, scaled } from "./change";
import { specOf, withDefaults } from "./poolShape";
import { poolReply } from "./reply";

export const updatePool: ArmOperation = {
    id: "Pool_Update",
    method: "PATCH",
    path: "/subscriptions/:subscriptionId/resourceGroups/:resourceGroupName/providers/Microsoft.Batch/batchAccounts/:accountName/pools/:poolName",
    body: "Pool",
    handle(call, services) {
        const account = findAccount(call, services);
        if ("refused" in account) return account;
        const pool = findPool(call, account, services);
        if ("refused" in pool) return pool;
        if (pool.state === "deleting") return refuse("PoolBeingDeleted");
        const failed = conditionsOf(call, pool.eTag);
        if (failed) return failed;
        const body = objectOf(call.body);
        const properties = objectOf(body["properties"]);
        const refused = references(properties, specOf(withoutNulls(properties)), account, services);
        if (refused) return refused;
        const spec = changedSpec(pool, patched(pool, properties), services.store.nodes.count(pool.key));
        if ("refused" in spec) return spec as unknown as Refused;
        const settings = objectOf(withoutNulls(properties["scaleSettings"]));
        const sized = Object.keys(settings).length === 0 ? pool : scaled(pool, settings, call.now);
        if ("refused" in sized) return sized;
        const armOnly = armOnlyOf(body, pool.armOnly, (asked, old) => identityOf(asked, old, services));
        if ("refused" in armOnly) return armOnly as unknown as Refused;
        const record: PoolRecord = {
            ...sized,
            spec,
            armOnly,
            lastModified: call.now,
            eTag: newETag(services.store),
        };
        services.store.pools.put(record);
        services.scheduler.wake({ pool: record.key });
        return poolReply(call, record, account, services);
    },
};

/** Each property that is given replaces the old one as a whole; null takes it out. */
function patched(pool: PoolRecord, properties: JsonObject): JsonObject {
    const asked = new Map(Object.entries(pool.spec));
    for (const [name, value] of Object.entries(properties)) {
        const dataName = dataNames[name] ?? name;
        if (value === null) {
            asked.delete(dataName);
            continue;
        }
        const converted = specOf({ [name]: withoutNulls(value) });
        if (name === "scaleSettings") {
            if ("fixedScale" in objectOf(value)) asked.set("resizeTimeout", converted["resizeTimeout"]);
        } else if (dataName in converted) asked.set(dataName, converted[dataName]);
    }
    return withDefaults(Object.fromEntries(asked));
}

const dataNames: Readonly<Record<string, string>> = {
    deploymentConfiguration: "virtualMachineConfiguration",
    interNodeCommunication: "enableInterNodeCommunication",
    applicationPackages: "applicationPackageReferences",
};

function armOnlyOf(
    body: JsonObject,
    old: JsonObject,
    identity: (asked: JsonObject, old: JsonObject) => JsonObject | Refused,
): JsonObject | Refused {
    const armOnly: JsonObject = { ...old };
    if (body["tags"] !== undefined) armOnly["tags"] = merge({}, objectOf(body["tags"]));
    if (body["identity"] === undefined) return armOnly;
    const settled = identity(objectOf(body["identity"]), objectOf(old["identity"]));
    if (!("refused" in settled)) armOnly["identity"] = settled;
    return "refused" in settled ? settled : armOnly;
}
