import {
    type Binary,
    type Call,
    type Expression,
    type Formula,
    type MethodCall,
    leftChain,
} from "../language/ast";
import {
    DEALLOCATION,
    DEDICATED,
    INTERVALS,
    READ_ONLY,
    READ_WRITE,
    SPOT,
    isDeallocationOption,
    isTimestampMember,
} from "../language/names";
import { describeType } from "../language/types";
import { Failure } from "./failure";
import { callFunction, isNumeric, numericFunction } from "./functions";
import { callMethod } from "./methods";
import { numbers, operate } from "./operators";
import type { Samples } from "./samples";
import { timestampMember } from "../language/time";
import { Keyword, TimeInterval, Timestamp, type Value, type Vector, newest, typeOf } from "./values";

/** What one evaluation reads and writes. */
export interface Frame {
    readonly now: number;
    readonly samples: Samples;
    readonly random: () => number;
    /** Values of the variables assigned so far, by slot. */
    readonly slots: (Value | undefined)[];
    /** What a variable of the service holds that can be read as a number. */
    readonly service: (name: string) => Value | undefined;
}

type Code = (frame: Frame) => Value;

export interface Step {
    /** Undefined for a statement that assigns nothing. */
    readonly slot?: number;
    readonly name?: string;
    readonly run: Code;
    readonly offset: number;
}

/** A formula made ready to run: names resolved to slots, expressions turned into closures. */
export interface Program {
    readonly steps: readonly Step[];
    readonly names: readonly string[];
    /** Slots of the formula's own variables in the order of the results. */
    readonly shown: readonly { readonly name: string; readonly slot: number }[];
    /** Slots that decide the outcome: the full name before its alias. */
    readonly dedicated: readonly number[];
    readonly spot: readonly number[];
    readonly deallocation: readonly number[];
}

const programs = new WeakMap<Formula, Program>();

/** The program of a formula, made once per tree. */
export function programOf(formula: Formula): Program {
    let program = programs.get(formula);
    if (!program) programs.set(formula, (program = compile(formula)));
    return program;
}

function compile(formula: Formula): Program {
    const slots = new Map<string, number>();
    for (const statement of formula.statements) {
        if (statement.kind === "assignment" && !slots.has(statement.name))
            slots.set(statement.name, slots.size);
    }
    const compiler = new Compiler(slots);
    const steps = formula.statements.map((statement): Step => {
        const run = compiler.code(statement.value);
        if (statement.kind === "expression") return { run, offset: statement.span.start };
        const { name, nameSpan } = statement;
        return {
            run: assignable(name, nameSpan.start, run),
            name,
            slot: slots.get(name),
            offset: nameSpan.start,
        };
    });
    const own = [...slots].filter(([name]) => !READ_WRITE.has(name)).sort(([a], [b]) => (a < b ? -1 : 1));
    const slotsOf = (...names: string[]): number[] => names.flatMap((name) => slots.get(name) ?? []);
    return {
        steps,
        names: [...slots.keys()],
        shown: own.map(([name, slot]) => ({ name, slot })),
        dedicated: slotsOf(DEDICATED, "$TargetDedicated"),
        spot: slotsOf(SPOT, "$TargetLowPriority"),
        deallocation: slotsOf(DEALLOCATION, "$TVMDeallocationOption"),
    };
}

function assignable(name: string, offset: number, run: Code): Code {
    if (!READ_ONLY.has(name) && !INTERVALS.has(name) && !isDeallocationOption(name)) return run;
    return () => {
        throw new Failure("name", `${name} cannot be assigned.`, offset);
    };
}

/** The number a value counts as in a condition. */
function truth(value: Value, offset: number): boolean {
    if (typeof value === "number") return value !== 0;
    if (
        typeof value === "object" &&
        !(value instanceof Timestamp) &&
        !(value instanceof TimeInterval) &&
        !(value instanceof Keyword)
    ) {
        return newest(value as Vector) !== 0;
    }
    throw new Failure("type", `A condition is a double, not a ${describeType(typeOf(value))}.`, offset);
}

class Compiler {
    constructor(private readonly slots: ReadonlyMap<string, number>) {}

    code(node: Expression): Code {
        const offset = node.span.start;
        switch (node.kind) {
            case "number":
            case "string": {
                const { value } = node;
                return () => value;
            }
            case "name":
                return this.name(node.name, offset);
            case "unary":
                return unary(node.operator, this.code(node.operand), offset);
            case "binary":
                return this.chain(node);
            case "conditional": {
                const [test, whenTrue, whenFalse] = [
                    this.code(node.test),
                    this.code(node.whenTrue),
                    this.code(node.whenFalse),
                ];
                return (frame) => (truth(test(frame), offset) ? whenTrue(frame) : whenFalse(frame));
            }
            case "call":
                return this.call(node);
            case "method":
                return this.method(node);
            case "member":
                return member(this.code(node.target), node.member, offset);
            case "missing":
                return () => {
                    throw new Failure("syntax", "The formula has a syntax error here.", offset);
                };
        }
    }

    private name(name: string, offset: number): Code {
        const interval = INTERVALS.get(name);
        if (interval !== undefined) {
            const value = new TimeInterval(interval);
            return () => value;
        }
        if (isDeallocationOption(name)) {
            const value = new Keyword(name);
            return () => value;
        }
        const own = this.slots.get(name);
        // An alias not assigned yet reads what its other name holds.
        const full = READ_WRITE.get(name);
        const others =
            full === undefined
                ? []
                : [...this.slots].filter(([other]) => READ_WRITE.get(other) === full).map(([, slot]) => slot);
        return ({ slots, service }) => {
            let value = own === undefined ? undefined : slots[own];
            if (value !== undefined) return value;
            for (const other of others) value ??= slots[other];
            value ??= service(name);
            if (value !== undefined) return value;
            const metric = READ_ONLY.has(name);
            const message = metric
                ? `${name} is a series of samples, not a number.`
                : `Unknown variable ${name}.`;
            throw new Failure(metric ? "type" : "name", message, offset);
        };
    }

    private chain(node: Binary): Code {
        const { first, rest } = leftChain(node);
        const start = this.code(first);
        const links = rest.map(({ operator, right }) => ({
            operator,
            right: this.code(right),
            offset: right.span.start,
        }));
        return (frame) => {
            let value = start(frame);
            for (const { operator, right, offset } of links) {
                const operand = right(frame);
                value =
                    typeof value === "number" && typeof operand === "number"
                        ? numbers(operator, value, operand)
                        : operate(operator, value, operand, offset);
            }
            return value;
        };
    }

    private call({ callee, args, bracket }: Call): Code {
        const codes = args.map((arg) => this.code(arg));
        const numeric = numericFunction(callee);
        return (frame) => {
            const values: Value[] = [];
            let plain = numeric !== undefined;
            for (const code of codes) {
                const value = code(frame);
                plain &&= isNumeric(value);
                values.push(value);
            }
            return numeric && plain ? numeric(values) : callFunction(callee, values, frame, bracket);
        };
    }

    private method({ target, method, args, bracket, span }: MethodCall): Code {
        const codes = args.map((arg) => this.code(arg));
        if (target.kind === "name" && READ_ONLY.has(target.name)) {
            const { name } = target;
            return (frame) =>
                callMethod(
                    name,
                    method,
                    codes.map((arg) => arg(frame)),
                    frame.samples,
                    frame.now,
                    bracket,
                );
        }
        return () => {
            throw new Failure(
                "type",
                `${method}() can be called on variables of the service only.`,
                span.start,
            );
        };
    }
}

function unary(operator: "-" | "!", operand: Code, offset: number): Code {
    if (operator === "!") return (frame) => (truth(operand(frame), offset) ? 0 : 1);
    return (frame) => {
        const value = operand(frame);
        if (typeof value === "number") return -value;
        if (value instanceof TimeInterval) return new TimeInterval(-value.milliseconds);
        throw new Failure(
            "type",
            `- takes a double or timeinterval, not a ${describeType(typeOf(value))}.`,
            offset,
        );
    };
}

function member(target: Code, name: string, offset: number): Code {
    return (frame) => {
        const value = target(frame);
        if (value instanceof Timestamp && isTimestampMember(name)) return timestampMember(value.time, name);
        throw new Failure("type", `A ${describeType(typeOf(value))} has no member ${name}.`, offset);
    };
}
