import { refuse } from "../../http/operation";
import type { Refused } from "../../http/operation";
import type { AccountRecord } from "../../model/account";
import { recordKey } from "../../model/ids";
import type { JsonObject } from "../../model/json";
import type { DeallocationOption, PoolRecord } from "../../model/pool";
import { moveAllocation } from "../../model/poolLifecycle";
import { limits, poolProperties } from "../../../catalog";
import { below } from "../lookup";
import { listOf, objectOf, same, textOf } from "../merge";
import { withoutSecrets } from "./fields";
import type { Fields } from "./fields";
import { poolFields } from "./poolFields";
import { scaleOf, withDefaults } from "./poolShape";
import type { Scale } from "./poolShape";
import type { ArmServices } from "../services";

/**
 * The specification that a pool has after `asked` (whole, in data plane names), or which property cannot change, as the
 * catalogue's table says. Passwords and keys are never shown: who sends back what was shown has not changed them.
 */
export function changedSpec(pool: PoolRecord, asked: JsonObject, nodes: number): JsonObject | Refused {
    const size = nodes + pool.targetDedicatedNodes + pool.targetSpotNodes;
    const empty = size === 0 && pool.allocationState === "steady";
    const old = withDefaults(pool.spec);
    const spec: JsonObject = { ...asked };
    for (const row of Object.values(poolProperties)) {
        const name = "dataPlane" in row ? row.dataPlane : row.path;
        if (unchanged(name, old[name], spec[name])) {
            if (old[name] !== undefined) spec[name] = old[name];
        } else if (row.change === "replace" && !(empty && row.whenEmpty)) {
            return refuse("PropertyCannotBeUpdated", {
                values: [
                    { key: "PropertyName", value: row.path },
                    { key: "PropertyPath", value: `properties.${row.path}` },
                ],
            });
        }
    }
    return spec;
}

function unchanged(name: string, old: unknown, asked: unknown): boolean {
    if (same(old, asked)) return true;
    const fields = withSecrets[name];
    if (!fields) return false;
    const bare = withoutSecrets(fields, asked);
    return same(bare, asked) && same(withoutSecrets(fields, old), bare);
}

/** Shapes of the properties that hold secrets, by their data plane name. */
const withSecrets: Readonly<Record<string, Fields | undefined>> = {
    virtualMachineConfiguration:
        poolFields["deploymentConfiguration"]?.fields?.["virtualMachineConfiguration"]?.fields,
    userAccounts: poolFields["userAccounts"]?.fields,
    mountConfiguration: poolFields["mountConfiguration"]?.fields,
    startTask: poolFields["startTask"]?.fields,
};

/** The record with the size that is asked for; a size cannot change while the pool is resizing. */
export function scaled(pool: PoolRecord, settings: JsonObject, now: number): PoolRecord | Refused {
    const scale = scaleOf(settings);
    if (scale.autoScale) return autoScaled(pool, scale.autoScale, now);
    const { dedicated, spot } = scale;
    const fixed: PoolRecord = { ...pool };
    delete fixed.autoScale;
    if (dedicated === pool.targetDedicatedNodes && spot === pool.targetSpotNodes) return fixed;
    const moved = moveAllocation(fixed, "resize", now);
    if (!moved.record) return refuse(moved.refused);
    const resized: PoolRecord = {
        ...moved.record,
        targetDedicatedNodes: dedicated,
        targetSpotNodes: spot,
        resize: resizeOf(scale, now),
    };
    delete resized.resizeErrors;
    return resized;
}

function autoScaled(pool: PoolRecord, asked: NonNullable<Scale["autoScale"]>, now: number): PoolRecord {
    const old = pool.autoScale;
    if (old?.formula === asked.formula && old.interval === asked.interval) return pool;
    return {
        ...pool,
        autoScale: {
            ...asked,
            nextEvaluation: now,
            enabledAt: old?.enabledAt ?? now,
            ...(old?.lastRun ? { lastRun: old.lastRun } : {}),
        },
    };
}

export function resizeOf(scale: Scale, now: number): NonNullable<PoolRecord["resize"]> {
    return {
        startedAt: now,
        deadline: now + scale.resizeTimeout,
        deallocation: scale.deallocation as DeallocationOption,
    };
}

/** What a body refers to must be there, and nothing that was retired may be asked for. */
export function references(
    properties: JsonObject,
    spec: JsonObject,
    account: AccountRecord,
    services: ArmServices,
): Refused | undefined {
    if (listOf(properties["certificates"]).length > 0) {
        return refuse("CertificateRetired", {
            values: [
                { key: "PropertyName", value: "certificates" },
                { key: "PropertyPath", value: "properties.certificates" },
            ],
        });
    }
    const { formula } = objectOf(objectOf(properties["scaleSettings"])["autoScale"]);
    if (typeof formula === "string" && formula.length > limits.formulaLength.value)
        return refuse("AutoScalingFormulaTooLong");
    for (const reference of listOf(spec["applicationPackageReferences"])) {
        const missing = missingPackage(reference, account, services);
        if (missing) return missing;
    }
    return undefined;
}

function missingPackage(
    reference: JsonObject,
    account: AccountRecord,
    services: ArmServices,
): Refused | undefined {
    const { resources } = services.store;
    const name = textOf(reference["applicationId"]) ?? "";
    const application = resources.get(below(account, "applications", name));
    const version =
        textOf(reference["version"]) ?? textOf(objectOf(application?.body["properties"])["defaultVersion"]);
    const found =
        version === undefined
            ? undefined
            : resources.get(below(account, "applications", name, "versions", version));
    if (application && version === undefined) {
        return refuse("InvalidApplicationPackageReferences", {
            values: [
                {
                    key: "Reason",
                    value: `The application '${name}' has no default version, and the reference names none.`,
                },
            ],
        });
    }
    if (found && objectOf(found.body["properties"])["state"] === "Active") return undefined;
    return refuse("InvalidApplicationPackageReferences", {
        values: [
            {
                key: name,
                value: found
                    ? "The specified application package is not active."
                    : "The specified application package does not exist.",
            },
        ],
    });
}

/** As the pool quota allows it. */
export function poolQuota(account: AccountRecord, services: ArmServices): Refused | undefined {
    return services.store.pools.count(account.key) < account.quotas.pools
        ? undefined
        : refuse("PoolQuotaReached");
}

export function poolKey(account: AccountRecord, name: string): string {
    return recordKey(account.key, name);
}
