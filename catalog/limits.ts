import type { Source } from "./source";

const quotaPage: Source = {
    title: "Batch service quotas and limits",
    url: "https://learn.microsoft.com/azure/batch/batch-quota-limit",
    date: "2026-01",
};
const restReference: Source = {
    title: "Batch service REST API 2025-06-01, model documentation",
    date: "2026-05",
};
const managementReference: Source = {
    title: "Batch management REST API 2024-07-01, model documentation",
    date: "2026-05",
};
const addCollectionPage: Source = {
    title: "Add a collection of tasks to a job",
    url: "https://learn.microsoft.com/rest/api/batchservice/add-a-collection-of-tasks-to-a-job",
    date: "2026-11",
};
const largeTaskPage: Source = {
    title: "Submit a large number of tasks to a Batch job",
    url: "https://learn.microsoft.com/azure/batch/large-number-tasks",
    date: "2026-11",
};
const autoscalePage: Source = {
    title: "Create a formula to automatically scale compute nodes in a Batch pool",
    url: "https://learn.microsoft.com/azure/batch/batch-automatic-scaling",
    date: "2026-11",
};
const dependenciesPage: Source = {
    title: "Create task dependencies to run tasks that depend on other tasks",
    url: "https://learn.microsoft.com/azure/batch/batch-task-dependencies",
    date: "2026-11",
};
const odataPage: Source = {
    title: "Using OData filters in Batch",
    url: "https://learn.microsoft.com/rest/api/batchservice/odata-filters-in-batch",
    date: "2026-11",
};
const sharedKeyPage: Source = {
    title: "Authenticate requests to the Azure Batch service",
    url: "https://learn.microsoft.com/rest/api/batchservice/authenticate-requests-to-the-azure-batch-service",
    date: "2026-11",
};

/** One limit of the service: a number, its unit, and where it is stated. */
export interface Limit {
    readonly value: number;
    readonly unit: string;
    readonly source: Source;
}

const limit = (value: number, unit: string, source: Source): Limit => ({ value, unit, source });

/** Every limit that the constructs, the client and Batch Local hold to. Durations are in seconds. */
export const limits = {
    // Names.
    idLength: limit(64, "characters", restReference),
    displayNameLength: limit(1024, "characters", restReference),
    accountNameMin: limit(3, "characters", managementReference),
    accountNameMax: limit(24, "characters", managementReference),

    // Requests and lists.
    tasksPerCollection: limit(100, "tasks", addCollectionPage),
    collectionBytes: limit(1_048_576, "bytes", addCollectionPage),
    concurrentSubmissions: limit(100, "requests", largeTaskPage),
    pageSize: limit(1000, "items", odataPage),
    nodeCountsPageSize: limit(10, "items", odataPage),
    requestTimeout: limit(30, "seconds", restReference),
    collectionTimeout: limit(120, "seconds", addCollectionPage),
    clockSkew: limit(15 * 60, "seconds", sharedKeyPage),

    // Pools and nodes.
    slotsPerCore: limit(4, "task slots", restReference),
    taskSlotsPerNode: limit(256, "task slots", restReference),
    resizeTimeoutMin: limit(5 * 60, "seconds", restReference),
    resizeTimeoutDefault: limit(15 * 60, "seconds", restReference),
    nodesPerRemoval: limit(100, "nodes", restReference),
    interNodePoolNodes: limit(100, "nodes", quotaPage),
    customImagePoolDedicatedNodes: limit(2000, "nodes", quotaPage),
    customImagePoolSpotNodes: limit(1000, "nodes", quotaPage),
    applicationPackagesPerPool: limit(10, "packages", managementReference),
    mountsPerPool: limit(10, "mounts", quotaPage),

    // Autoscale.
    formulaLength: limit(8192, "characters", autoscalePage),
    formulaStatements: limit(100, "statements", autoscalePage),
    evaluationIntervalMin: limit(5 * 60, "seconds", restReference),
    evaluationIntervalMax: limit(168 * 3600, "seconds", restReference),
    evaluationIntervalDefault: limit(15 * 60, "seconds", restReference),
    enableAutoScaleInterval: limit(30, "seconds", autoscalePage),

    // Jobs and tasks.
    jobPriorityMin: limit(-1000, "priority", restReference),
    jobPriorityMax: limit(1000, "priority", restReference),
    dependencyIdsLength: limit(64_000, "characters", dependenciesPage),
    taskLifetime: limit(180 * 24 * 3600, "seconds", quotaPage),
    retentionTimeDefault: limit(7 * 24 * 3600, "seconds", restReference),
    releaseTaskWallClockMax: limit(15 * 60, "seconds", restReference),
    scheduleIntervalMin: limit(60, "seconds", restReference),

    // Account quotas: what a new account may get, and what support raises it to.
    accountsPerRegionMax: limit(50, "accounts", quotaPage),
    dedicatedCoresDefault: limit(900, "cores", quotaPage),
    spotCoresDefault: limit(100, "cores", quotaPage),
    activeJobsDefault: limit(300, "jobs and job schedules", quotaPage),
    activeJobsMax: limit(1000, "jobs and job schedules", quotaPage),
    poolsDefault: limit(100, "pools", quotaPage),
    poolsMax: limit(500, "pools", quotaPage),
    privateEndpoints: limit(100, "private endpoints", quotaPage),
    applicationsPerAccount: limit(20, "applications", quotaPage),
    packagesPerApplication: limit(40, "packages", quotaPage),
} as const satisfies Record<string, Limit>;

/** Name of a limit in {@link limits}. */
export type LimitName = keyof typeof limits;

/** Ids of pools, jobs, schedules and tasks: letters, digits, hyphen, underscore, at most 64 characters. */
export const ID_PATTERN = /^[A-Za-z0-9_-]{1,64}$/;

/** Ids of tasks that a task may depend on by range are those that read as integers. */
export const INTEGER_ID_PATTERN = /^\d{1,64}$/;

/** Batch account names: 3 to 24 lower-case letters and digits. */
export const ACCOUNT_NAME_PATTERN = /^[a-z0-9]{3,24}$/;

/** Storage account names follow the same rule as Batch account names. */
export const STORAGE_ACCOUNT_NAME_PATTERN = /^[a-z0-9]{3,24}$/;

/** Blob container names: 3 to 63 lower-case letters, digits and single hyphens, no hyphen at either end. */
export const CONTAINER_NAME_PATTERN = /^(?=.{3,63}$)[a-z0-9]+(-[a-z0-9]+)*$/;

/**
 * Largest `taskSlotsPerNode` on a VM of so many cores: four for each core, 256 at most.
 * Source: Batch service REST API 2025-06-01, `taskSlotsPerNode`.
 */
export function maxTaskSlots(cores: number): number {
    return Math.min(limits.slotsPerCore.value * cores, limits.taskSlotsPerNode.value);
}
