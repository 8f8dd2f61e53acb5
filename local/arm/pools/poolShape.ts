import type { AccountRecord } from "../../model/account";
import { durationOf, durationText, isoText } from "../../model/instant";
import type { JsonObject } from "../../model/json";
import type { NameValueError, NodeRecord, PoolRecord } from "../../model/pool";
import { limits } from "../../../catalog";
import { shownETag } from "../etag";
import { listOf, objectOf, textOf } from "../merge";
import { toDataPlane, toManagement } from "./fields";
import { poolFields } from "./poolFields";

/** Properties that are fields of the record, not part of what the data plane calls the pool's specification. */
const notInSpec = new Set(["scaleSettings", "certificates"]);

/** Read-only ones, which clients send back as they got them. */
const readOnly = new Set([
    "provisioningState",
    "provisioningStateTransitionTime",
    "allocationState",
    "allocationStateTransitionTime",
    "creationTime",
    "lastModified",
    "currentDedicatedNodes",
    "currentLowPriorityNodes",
    "currentNodeCommunicationMode",
    "autoScaleRun",
    "resizeOperationStatus",
]);

/** What a pool's `properties` say, as the data plane's specification of it. */
export function specOf(properties: JsonObject): JsonObject {
    const converted = objectOf(toDataPlane(poolFields, properties));
    const spec: JsonObject = {};
    for (const [name, value] of Object.entries(converted)) {
        if (notInSpec.has(name) || readOnly.has(name)) continue;
        if (name === "deploymentConfiguration") {
            spec["virtualMachineConfiguration"] = machineSpec(
                objectOf(objectOf(value)["virtualMachineConfiguration"]),
            );
        } else if (name === "interNodeCommunication") {
            spec["enableInterNodeCommunication"] = textOf(value)?.toLowerCase() === "enabled";
        } else if (name === "applicationPackages") {
            spec["applicationPackageReferences"] = listOf(value).map(packageSpec);
        } else spec[name] = value;
    }
    const { resizeTimeout } = objectOf(objectOf(properties["scaleSettings"])["fixedScale"]);
    if (resizeTimeout !== undefined) spec["resizeTimeout"] = resizeTimeout;
    return withDefaults(spec);
}

/** What the service fills in where a pool does not say. */
export function withDefaults(spec: JsonObject): JsonObject {
    return {
        taskSlotsPerNode: 1,
        taskSchedulingPolicy: { nodeFillType: "spread" },
        enableInterNodeCommunication: false,
        resizeTimeout: durationText(limits.resizeTimeoutDefault.value * 1000),
        ...spec,
    };
}

/** Older versions name a data disk's storage type on the disk itself; newer ones on its managed disk. */
function machineSpec(machine: JsonObject): JsonObject {
    const disks = machine["dataDisks"];
    if (!Array.isArray(disks)) return machine;
    const dataDisks = listOf(disks).map(({ storageAccountType, ...disk }) =>
        storageAccountType === undefined
            ? disk
            : { ...disk, managedDisk: { ...objectOf(disk["managedDisk"]), storageAccountType } },
    );
    return { ...machine, dataDisks };
}

/** The resource manager names an application, or one version of it, by id. */
function packageSpec(reference: JsonObject): JsonObject {
    const parts = (textOf(reference["id"]) ?? "").split("/").filter(Boolean);
    const after = (word: string) => {
        const at = parts.findLastIndex((part) => part.toLowerCase() === word);
        return at < 0 ? undefined : parts[at + 1];
    };
    const applicationId = after("applications") ?? parts.at(-1) ?? "";
    const version = textOf(reference["version"]) ?? after("versions");
    return version === undefined ? { applicationId } : { applicationId, version };
}

/** Id, `properties` and the rest of a pool, as the resource manager shows it. */
export function shownPool(
    pool: PoolRecord,
    account: AccountRecord,
    nodes: readonly NodeRecord[],
    version: string,
): JsonObject {
    const tags = pool.armOnly["tags"];
    const identity = pool.armOnly["identity"];
    return {
        id: `${account.armId}/pools/${pool.id}`,
        name: pool.id,
        type: "Microsoft.Batch/batchAccounts/pools",
        etag: shownETag(pool.eTag),
        ...(tags === undefined ? {} : { tags }),
        ...(identity === undefined ? {} : { identity }),
        properties: {
            ...states(pool, nodes),
            ...declared(pool, account, version),
            scaleSettings: scale(pool),
            ...autoScaleRun(pool),
            ...resizeStatus(pool),
        },
    };
}

function states(pool: PoolRecord, nodes: readonly NodeRecord[]): JsonObject {
    const dedicated = nodes.filter((node) => node.dedicated).length;
    return {
        provisioningState: pool.state === "deleting" ? "Deleting" : "Succeeded",
        provisioningStateTransitionTime: isoText(pool.stateTransitionTime),
        allocationState: capital(pool.allocationState),
        allocationStateTransitionTime: isoText(pool.allocationStateTransitionTime),
        creationTime: isoText(pool.creationTime),
        lastModified: isoText(pool.lastModified),
        currentDedicatedNodes: dedicated,
        currentLowPriorityNodes: nodes.length - dedicated,
    };
}

function declared(pool: PoolRecord, account: AccountRecord, version: string): JsonObject {
    const {
        virtualMachineConfiguration,
        enableInterNodeCommunication,
        applicationPackageReferences,
        resizeTimeout: _inScaleSettings,
        ...rest
    } = pool.spec;
    const shown: JsonObject = { ...rest };
    if (virtualMachineConfiguration !== undefined)
        shown["deploymentConfiguration"] = { virtualMachineConfiguration };
    const properties = objectOf(toManagement(poolFields, shown));
    const deployment = objectOf(properties["deploymentConfiguration"]);
    const machine = objectOf(deployment["virtualMachineConfiguration"]);
    if (version < "2025-06-01" && Array.isArray(machine["dataDisks"])) {
        machine["dataDisks"] = listOf(machine["dataDisks"]).map(olderDisk);
    }
    properties["interNodeCommunication"] = enableInterNodeCommunication === true ? "Enabled" : "Disabled";
    if (Array.isArray(applicationPackageReferences)) {
        properties["applicationPackages"] = listOf(applicationPackageReferences).map(
            ({ applicationId, version: named }) => ({
                id: `${account.armId}/applications/${textOf(applicationId) ?? ""}`,
                ...(named === undefined ? {} : { version: named }),
            }),
        );
    }
    return properties;
}

function olderDisk({ managedDisk, ...disk }: JsonObject): JsonObject {
    const { storageAccountType } = objectOf(managedDisk);
    return storageAccountType === undefined ? disk : { ...disk, storageAccountType };
}

function scale(pool: PoolRecord): JsonObject {
    if (pool.autoScale) {
        const { formula, interval } = pool.autoScale;
        return { autoScale: { formula, evaluationInterval: durationText(interval) } };
    }
    return {
        fixedScale: {
            targetDedicatedNodes: pool.targetDedicatedNodes,
            targetLowPriorityNodes: pool.targetSpotNodes,
            resizeTimeout: textOf(pool.spec["resizeTimeout"]) ?? "PT15M",
        },
    };
}

function autoScaleRun(pool: PoolRecord): JsonObject {
    const run = pool.autoScale?.lastRun;
    if (!run) return {};
    return {
        autoScaleRun: {
            evaluationTime: isoText(run.timestamp),
            ...(run.results === undefined ? {} : { results: run.results }),
            ...(run.error ? { error: shownError(run.error) } : {}),
        },
    };
}

const deallocationOptions = ["Requeue", "Terminate", "TaskCompletion", "RetainedData"];

function resizeStatus(pool: PoolRecord): JsonObject {
    const errors = pool.resizeErrors?.map(shownError);
    if (!pool.resize && !errors?.length) return {};
    const option = deallocationOptions.find((known) => known.toLowerCase() === pool.resize?.deallocation);
    return {
        resizeOperationStatus: {
            targetDedicatedNodes: pool.targetDedicatedNodes,
            targetLowPriorityNodes: pool.targetSpotNodes,
            resizeTimeout: textOf(pool.spec["resizeTimeout"]) ?? "PT15M",
            ...(option ? { nodeDeallocationOption: option } : {}),
            ...(pool.resize ? { startTime: isoText(pool.resize.startedAt) } : {}),
            ...(errors?.length ? { errors } : {}),
        },
    };
}

function shownError({ code, message, values }: NameValueError): JsonObject {
    return {
        code,
        message,
        ...(values?.length
            ? { details: values.map(({ name, value }) => ({ code: name, message: value })) }
            : {}),
    };
}

function capital(word: string): string {
    return word.charAt(0).toUpperCase() + word.slice(1);
}

/** What `scaleSettings` ask for; both or neither of the two kinds is for the caller to refuse. */
export interface Scale {
    dedicated: number;
    spot: number;
    resizeTimeout: number;
    deallocation: string;
    autoScale?: { formula: string; interval: number };
}

export function scaleOf(settings: JsonObject): Scale {
    const fixed = objectOf(settings["fixedScale"]);
    const auto = objectOf(settings["autoScale"]);
    const formula = textOf(auto["formula"]);
    const milliseconds = (text: unknown, seconds: number) => durationOf(textOf(text) ?? "") ?? seconds * 1000;
    const whole = (value: unknown) => (typeof value === "number" ? value : 0);
    return {
        dedicated: whole(fixed["targetDedicatedNodes"]),
        spot: whole(fixed["targetLowPriorityNodes"]),
        resizeTimeout: milliseconds(fixed["resizeTimeout"], limits.resizeTimeoutDefault.value),
        deallocation: textOf(fixed["nodeDeallocationOption"])?.toLowerCase() ?? "requeue",
        ...(formula === undefined
            ? {}
            : {
                  autoScale: {
                      formula,
                      interval: milliseconds(
                          auto["evaluationInterval"],
                          limits.evaluationIntervalDefault.value,
                      ),
                  },
              }),
    };
}
