export interface SimulationOptions {
    /** Task slots of a node. @default 1 */
    readonly taskSlotsPerNode?: number;
    /** Nodes at the start, ready to work. @default 0 */
    readonly initialDedicatedNodes?: number;
    readonly initialSpotNodes?: number;
    /** From the request for a node until it takes tasks, start task included, in seconds. @default 180 */
    readonly bootSeconds?: number;
    /** From the last task of a node that goes until it costs nothing, in seconds. @default 60 */
    readonly removalSeconds?: number;
    /** Nodes of each kind that the account's quota allows. @default 100 */
    readonly maxDedicatedNodes?: number;
    readonly maxSpotNodes?: number;
    /** Preemptions of a spot node per hour. @default 0 */
    readonly preemptionsPerNodeHour?: number;
    /** From a preemption until the node is there again, in seconds. @default 900 */
    readonly recoverySeconds?: number;
    /** Time between two evaluations, in seconds; the service allows 300 to 604,800. @default 900 */
    readonly evaluationIntervalSeconds?: number;
    /** After which a resize gives up: nodes that still wait for their tasks stay. In seconds, at least 300. @default 900 */
    readonly resizeTimeoutSeconds?: number;
    /** Until a sample can be read, in seconds. @default 60 */
    readonly sampleDelaySeconds?: number;
    /** With `retaineddata`: for how long a node waits for its tasks' data to expire, in seconds. @default 604800, a task's default retention */
    readonly retentionSeconds?: number;
    /** Price of a node for an hour. @default 0.2 dedicated, 0.04 spot */
    readonly dedicatedPrice?: number;
    readonly spotPrice?: number;
    /** Moment at which the simulation starts. @default 2026-01-05T00:00:00Z, a Monday */
    readonly start?: Date | number;
    /** Length in seconds. @default six hours after the last arrival */
    readonly seconds?: number;
    /** Seed of preemptions and of `rand()`. @default 1 */
    readonly seed?: number;
    /** Ids of the nodes, by their number from 0 on: of equal nodes the one whose id comes first is taken. @default ids in order of allocation */
    readonly nodeId?: (number: number) => string;
}

export const DEFAULTS = {
    taskSlotsPerNode: 1,
    initialDedicatedNodes: 0,
    initialSpotNodes: 0,
    bootSeconds: 180,
    removalSeconds: 60,
    maxDedicatedNodes: 100,
    maxSpotNodes: 100,
    preemptionsPerNodeHour: 0,
    recoverySeconds: 900,
    evaluationIntervalSeconds: 900,
    resizeTimeoutSeconds: 900,
    sampleDelaySeconds: 60,
    retentionSeconds: 604_800,
    dedicatedPrice: 0.2,
    spotPrice: 0.04,
    start: Date.UTC(2026, 0, 5),
    seed: 1,
} as const;

export type Settings = Required<Omit<SimulationOptions, "start" | "nodeId">> &
    Pick<SimulationOptions, "nodeId"> & { readonly start: number };

/** Options with defaults filled in. Throws a RangeError for a value that makes no sense. */
export function settings(options: SimulationOptions, lastArrival: number): Settings {
    const seconds = options.seconds ?? lastArrival + 6 * 3600;
    const start = options.start === undefined ? DEFAULTS.start : new Date(options.start).getTime();
    const { nodeId, ...numbers } = options;
    const all = { ...DEFAULTS, ...withoutUndefined(numbers), seconds, start };
    for (const [name, value] of Object.entries(all)) {
        if (typeof value !== "number" || !Number.isFinite(value) || value < 0)
            throw new RangeError(`${name} is ${value}; a number of 0 or more is needed.`);
    }
    if (all.taskSlotsPerNode < 1 || !Number.isInteger(all.taskSlotsPerNode))
        throw new RangeError(
            `taskSlotsPerNode is ${all.taskSlotsPerNode}; a whole number of at least 1 is needed.`,
        );
    if (all.evaluationIntervalSeconds < 300 || all.evaluationIntervalSeconds > 604_800) {
        throw new RangeError(
            `evaluationIntervalSeconds is ${all.evaluationIntervalSeconds}; the service allows 300 to 604800.`,
        );
    }
    if (all.resizeTimeoutSeconds < 300) {
        throw new RangeError(
            `resizeTimeoutSeconds is ${all.resizeTimeoutSeconds}; the service allows 300 and more.`,
        );
    }
    return { ...all, nodeId };
}

function withoutUndefined<T extends object>(options: T): Partial<T> {
    return Object.fromEntries(
        Object.entries(options).filter(([, value]) => value !== undefined),
    ) as Partial<T>;
}
