import {
    SIMULATION_DEFAULTS,
    type SimulationOptions,
    type SimulationResult,
    TRACE_SHAPES,
    type Trace,
    type TraceShape,
    compare,
    generateTrace,
    presets,
} from "../../autoscale";

/** A preset and the documented sample it replaces, for pools of at most `MOST` nodes. */
export interface Pair {
    readonly preset: string;
    readonly formula: string;
    /** Title of the sample in "Create an automatic formula to scale compute nodes in a Batch pool". */
    readonly sample: string;
    /** The same arithmetic as the sample's, with the pair's numbers. */
    readonly documented: string;
    readonly pool?: SimulationOptions;
}

const MOST = 20;
const KEEP = "$NodeDeallocationOption = taskcompletion;";

const pendingTasksSample = `
    few = $PendingTasks.GetSamplePercent(180 * TimeInterval_Second) < 70;
    $TargetDedicatedNodes = min(${MOST}, few ? 1 : avg($PendingTasks.GetSample(180 * TimeInterval_Second))); ${KEEP}`;

const taskBased = (kind: string): string => `
    quarter = TimeInterval_Minute * 15; newest = $PendingTasks.GetSample(1);
    work = $PendingTasks.GetSamplePercent(quarter) < 70 ? max(0, newest) : max(newest, avg($PendingTasks.GetSample(quarter)));
    wanted = work > 0 ? work : max(0, ${kind} / 2);
    ${kind} = max(0, min(wanted, ${MOST})); ${KEEP}`;

const timeBased = `
    clock = time(); office = clock.hour >= 8 && clock.hour < 18 && clock.weekday >= 1 && clock.weekday <= 5;
    $TargetDedicatedNodes = office ? 20 : 10; ${KEEP}`;

const initialSizeSample = `
    $TargetDedicatedNodes = 4; age = time() - time("Mon, 05 Jan 2026 00:00:00 GMT"); hour = TimeInterval_Minute * 60;
    idle = age > TimeInterval_Minute * 10 ? max($RunningTasks.GetSample(hour, 50), $ActiveTasks.GetSample(hour, 50)) == 0 : 0;
    $TargetDedicatedNodes = idle ? 0 : $TargetDedicatedNodes;`;

const preemptedNodes = `
    few = $PendingTasks.GetSamplePercent(180 * TimeInterval_Second) < 70;
    $TargetDedicatedNodes = min(${MOST}, max(0, $PreemptedNodeCount.GetSample(1)));
    $TargetLowPriorityNodes = min(${MOST}, ${MOST} - $TargetDedicatedNodes); ${KEEP}`;

const slots = { taskSlotsPerNode: 4 };

export const PAIRS: readonly Pair[] = [
    {
        preset: "pendingTasks, average of 3 min",
        formula: presets.pendingTasks({ maxNodes: MOST, averageMinutes: 3 }),
        sample: "Pending tasks",
        documented: pendingTasksSample,
    },
    {
        preset: "pendingTasks",
        formula: presets.pendingTasks({ maxNodes: MOST }),
        sample: "Task-based adjustment",
        documented: taskBased("$TargetDedicatedNodes"),
    },
    {
        preset: "pendingTasks, 4 slots",
        formula: presets.pendingTasks({ maxNodes: MOST }),
        sample: "Task-based adjustment",
        documented: taskBased("$TargetDedicatedNodes"),
        pool: slots,
    },
    {
        preset: "scaleToZero",
        formula: presets.scaleToZero({ maxNodes: MOST }),
        sample: "Task-based adjustment",
        documented: taskBased("$TargetDedicatedNodes"),
    },
    {
        preset: "queueDrain",
        formula: presets.queueDrain({ maxNodes: MOST }),
        sample: "Task-based adjustment",
        documented: taskBased("$TargetDedicatedNodes"),
    },
    {
        preset: "initialSize",
        formula: presets.initialSize({ maxNodes: MOST, initialNodes: 4 }),
        sample: "Set initial pool size",
        documented: initialSizeSample,
    },
    {
        preset: "workingHours",
        formula: presets.workingHours({ timeZone: "UTC", nodes: 20, otherwise: 10, firstYear: 2026 }),
        sample: "Time-based adjustment",
        documented: timeBased,
    },
    {
        preset: "workingHours with tasks",
        formula: presets.workingHours({
            timeZone: "UTC",
            nodes: 2,
            otherwise: 0,
            maxNodes: MOST,
            firstYear: 2026,
        }),
        sample: "Time-based adjustment",
        documented: timeBased,
    },
    {
        preset: "spotFirst",
        formula: presets.spotFirst({ maxNodes: MOST }),
        sample: "Preempted nodes",
        documented: preemptedNodes,
        pool: { preemptionsPerNodeHour: 0.1 },
    },
];

export interface Verdict {
    readonly pair: Pair;
    readonly trace: TraceShape;
    readonly preset: SimulationResult;
    readonly documented: SimulationResult;
    /** Measures in which the preset is worse by more than the tolerance. */
    readonly worse: readonly string[];
    /** Whether it is at least as good when cost and waiting are weighed against each other. */
    readonly good: boolean;
}

/** Cost with waiting at the price of a node: an hour that a task waits weighs as much as an hour of a node. */
export function weighed({ cost, waits, tasks }: SimulationResult): number {
    return cost + ((waits.mean * tasks) / 3600) * SIMULATION_DEFAULTS.dedicatedPrice;
}

/** Differences below these count as none: what one node more for a moment costs, or a sample's delay. */
const TOLERANCE = { factor: 1.02, cost: 0.5, seconds: 30 };

const MEASURED: Readonly<Record<string, (result: SimulationResult) => [number, number]>> = {
    cost: ({ cost }) => [cost, TOLERANCE.cost],
    "mean wait": ({ waits }) => [waits.mean, TOLERANCE.seconds],
    "90 % wait": ({ waits }) => [waits.p90, TOLERANCE.seconds],
    "runs cut short": ({ requeued, terminated }) => [requeued + terminated, 5],
};

const traces = new Map<TraceShape, Trace>();

/** The load that all pairs are measured under: three days, Monday to Wednesday. */
export function traceOf(shape: TraceShape): Trace {
    let trace = traces.get(shape);
    if (!trace) traces.set(shape, (trace = generateTrace({ shape, tasks: 2000, hours: 72 })));
    return trace;
}

export const POOL: SimulationOptions = { evaluationIntervalSeconds: 300 };

export function prove(): Verdict[] {
    return PAIRS.flatMap((pair) =>
        TRACE_SHAPES.map((trace): Verdict => {
            const candidates = [
                { name: "preset", formula: pair.formula },
                { name: "documented", formula: pair.documented },
            ];
            const [preset, documented] = compare(candidates, traceOf(trace), { ...POOL, ...pair.pool }).map(
                ({ result }) => result,
            );
            if (!preset || !documented) throw new Error("a simulation gave no result");
            const worse = Object.entries(MEASURED).filter(([, of]) => {
                const [ours, slack] = of(preset);
                return ours > of(documented)[0] * TOLERANCE.factor + slack;
            });
            const good = weighed(preset) <= weighed(documented) * TOLERANCE.factor + TOLERANCE.cost;
            return { pair, trace, preset, documented, worse: worse.map(([name]) => name), good };
        }),
    );
}
