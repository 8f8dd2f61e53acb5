import type { Formula } from "../language/ast";
import {
    DEALLOCATION,
    DEDICATED,
    type NodeDeallocationOption,
    READ_WRITE,
    SPOT,
    isDeallocationOption,
} from "../language/names";
import { parse } from "../language/parser";
import { type Diagnostic, ErrorCode, MAX_FORMULA_LENGTH } from "../language/source";
import { Type, describeType } from "../language/types";
import { type AutoScaleRunError, Failure, type FailureKind, Stop, runError } from "./failure";
import { type Frame, type Program, programOf } from "./program";
import { SPOT_NODES_SINCE, oldResults, results } from "./results";
import type { Samples } from "./samples";
import { Keyword, type Value, type Vector, newest, typeOf } from "./values";

/** The pool as the formula sees it. */
export interface PoolFacts {
    readonly targetDedicatedNodes: number;
    readonly targetSpotNodes: number;
    readonly currentDedicatedNodes: number;
    /** Preempted nodes included. */
    readonly currentSpotNodes: number;
    /** @default 1 */
    readonly taskSlotsPerNode?: number;
    /** @default all current nodes */
    readonly usableNodes?: number;
}

export interface EvaluateOptions {
    /** The moment of evaluation: a Date or milliseconds since 1970. */
    readonly now: Date | number;
    readonly pool: PoolFacts;
    readonly samples: Samples;
    /** What `rand()` gives. @default Math.random */
    readonly random?: () => number;
}

/** Outcome of one evaluation. */
export interface AutoScaleRun {
    /** The service's text: `$TargetDedicatedNodes=1;$TargetLowPriorityNodes=0;...`. After an error, what the pool has. */
    readonly results: string;
    readonly error?: AutoScaleRunError;
    /** What kind of error it was. */
    readonly failure?: FailureKind;
    /** Whole, not negative. After an error, what the pool has: the service does not resize. */
    readonly targetDedicatedNodes: number;
    readonly targetSpotNodes: number;
    readonly nodeDeallocationOption: NodeDeallocationOption;
    /** Every variable the formula assigned, with its last value. */
    readonly variables: ReadonlyMap<string, Value>;
}

/** Evaluates a formula as the service does. Never throws: what goes wrong is in `error`. */
export function evaluate(formula: string | Formula, options: EvaluateOptions): AutoScaleRun {
    const now = typeof options.now === "number" ? options.now : options.now.getTime();
    const tree = typeof formula === "string" ? treeOf(formula) : formula;
    const program = programOf(tree);
    const slots: (Value | undefined)[] = [];
    for (let i = 0; i < program.names.length; i++) slots.push(undefined);
    try {
        if (!tree.complete) throw unreadable(parse(tree.text).diagnostics);
        const { pool, samples, random = Math.random } = options;
        execute(program, { now, samples, random, slots, service: (name) => serviceValue(pool, name) });
        return outcome(program, slots, pool, now);
    } catch (error) {
        if (error instanceof Failure) return failed(error, tree, options.pool, now);
        throw error;
    }
}

const RECENT = 64;
const recent = new Map<string, Formula>();

/** The tree of a text; a service evaluates the same few texts over and over. */
function treeOf(text: string): Formula {
    const known = recent.get(text);
    if (known) return known;
    const { formula } = parse(text);
    if (text.length > MAX_FORMULA_LENGTH) return formula;
    if (recent.size >= RECENT) recent.clear();
    recent.set(text, formula);
    return formula;
}

function unreadable(diagnostics: readonly Diagnostic[]): Failure {
    const first = diagnostics.find(({ severity }) => severity === "error");
    return new Failure(
        first?.code === ErrorCode.tooLong ? "length" : "syntax",
        first?.message ?? "",
        first?.offset ?? 0,
    );
}

function outcome(
    program: Program,
    slots: readonly (Value | undefined)[],
    pool: PoolFacts,
    now: number,
): AutoScaleRun {
    const targetDedicatedNodes = target(program, program.dedicated, slots) ?? pool.targetDedicatedNodes;
    const targetSpotNodes = target(program, program.spot, slots) ?? pool.targetSpotNodes;
    const option = firstOf(program.deallocation, slots);
    const word = option instanceof Keyword ? option.name : "";
    const nodeDeallocationOption = isDeallocationOption(word) ? word : "requeue";
    const variables = new Map<string, Value>();
    for (let i = 0; i < slots.length; i++) {
        const value = slots[i];
        if (value !== undefined) variables.set(program.names[i] ?? "", value);
    }
    const shown: { name: string; value: Value }[] = [];
    for (const { name, slot } of program.shown) {
        const value = slots[slot];
        if (value !== undefined) shown.push({ name, value });
    }
    const set = { targetDedicatedNodes, targetSpotNodes, nodeDeallocationOption };
    const text = now < SPOT_NODES_SINCE ? oldResults(set, shown, variables.keys()) : results(set, shown);
    return { results: text, targetDedicatedNodes, targetSpotNodes, nodeDeallocationOption, variables };
}

function failed(failure: Failure, { text }: Formula, pool: PoolFacts, now: number): AutoScaleRun {
    const { targetDedicatedNodes, targetSpotNodes } = pool;
    const kept = { targetDedicatedNodes, targetSpotNodes, nodeDeallocationOption: "requeue" } as const;
    const line = now < SPOT_NODES_SINCE ? oldResults(kept, [], []) : results(kept, []);
    return {
        results: line,
        error: runError(failure, text),
        failure: failure.kind,
        ...kept,
        variables: new Map(),
    };
}

function serviceValue(pool: PoolFacts, name: string): Value | undefined {
    switch (name) {
        case DEDICATED:
        case "$TargetDedicated":
            return pool.targetDedicatedNodes;
        case SPOT:
        case "$TargetLowPriority":
            return pool.targetSpotNodes;
        case DEALLOCATION:
        case "$TVMDeallocationOption":
            return new Keyword("requeue");
        case "$CurrentDedicatedNodes":
        case "$CurrentDedicated":
            return pool.currentDedicatedNodes;
        case "$CurrentLowPriorityNodes":
            return pool.currentSpotNodes;
        case "$TaskSlotsPerNode":
            return pool.taskSlotsPerNode ?? 1;
        case "$UsableNodeCount":
            return pool.usableNodes ?? pool.currentDedicatedNodes + pool.currentSpotNodes;
        default:
            return undefined;
    }
}

function execute({ steps }: Program, frame: Frame): void {
    try {
        for (const { slot, name, run, offset } of steps) {
            const value = run(frame);
            if (slot === undefined || name === undefined) continue;
            frame.slots[slot] = assignedValue(name, value, offset);
        }
    } catch (error) {
        if (!(error instanceof Stop)) throw error;
    }
}

/** What a variable holds after the assignment. Throws a Failure for a type it does not take. */
function assignedValue(name: string, value: Value, offset: number): Value {
    const full = READ_WRITE.get(name);
    if (full === undefined) {
        if (!(value instanceof Keyword)) return value;
        throw new Failure("type", `A node deallocation keyword cannot be assigned to ${name}.`, offset);
    }
    if (full === DEALLOCATION) {
        const word = value instanceof Keyword ? value.name : value;
        if (typeof word === "string" && isDeallocationOption(word)) return new Keyword(word);
        const given = describeType(typeOf(value));
        throw new Failure("type", `${name} takes a node deallocation keyword, not a ${given}.`, offset);
    }
    if (typeof value === "number") return value;
    if (typeOf(value) === Type.doubleVec) return newest(value as Vector);
    throw new Failure("type", `${name} takes a double, not a ${describeType(typeOf(value))}.`, offset);
}

function firstOf(candidates: readonly number[], slots: readonly (Value | undefined)[]): Value | undefined {
    for (const slot of candidates) {
        const value = slots[slot];
        if (value !== undefined) return value;
    }
    return undefined;
}

/** The target that was assigned, whole and not negative. */
function target(
    program: Program,
    candidates: readonly number[],
    slots: readonly (Value | undefined)[],
): number | undefined {
    const value = firstOf(candidates, slots);
    if (typeof value !== "number") return undefined;
    if (Number.isFinite(value)) return Math.max(0, Math.trunc(value)) || 0;
    // Found when all is done: the place is that of the last assignment.
    const slot = candidates.find((candidate) => slots[candidate] === value || Number.isNaN(slots[candidate]));
    const step = program.steps.findLast((candidate) => candidate.slot === slot);
    throw new Failure("value", `${step?.name ?? "The target"} is not a finite number.`, step?.offset ?? 0);
}
