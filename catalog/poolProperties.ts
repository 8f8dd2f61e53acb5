import type { Source } from "./source";

/**
 * What a change of a pool property means for a pool that has nodes.
 * - `inPlace`: accepted, in force at once.
 * - `afterReboot`: accepted, running nodes take it over when they are rebooted or reimaged.
 * - `afterReimage`: accepted, running nodes take it over when they are reimaged.
 * - `replace`: refused with `PropertyCannotBeUpdated`; the constructs make a new pool before the old one goes.
 */
export type PoolChange = "inPlace" | "afterReboot" | "afterReimage" | "replace";

/** One row of the mutability table. */
export interface PoolProperty {
    /** Name in the management plane (2024-07-01), which azure-native uses too. */
    readonly path: string;
    /** Name in the data plane (2025-06-01), where the property exists there. */
    readonly dataPlane?: string;
    readonly change: PoolChange;
    /** True when the service does take the change while the pool is steady and has no nodes at all. */
    readonly whenEmpty: boolean;
    readonly source: Source;
    /** What a person should know when they plan the change. */
    readonly note?: string;
}

const updatePage: Source = {
    title: "Update Batch pool properties",
    url: "https://learn.microsoft.com/azure/batch/batch-pool-update-properties",
    date: "2026-11-21",
};
const updateModel: Source = {
    title: "Batch service REST API 2025-06-01, BatchPoolUpdateOptions",
    date: "2026-05",
};
const identityPage: Source = {
    title: "Configure managed identities in Batch pools",
    url: "https://learn.microsoft.com/azure/batch/managed-identity-pools",
    date: "2026-11",
};
const tagsModel: Source = { title: "Batch management REST API 2024-07-01, Pool", date: "2026-05" };
const retired: Source = {
    title: "Azure/Batch#140",
    url: "https://github.com/Azure/Batch/issues/140",
    date: "2026-05-15",
};

/** The mutability table: every property of a pool that a client can set, by its name in the management plane. */
export const poolProperties = {
    displayName: {
        path: "displayName",
        dataPlane: "displayName",
        change: "replace",
        whenEmpty: true,
        source: updateModel,
    },
    vmSize: { path: "vmSize", dataPlane: "vmSize", change: "replace", whenEmpty: true, source: updateModel },
    deploymentConfiguration: {
        path: "deploymentConfiguration",
        dataPlane: "virtualMachineConfiguration",
        change: "replace",
        whenEmpty: true,
        source: updateModel,
        note: "image, node agent, disks, containers, extensions and security profile are all part of it",
    },
    scaleSettings: {
        path: "scaleSettings",
        change: "inPlace",
        whenEmpty: true,
        source: updatePage,
        note: "a fixed size cannot be changed while a resize is under way",
    },
    interNodeCommunication: {
        path: "interNodeCommunication",
        dataPlane: "enableInterNodeCommunication",
        change: "replace",
        whenEmpty: true,
        source: updateModel,
    },
    networkConfiguration: {
        path: "networkConfiguration",
        dataPlane: "networkConfiguration",
        change: "replace",
        whenEmpty: true,
        source: updateModel,
    },
    taskSlotsPerNode: {
        path: "taskSlotsPerNode",
        dataPlane: "taskSlotsPerNode",
        change: "replace",
        whenEmpty: true,
        source: updateModel,
    },
    taskSchedulingPolicy: {
        path: "taskSchedulingPolicy",
        dataPlane: "taskSchedulingPolicy",
        change: "replace",
        whenEmpty: true,
        source: updateModel,
    },
    userAccounts: {
        path: "userAccounts",
        dataPlane: "userAccounts",
        change: "replace",
        whenEmpty: true,
        source: updateModel,
    },
    metadata: {
        path: "metadata",
        dataPlane: "metadata",
        change: "inPlace",
        whenEmpty: true,
        source: updatePage,
    },
    startTask: {
        path: "startTask",
        dataPlane: "startTask",
        change: "afterReboot",
        whenEmpty: true,
        source: updatePage,
        note: "nodes that run already do not run the new start task until they are rebooted or reimaged",
    },
    applicationPackages: {
        path: "applicationPackages",
        dataPlane: "applicationPackageReferences",
        change: "afterReboot",
        whenEmpty: true,
        source: updatePage,
        note: "nodes that run already keep the old packages until they are rebooted or reimaged",
    },
    mountConfiguration: {
        path: "mountConfiguration",
        dataPlane: "mountConfiguration",
        change: "replace",
        whenEmpty: true,
        source: updateModel,
    },
    upgradePolicy: {
        path: "upgradePolicy",
        dataPlane: "upgradePolicy",
        change: "replace",
        whenEmpty: true,
        source: updateModel,
    },
    identity: {
        path: "identity",
        // guess: the page says that identities of a pool can be changed, not when running nodes see it.
        change: "afterReimage",
        whenEmpty: true,
        source: identityPage,
    },
    resourceTags: { path: "resourceTags", change: "replace", whenEmpty: true, source: updatePage },
    tags: { path: "tags", change: "inPlace", whenEmpty: true, source: tagsModel },
    targetNodeCommunicationMode: {
        path: "targetNodeCommunicationMode",
        // guess: earlier versions list it among the properties that PATCH takes; the newest have removed it.
        change: "inPlace",
        whenEmpty: true,
        source: { title: "Batch service REST API 2024-02-01.19.0, PoolPatchParameter", date: "2024-02" },
    },
    certificates: { path: "certificates", change: "afterReboot", whenEmpty: true, source: retired },
    applicationLicenses: {
        path: "applicationLicenses",
        change: "replace",
        whenEmpty: false,
        source: retired,
    },
} as const satisfies Record<string, PoolProperty>;

/** Name of a pool property in the table. */
export type PoolPropertyName = keyof typeof poolProperties;

const rows: readonly PoolProperty[] = Object.values(poolProperties);

/** Properties whose change replaces the pool, as `replaceOnChanges` takes them. */
export const replacingPoolProperties: readonly string[] = rows
    .filter((row) => row.change === "replace")
    .map((row) => row.path);

/** The row of a property or of a path below it (`startTask.commandLine`), in the names of either plane. */
export function poolProperty(path: string): PoolProperty | undefined {
    const head = path.replace(/^properties\./, "").split(/[.[]/, 1)[0];
    return rows.find((row) => row.path === head) ?? rows.find((row) => row.dataPlane === head);
}
