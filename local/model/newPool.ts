import { limits } from "../../catalog";
import { idKey, recordKey } from "./ids";
import { durationOf } from "./instant";
import type { Instant } from "./instant";
import type { JsonObject } from "./json";
import { isObject } from "./json";
import type { PoolRecord } from "./pool";
import type { PoolSpec } from "./spec";

/** Properties that are fields of the record, not part of its spec. */
const fields = new Set([
    "id",
    "targetDedicatedNodes",
    "targetLowPriorityNodes",
    "enableAutoScale",
    "autoScaleFormula",
    "autoScaleEvaluationInterval",
]);

/** Milliseconds that a resize of the pool may take when the request for it does not say. */
export function resizeTimeoutOf({ spec }: Pick<PoolRecord, "spec">): number {
    return durationOf(String(spec["resizeTimeout"])) ?? limits.resizeTimeoutDefault.value * 1000;
}

/** What a pool has that says nothing of it. */
export const poolDefaults: JsonObject = {
    taskSlotsPerNode: 1,
    taskSchedulingPolicy: { nodeFillType: "spread" },
    enableInterNodeCommunication: false,
    resizeTimeout: "PT15M",
};

/** The record of a pool from its checked declaration (data plane names), for both planes and for auto pools. */
export function newPool(given: {
    account: string;
    id: string;
    spec: JsonObject;
    now: Instant;
    eTag: string;
    autoPoolOwner?: string;
    armOnly?: JsonObject;
}): PoolRecord {
    const { account, id, now, eTag } = given;
    const declared = given.spec as unknown as PoolSpec;
    const spec: JsonObject = { ...poolDefaults };
    for (const [name, value] of Object.entries(given.spec)) if (!fields.has(name)) spec[name] = value;
    spec["virtualMachineConfiguration"] = withImageVersion(spec["virtualMachineConfiguration"]);
    const auto = declared.enableAutoScale === true;
    const timeout = resizeTimeoutOf({ spec });
    return {
        key: recordKey(account, id),
        account: idKey(account),
        id,
        spec,
        state: "active",
        stateTransitionTime: now,
        // An autoscaled pool has nothing to do before its formula's first evaluation.
        allocationState: auto ? "steady" : "resizing",
        allocationStateTransitionTime: now,
        targetDedicatedNodes: auto ? 0 : (declared.targetDedicatedNodes ?? 0),
        targetSpotNodes: auto ? 0 : (declared.targetLowPriorityNodes ?? 0),
        ...(auto ? {} : { resize: { startedAt: now, deadline: now + timeout, deallocation: "requeue" } }),
        ...(auto
            ? {
                  autoScale: {
                      formula: declared.autoScaleFormula ?? "",
                      interval:
                          durationOf(declared.autoScaleEvaluationInterval ?? "") ??
                          limits.evaluationIntervalDefault.value * 1000,
                      nextEvaluation: now,
                      enabledAt: now,
                  },
              }
            : {}),
        nodeCount: 0,
        ...(given.autoPoolOwner === undefined ? {} : { autoPoolOwner: given.autoPoolOwner }),
        armOnly: given.armOnly ?? {},
        creationTime: now,
        lastModified: now,
        eTag,
    };
}

/** A Marketplace image without a version means the latest one, and is shown so. */
function withImageVersion(machine: unknown): unknown {
    if (!isObject(machine)) return machine;
    const image = machine["imageReference"];
    if (!isObject(image) || image["publisher"] === undefined) return machine;
    return { ...machine, imageReference: { ...image, version: image["version"] ?? "latest" } };
}
