import type { FilterFields } from "../../http/filter";
import { versionOrder } from "../../http/routes";
import { durationText, isoText } from "../../model/instant";
import type { JsonObject } from "../../model/json";
import { isObject } from "../../model/json";
import { poolDefaults } from "../../model/newPool";
import type { NodeRecord, PoolRecord } from "../../model/pool";
import { propertiesOf } from "../shapes";
import { given, stateOf, withoutSecrets } from "./parts";

export const poolProperties: ReadonlySet<string> = new Set([
    ...propertiesOf("BatchPoolCreateOptions", "BatchPoolUpdateOptions"),
    ...["url", "eTag", "lastModified", "creationTime", "state", "stateTransitionTime", "allocationState"],
    ...["allocationStateTransitionTime", "resizeErrors", "currentDedicatedNodes", "currentLowPriorityNodes"],
    ...["autoScaleRun", "stats", "identity", "currentNodeCommunicationMode"],
]);

export const poolFields: FilterFields = {
    id: "id",
    state: "enum",
    stateTransitionTime: "date",
    allocationState: "enum",
    allocationStateTransitionTime: "date",
    creationTime: "date",
    enableAutoScale: "boolean",
    lastModified: "date",
    vmSize: "text",
    enableInterNodeCommunication: "boolean",
};

/** `nodes`: those of the pool, for its current size. */
export function renderPool(
    pool: PoolRecord,
    nodes: readonly NodeRecord[],
    origin: string,
    apiVersion: string,
): JsonObject {
    const { displayName, targetNodeCommunicationMode, certificateReferences, resourceTags, ...spec } =
        pool.spec;
    const dedicated = nodes.filter((node) => node.dedicated).length;
    const scale = pool.autoScale;
    return given({
        id: pool.id,
        displayName,
        url: `${origin}/pools/${pool.id}`,
        eTag: pool.eTag,
        lastModified: isoText(pool.lastModified),
        creationTime: isoText(pool.creationTime),
        state: stateOf(pool)["state"],
        stateTransitionTime: isoText(pool.stateTransitionTime),
        allocationState: pool.allocationState,
        allocationStateTransitionTime: isoText(pool.allocationStateTransitionTime),
        ...poolDefaults,
        ...(withoutSecrets(spec) as JsonObject),
        resizeErrors: pool.resizeErrors?.length ? pool.resizeErrors : undefined,
        currentDedicatedNodes: dedicated,
        currentLowPriorityNodes: nodes.length - dedicated,
        targetDedicatedNodes: pool.targetDedicatedNodes,
        targetLowPriorityNodes: pool.targetSpotNodes,
        enableAutoScale: scale !== undefined,
        autoScaleFormula: scale?.formula,
        autoScaleEvaluationInterval: scale && durationText(scale.interval),
        autoScaleRun: scale?.lastRun && {
            ...scale.lastRun,
            timestamp: isoText(scale.lastRun.timestamp),
        },
        identity: identityOf(pool.armOnly["identity"]),
        // The newest version has dropped these.
        ...(versionOrder(apiVersion) < "2025-06-01"
            ? {
                  targetNodeCommunicationMode: targetNodeCommunicationMode ?? "default",
                  currentNodeCommunicationMode: nodes.length > 0 ? "simplified" : undefined,
                  certificateReferences,
                  resourceTags,
              }
            : {}),
    });
}

/** The data plane lists a pool's identities; the resource manager maps them by id. */
function identityOf(identity: unknown): JsonObject | undefined {
    if (!isObject(identity)) return undefined;
    const users = isObject(identity["userAssignedIdentities"]) ? identity["userAssignedIdentities"] : {};
    return {
        type: identity["type"],
        userAssignedIdentities: Object.entries(users).map(([resourceId, ids]) => ({
            resourceId,
            ...(isObject(ids) ? ids : {}),
        })),
    };
}
