import type { ArmCall, Outcome } from "../../http/operation";
import { isoText } from "../../model/instant";
import type { PoolRecord } from "../../model/pool";
import { findAccount, findPool } from "../lookup";
import { matches } from "../filter";
import { page } from "../paging";
import type { ArmOperation } from "../services";
import { shownPool } from "./poolShape";
import { poolReply } from "./reply";

const pools =
    "/subscriptions/:subscriptionId/resourceGroups/:resourceGroupName/providers/Microsoft.Batch/batchAccounts/:accountName/pools";

export const getPool: ArmOperation = {
    id: "Pool_Get",
    method: "GET",
    path: `${pools}/:poolName`,
    handle(call, services) {
        const account = findAccount(call, services);
        if ("refused" in account) return account;
        const pool = findPool(call, account, services);
        return "refused" in pool ? pool : poolReply(call, pool, account, services);
    },
};

export const listPools: ArmOperation = {
    id: "Pool_ListByBatchAccount",
    method: "GET",
    path: pools,
    handle(call, services): Outcome {
        const account = findAccount(call, services);
        if ("refused" in account) return account;
        const keep = matches(call, filtered);
        if ("refused" in keep) return keep;
        const found = services.store.pools.list(account.key).filter(keep.holds);
        return page(call, found, (pool) => {
            const shown = shownPool(pool, account, services.store.nodes.list(pool.key), call.apiVersion);
            return selected(call, shown);
        });
    },
};

/** What `$filter` may look at: "Pool - List By Batch Account". */
const filtered: Readonly<Record<string, (pool: PoolRecord) => unknown>> = {
    name: (pool) => pool.id,
    "properties/allocationState": (pool) => pool.allocationState,
    "properties/allocationStateTransitionTime": (pool) => isoText(pool.allocationStateTransitionTime),
    "properties/creationTime": (pool) => isoText(pool.creationTime),
    "properties/provisioningState": (pool) => (pool.state === "deleting" ? "Deleting" : "Succeeded"),
    "properties/provisioningStateTransitionTime": (pool) => isoText(pool.stateTransitionTime),
    "properties/lastModified": (pool) => isoText(pool.lastModified),
    "properties/vmSize": (pool) => pool.spec["vmSize"],
    "properties/interNodeCommunication": (pool) =>
        pool.spec["enableInterNodeCommunication"] === true ? "Enabled" : "Disabled",
    "properties/scaleSettings/autoScale": (pool) => (pool.autoScale ? "{}" : null),
    "properties/scaleSettings/fixedScale": (pool) => (pool.autoScale ? null : "{}"),
};

/** `$select=properties/vmSize,…`: of the properties only those; name, id, type and etag are always there. */
function selected(call: ArmCall, shown: Record<string, unknown>): unknown {
    const text = call.query.get("$select");
    if (!text) return shown;
    const wanted = new Set(
        text.split(",").map((name) =>
            name
                .trim()
                .replace(/^properties\//, "")
                .toLowerCase(),
        ),
    );
    if (wanted.has("properties")) return shown;
    const properties = Object.entries(shown["properties"] ?? {}).filter(([name]) =>
        wanted.has(name.toLowerCase()),
    );
    return { ...shown, properties: Object.fromEntries(properties) };
}
