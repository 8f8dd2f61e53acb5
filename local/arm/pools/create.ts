import { refuse } from "../../http/operation";
import type { ArmCall, Outcome, Refused } from "../../http/operation";
import type { AccountRecord } from "../../model/account";
import type { Fault } from "../../model/fault";
import type { JsonObject } from "../../model/json";
import type { PoolRecord } from "../../model/pool";
import { poolFault } from "../../model/poolRules";
import { ID_PATTERN } from "../../../catalog";
import { identityOf } from "../accounts/settings";
import { conditionsOf, newETag } from "../etag";
import { parentAccount } from "../lookup";
import { objectOf, textOf } from "../merge";
import { invalidProperty, missingProperty } from "../refusals";
import type { ArmOperation, ArmServices } from "../services";
import { changedSpec, poolKey, poolQuota, references, resizeOf, scaled } from "./change";
import { scaleOf, specOf } from "./poolShape";
import { poolReply } from "./reply";

export const createPool: ArmOperation = {
    id: "Pool_Create",
    method: "PUT",
    path: "/subscriptions/:subscriptionId/resourceGroups/:resourceGroupName/providers/Microsoft.Batch/batchAccounts/:accountName/pools/:poolName",
    body: "Pool",
    handle(call, services) {
        const account = parentAccount(call, "batchAccounts/pools", services);
        if ("refused" in account) return account;
        const name = call.params["poolName"] ?? "";
        if (!ID_PATTERN.test(name)) {
            return refuse("InvalidResourceName", {
                message: `The pool name '${name}' is not valid: it has 1 to 64 letters, digits, hyphens and underscores.`,
            });
        }
        const pool = services.store.pools.get(poolKey(account, name));
        const refused = conditionsOf(call, pool?.eTag);
        if (refused) return refused;
        return pool ? replace(call, pool, account, services) : create(call, name, account, services);
    },
};

/** What a body declares beside the size: data plane specification, identity, tags. */
function declaredBy(
    body: JsonObject,
    old: PoolRecord | undefined,
    account: AccountRecord,
    services: ArmServices,
): Pick<PoolRecord, "spec" | "armOnly"> | Refused {
    const properties = objectOf(body["properties"]);
    const machine = objectOf(properties["deploymentConfiguration"])["virtualMachineConfiguration"];
    if (machine === undefined && !old) {
        return missingProperty("properties.deploymentConfiguration.virtualMachineConfiguration");
    }
    if (textOf(properties["vmSize"]) === undefined && !old) return missingProperty("properties.vmSize");
    const spec = specOf(properties);
    const refused = references(properties, spec, account, services);
    if (refused) return refused;
    const identity = identityOf(objectOf(body["identity"]), {}, services);
    if ("refused" in identity) return identity as unknown as Refused;
    const tags = body["tags"];
    return {
        spec,
        armOnly: {
            ...(identity["type"] === "None" ? {} : { identity }),
            ...(tags === undefined ? {} : { tags }),
        },
    };
}

function create(call: ArmCall, name: string, account: AccountRecord, services: ArmServices): Outcome {
    const body = objectOf(call.body);
    const declared = declaredBy(body, undefined, account, services);
    if ("refused" in declared) return declared;
    const fault = poolFault(declared.spec, account.subscriptionId);
    const refused = fault ? faultyPool(fault) : poolQuota(account, services);
    if (refused) return refused;
    const { now } = call;
    const scale = scaleOf(objectOf(objectOf(body["properties"])["scaleSettings"]));
    const pool: PoolRecord = {
        key: poolKey(account, name),
        account: account.key,
        id: name,
        ...declared,
        state: "active",
        stateTransitionTime: now,
        allocationState: scale.autoScale ? "steady" : "resizing",
        allocationStateTransitionTime: now,
        targetDedicatedNodes: scale.dedicated,
        targetSpotNodes: scale.spot,
        ...(scale.autoScale
            ? { autoScale: { ...scale.autoScale, nextEvaluation: now, enabledAt: now } }
            : { resize: resizeOf(scale, now) }),
        nodeCount: 0,
        creationTime: now,
        lastModified: now,
        eTag: newETag(services.store),
    };
    services.store.pools.put(pool);
    services.scheduler.wake({ pool: pool.key });
    return poolReply(call, pool, account, services);
}

/** What the data plane would refuse too; paths are in its names. */
function faultyPool({ code, property, value, reason }: Fault): Refused {
    if (code === "MissingRequiredProperty") return missingProperty(property ?? "");
    if (property !== undefined) return invalidProperty(property, value, reason);
    return refuse(code, { message: reason });
}

/** PUT on a pool that is there: what it does not say goes back to its default, and what cannot change must be as it was. */
function replace(call: ArmCall, pool: PoolRecord, account: AccountRecord, services: ArmServices): Outcome {
    if (pool.state === "deleting") return refuse("PoolBeingDeleted");
    const body = objectOf(call.body);
    const declared = declaredBy(body, pool, account, services);
    if ("refused" in declared) return declared;
    const spec = changedSpec(pool, declared.spec, services.store.nodes.count(pool.key));
    if ("refused" in spec) return spec as unknown as Refused;
    const settings = objectOf(objectOf(body["properties"])["scaleSettings"]);
    // guess: a PUT without scaleSettings leaves the size alone.
    const sized = Object.keys(settings).length === 0 ? pool : scaled(pool, settings, call.now);
    if ("refused" in sized) return sized;
    const record: PoolRecord = {
        ...sized,
        armOnly: declared.armOnly,
        spec,
        lastModified: call.now,
        eTag: newETag(services.store),
    };
    services.store.pools.put(record);
    services.scheduler.wake({ pool: record.key });
    return poolReply(call, record, account, services);
}
