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
import { type Diagnostic, ErrorCode } from "../language/source";
import { Type, describeType } from "../language/types";
import { type AutoScaleRunError, Failure, type FailureKind, Stop, runError } from "./failure";
import { type Frame, type Program, programOf } from "./program";
import { results } from "./results";
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
    const parsed =
        typeof formula === "string" ? parse(formula) : { formula, diagnostics: [] as Diagnostic[] };
    const { pool } = options;
    const now = typeof options.now === "number" ? options.now : options.now.getTime();
    const kept = { targetDedicatedNodes: pool.targetDedicatedNodes, targetSpotNodes: pool.targetSpotNodes };
    const unchanged = { ...kept, nodeDeallocationOption: "requeue" } as const;
    const first = parsed.diagnostics.find(({ severity }) => severity === "error");
    const program = programOf(parsed.formula);
    const slots: (Value | undefined)[] = new Array<Value | undefined>(program.names.length).fill(undefined);
    try {
        if (first) throw new Failure("syntax", first.message, first.offset);
        if (!parsed.formula.complete) throw new Failure("syntax", "The formula was not understood whole.", 0);
        const frame: Frame = {
            now,
            samples: options.samples,
            random: options.random ?? Math.random,
            slots,
            service: serviceValues(pool),
        };
        execute(program, frame);
        const outcome = targets(program, slots, pool);
        const variables = assigned(program, slots);
        return { results: results(outcome, variables, now), ...outcome, variables };
    } catch (error) {
        if (!(error instanceof Failure)) throw error;
        const described = runError(error, parsed.formula.text);
        const tooLong = first?.code === ErrorCode.tooLong ? { ...described, code: first.code } : described;
        const none = new Map<string, Value>();
        return {
            results: results(unchanged, none, now),
            error: tooLong,
            failure: error.kind,
            ...unchanged,
            variables: none,
        };
    }
}

function serviceValues(pool: PoolFacts): Map<string, Value> {
    const { currentDedicatedNodes, currentSpotNodes, taskSlotsPerNode = 1 } = pool;
    return new Map<string, Value>([
        [DEDICATED, pool.targetDedicatedNodes],
        ["$TargetDedicated", pool.targetDedicatedNodes],
        [SPOT, pool.targetSpotNodes],
        ["$TargetLowPriority", pool.targetSpotNodes],
        [DEALLOCATION, new Keyword("requeue")],
        ["$TVMDeallocationOption", new Keyword("requeue")],
        ["$CurrentDedicatedNodes", currentDedicatedNodes],
        ["$CurrentDedicated", currentDedicatedNodes],
        ["$CurrentLowPriorityNodes", currentSpotNodes],
        ["$TaskSlotsPerNode", taskSlotsPerNode],
        ["$UsableNodeCount", pool.usableNodes ?? currentDedicatedNodes + currentSpotNodes],
    ]);
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

type Outcome = Pick<AutoScaleRun, "targetDedicatedNodes" | "targetSpotNodes" | "nodeDeallocationOption">;

function targets(program: Program, slots: readonly (Value | undefined)[], pool: PoolFacts): Outcome {
    const read = (full: string, alias: string): { value: Value; name: string } | undefined => {
        for (const name of [full, alias]) {
            const value = slots[program.names.indexOf(name)];
            if (value !== undefined) return { value, name };
        }
        return undefined;
    };
    const target = (full: string, alias: string, current: number): number => {
        const found = read(full, alias);
        if (!found) return current;
        const number = found.value as number;
        if (Number.isFinite(number)) return Math.max(0, Math.trunc(number)) || 0;
        // Found when all is done: the place is that of the last assignment.
        const offset = program.steps.findLast(({ name }) => name === found.name)?.offset ?? 0;
        throw new Failure("value", `${found.name} is not a finite number.`, offset);
    };
    const option = read(DEALLOCATION, "$TVMDeallocationOption")?.value;
    const word = option instanceof Keyword ? option.name : "requeue";
    return {
        targetDedicatedNodes: target(DEDICATED, "$TargetDedicated", pool.targetDedicatedNodes),
        targetSpotNodes: target(SPOT, "$TargetLowPriority", pool.targetSpotNodes),
        nodeDeallocationOption: isDeallocationOption(word) ? word : "requeue",
    };
}

function assigned({ names }: Program, slots: readonly (Value | undefined)[]): Map<string, Value> {
    const variables = new Map<string, Value>();
    names.forEach((name, index) => {
        const value = slots[index];
        if (value !== undefined) variables.set(name, value);
    });
    return variables;
}
