import { type FormulaWriter, build } from "../build/build";
import {
    ceil,
    currentDedicatedNodes,
    currentSpotNodes,
    max,
    min,
    minutes,
    pendingTasks as pending,
    preemptedNodeCount,
    targetSpotNodes,
    taskSlotsPerNode,
    when,
} from "../build/functions";
import { ENOUGH, type NodeKind, positive, whole, writeNeeded, writeTarget } from "./tasks";

export interface SizeOptions {
    /** Most nodes at any time. */
    readonly maxNodes: number;
    /** Fewest nodes at any time. @default 0 */
    readonly minNodes?: number;
    /** Which kind of nodes. @default "dedicated" */
    readonly nodes?: NodeKind;
}

export interface PendingTasksOptions extends SizeOptions {
    /** Time over which a falling number of tasks is averaged before the pool shrinks, in minutes. @default 15 */
    readonly averageMinutes?: number;
}

function sizes({ maxNodes, minNodes = 0 }: SizeOptions): [number, number] {
    whole("maxNodes", maxNodes, 1);
    whole("minNodes", minNodes);
    if (minNodes > maxNodes)
        throw new RangeError(`minNodes is ${minNodes}; it cannot be above maxNodes, ${maxNodes}.`);
    return [minNodes, maxNodes];
}

function writeKeepTasks(f: FormulaWriter): void {
    f.comment("Let running tasks finish before their node goes.");
    f.nodeDeallocationOption("taskcompletion");
}

/**
 * As many nodes as the waiting and running tasks fill, by `$TaskSlotsPerNode`. Grows with the newest sample, shrinks with the average,
 * works on a pool without samples. Replaces the documented samples "Pending tasks" and "Task-based adjustment".
 */
export function pendingTasks(options: PendingTasksOptions): string {
    const [least, most] = sizes(options);
    return build((f) => {
        const needed = writeNeeded(f, options.averageMinutes);
        f.comment(`Between ${least} and ${most} nodes.`);
        writeTarget(f, options.nodes ?? "dedicated", max(least, min(needed, most)));
        writeKeepTasks(f);
    });
}

export interface InitialSizeOptions extends PendingTasksOptions {
    /** Nodes of a new pool. */
    readonly initialNodes: number;
    /** Time after which tasks decide, in minutes. At least 5. @default 10 */
    readonly initialMinutes?: number;
}

/**
 * A fixed size while the pool is young, then as `pendingTasks`. The age is read from the samples: no creation time stands in the
 * formula. Replaces the documented sample "Setting the initial pool size".
 */
export function initialSize(options: InitialSizeOptions): string {
    const [least, most] = sizes(options);
    const initial = whole("initialNodes", options.initialNodes);
    const young = positive("initialMinutes", options.initialMinutes ?? 10);
    return build((f) => {
        f.comment("A young pool has few samples.");
        const known = f.let("known", pending.samplePercent(minutes(young)));
        const needed = writeNeeded(f, options.averageMinutes);
        f.comment(
            `${initial} nodes to begin with, then between ${least} and ${most}; more at once when tasks ask for it.`,
        );
        const size = max(least, min(needed, most));
        writeTarget(f, options.nodes ?? "dedicated", when(known.isLess(ENOUGH), max(initial, size), size));
        writeKeepTasks(f);
    });
}

export interface ScaleToZeroOptions extends SizeOptions {
    /** Time without any task after which the last node goes, in minutes. @default 15 */
    readonly idleMinutes?: number;
}

/** As `pendingTasks`, but one node stays until there was no task for a while: the next task does not wait for a boot. */
export function scaleToZero(options: ScaleToZeroOptions): string {
    const [least, most] = sizes(options);
    const idle = positive("idleMinutes", options.idleMinutes ?? 15);
    return build((f) => {
        const needed = writeNeeded(f);
        f.comment(`One node stays until no task was there for ${idle} minutes.`);
        const idleSpan = f.let("idle", minutes(idle));
        const known = pending.samplePercent(idleSpan).isAtLeast(ENOUGH);
        const recent = f.let(
            "recent",
            when(
                known,
                max(0, pending.samples(idleSpan)),
                min(1, currentDedicatedNodes.plus(currentSpotNodes)),
            ),
        );
        const kept = f.let("kept", min(1, recent));
        writeTarget(f, options.nodes ?? "dedicated", max(least, kept, min(needed, most)));
        writeKeepTasks(f);
    });
}

/** Grows to what the queue needs and keeps that size until no task waits or runs, then goes down to `minNodes` at once. */
export function queueDrain(options: SizeOptions): string {
    const [least, most] = sizes(options);
    const kind = options.nodes ?? "dedicated";
    return build((f) => {
        f.comment("Waiting and running tasks, by the newest sample.");
        const tasks = f.let("tasks", max(0, pending.latest(1)));
        const needed = f.let("needed", ceil(tasks.dividedBy(taskSlotsPerNode)));
        const current = kind === "spot" ? currentSpotNodes : currentDedicatedNodes;
        f.comment("Never fewer nodes than now while there is work.");
        const size = f.let("size", when(tasks.isMore(0), max(needed, current), 0));
        writeTarget(f, kind, max(least, min(size, most)));
        writeKeepTasks(f);
    });
}

export interface SpotFirstOptions {
    /** Most nodes of both kinds together. */
    readonly maxNodes: number;
    /** Most dedicated nodes that stand in for missing spot nodes. @default maxNodes */
    readonly maxDedicatedNodes?: number;
    /** Dedicated nodes that are always there. @default 0 */
    readonly minDedicatedNodes?: number;
    /** As of `pendingTasks`. @default 15 */
    readonly averageMinutes?: number;
}

/**
 * Spot nodes for all work; dedicated nodes stand in for spot nodes that were asked for at the last evaluation and did not come, or
 * were preempted. Replaces the documented sample "Preempted nodes".
 */
export function spotFirst(options: SpotFirstOptions): string {
    const most = whole("maxNodes", options.maxNodes, 1);
    const mostDedicated = whole("maxDedicatedNodes", options.maxDedicatedNodes ?? most);
    const always = whole("minDedicatedNodes", options.minDedicatedNodes ?? 0);
    return build((f) => {
        const needed = f.let("wanted", min(writeNeeded(f, options.averageMinutes), most));
        f.comment("Spot nodes asked for at the last evaluation that are not there, and those taken away.");
        const preempted = max(0, preemptedNodeCount.latest(1));
        const missing = f.let("missing", max(0, targetSpotNodes.minus(currentSpotNodes)).plus(preempted));
        f.comment("Dedicated nodes stand in for them as far as there is work.");
        f.targetDedicatedNodes(max(always, min(missing, needed, mostDedicated)));
        f.targetSpotNodes(always === 0 ? needed : max(0, needed.minus(always)));
        writeKeepTasks(f);
    });
}
