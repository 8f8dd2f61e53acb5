import {
    type Conditional,
    type Expression,
    type Formula,
    type Member,
    type MethodCall,
    type Statement,
    leftChain,
} from "../language/ast";
import { sameExpression } from "../language/equal";
import { READ_ONLY, READ_WRITE } from "../language/names";
import { TypeTracker } from "../check/check";
import { Type } from "../language/types";
import {
    ANYTHING,
    type Bounds,
    COUNT,
    CURRENT,
    arithmetic,
    between,
    exactly,
    functionBounds,
    hull,
    memberBounds,
} from "./bounds";

/** What can be said about an expression without evaluating it. */
export interface Facts {
    readonly bounds: Bounds;
    /** Service variables it depends on, through variables of the formula too. */
    readonly reads: ReadonlySet<string>;
    /** Metrics whose share of samples it depends on: a condition on it guards a GetSample. */
    readonly percentOf: ReadonlySet<string>;
    /** Whether it depends on samples of a time span, which move slower than the newest sample. */
    readonly averaged: boolean;
    /** Whether it depends on the clock. */
    readonly clock: boolean;
    /** Whether it is one number, not a vector. */
    readonly scalar: boolean;
}

export interface SampleUse {
    readonly node: MethodCall;
    readonly metric: string;
    readonly statement: Statement;
    /** Whether a condition around it depends on the share of its samples. */
    readonly guarded: boolean;
}

export interface Choice {
    readonly node: Conditional;
    readonly statement: Statement;
    readonly test: Facts;
    readonly whenTrue: Facts;
    readonly whenFalse: Facts;
}

export interface ClockUse {
    readonly node: Member;
    readonly statement: Statement;
}

/** Everything the rules look at. */
export interface Analysis {
    readonly formula: Formula;
    readonly samples: readonly SampleUse[];
    readonly choices: readonly Choice[];
    readonly clocks: readonly ClockUse[];
    /** Facts of each assigned variable at the end; targets under their full names. */
    readonly final: ReadonlyMap<string, Facts>;
    /** The last assignment of each target, under its full name. */
    readonly lastAssignment: ReadonlyMap<string, Statement>;
    /** Every service variable read anywhere, with the first place. */
    readonly readAt: ReadonlyMap<string, { node: Expression; statement: Statement }>;
}

const NONE: ReadonlySet<string> = new Set();
const plain = (bounds: Bounds): Facts => ({
    bounds,
    reads: NONE,
    percentOf: NONE,
    averaged: false,
    clock: false,
    scalar: true,
});

function joined(parts: readonly Facts[], bounds: Bounds, scalar = true): Facts {
    return {
        bounds,
        reads: new Set(parts.flatMap(({ reads }) => [...reads])),
        percentOf: new Set(parts.flatMap(({ percentOf }) => [...percentOf])),
        averaged: parts.some(({ averaged }) => averaged),
        clock: parts.some(({ clock }) => clock),
        scalar,
    };
}

export function analyse(formula: Formula): Analysis {
    return new Analyst(formula).analysis();
}

class Analyst {
    private readonly samples: SampleUse[] = [];
    private readonly choices: Choice[] = [];
    private readonly clocks: ClockUse[] = [];
    private readonly variables = new Map<string, Facts>();
    private readonly lastAssignment = new Map<string, Statement>();
    private readonly readAt = new Map<string, { node: Expression; statement: Statement }>();
    private guards: ReadonlySet<string>[] = [];
    private statement: Statement | undefined;
    private readonly types: TypeTracker;
    /** Facts of the parts of the current statement: each part is looked at once. */
    private known = new Map<Expression, Facts>();

    constructor(private readonly formula: Formula) {
        this.types = new TypeTracker(formula);
    }

    analysis(): Analysis {
        for (const statement of this.formula.statements) {
            this.statement = statement;
            this.known = new Map();
            const facts = this.facts(statement.value);
            this.types.pass(statement);
            if (statement.kind === "expression") continue;
            const name = READ_WRITE.get(statement.name) ?? statement.name;
            this.variables.set(name, facts);
            this.lastAssignment.set(name, statement);
        }
        const { formula, samples, choices, clocks, variables: final, lastAssignment, readAt } = this;
        return { formula, samples, choices, clocks, final, lastAssignment, readAt };
    }

    private facts(node: Expression): Facts {
        let facts = this.known.get(node);
        if (!facts) this.known.set(node, (facts = this.newFacts(node)));
        return facts;
    }

    private newFacts(node: Expression): Facts {
        switch (node.kind) {
            case "number":
                return plain(exactly(node.value));
            case "name":
                return this.name(node.name, node);
            case "unary": {
                const inner = this.facts(node.operand);
                const { low, high } = inner.bounds;
                return joined(
                    [inner],
                    node.operator === "!" ? between(0, 1) : between(-high, -low),
                    inner.scalar,
                );
            }
            case "binary": {
                const { first, rest } = leftChain(node);
                let left = this.facts(first);
                for (const { operator, right } of rest) {
                    const other = this.facts(right);
                    left = joined(
                        [left, other],
                        arithmetic(operator, left.bounds, other.bounds),
                        left.scalar && other.scalar,
                    );
                }
                return left;
            }
            case "conditional":
                return this.conditional(node);
            case "call": {
                const args = node.args.map((arg) => this.facts(arg));
                const scalar =
                    node.callee !== "vec" && (args.length === 1 ? (args[0]?.scalar ?? true) : true);
                const bounds = functionBounds(
                    node.callee,
                    args.map((arg) => arg.bounds),
                    args.every((arg) => arg.scalar),
                );
                const facts = joined(args, bounds, scalar);
                return node.callee === "time" && args.length === 0 ? { ...facts, clock: true } : facts;
            }
            case "method":
                return this.method(node);
            case "member": {
                const target = this.facts(node.target);
                if (this.statement && target.clock) this.clocks.push({ node, statement: this.statement });
                return joined([target], memberBounds(node.member));
            }
            default:
                return plain(ANYTHING);
        }
    }

    private name(name: string, node: Expression): Facts {
        const full = READ_WRITE.get(name) ?? name;
        const known = this.variables.get(full);
        if (known) return known;
        const service = READ_WRITE.has(name) || READ_ONLY.has(name);
        if (!service) return plain(ANYTHING);
        this.noteRead(full, node);
        const facts = plain(name === "$TaskSlotsPerNode" ? between(1, 256) : between(0, CURRENT));
        return { ...facts, reads: new Set([full]) };
    }

    private noteRead(name: string, node: Expression): void {
        if (this.statement && !this.readAt.has(name))
            this.readAt.set(name, { node, statement: this.statement });
    }

    private conditional(node: Conditional): Facts {
        const test = this.facts(node.test);
        this.guards.push(test.percentOf);
        const whenTrue = this.facts(node.whenTrue);
        const whenFalse = this.facts(node.whenFalse);
        this.guards.pop();
        if (this.statement) this.choices.push({ node, statement: this.statement, test, whenTrue, whenFalse });
        const bounds = hull([
            this.capped(node, true, whenTrue.bounds),
            this.capped(node, false, whenFalse.bounds),
        ]);
        const result = joined([whenTrue, whenFalse], bounds, whenTrue.scalar && whenFalse.scalar);
        // The value depends on what decides, but its samples' share is no longer what the value says.
        return {
            ...result,
            reads: new Set([...result.reads, ...test.reads]),
            clock: result.clock || test.clock,
        };
    }

    /** Bounds of a branch given its condition: in `x > 9 ? 9 : x` the last x is at most 9. */
    private capped({ test, whenTrue, whenFalse }: Conditional, chosen: boolean, bounds: Bounds): Bounds {
        if (test.kind !== "binary") return bounds;
        const branch = chosen ? whenTrue : whenFalse;
        const [below, above] = chosen ? ["<", ">"] : [">", "<"];
        const limit =
            test.operator.startsWith(below) && sameExpression(branch, test.left)
                ? test.right
                : test.operator.startsWith(above) && sameExpression(branch, test.right)
                  ? test.left
                  : undefined;
        return limit
            ? { low: bounds.low, high: Math.min(bounds.high, this.facts(limit).bounds.high) }
            : bounds;
    }

    private method(node: MethodCall): Facts {
        const args = node.args.map((arg) => this.facts(arg));
        if (node.target.kind !== "name") return joined(args, ANYTHING);
        const metric = node.target.name;
        this.noteRead(metric, node.target);
        const reads = new Set([metric]);
        if (node.method === "GetSamplePercent") {
            return { ...plain(between(0, 100)), percentOf: reads };
        }
        if (node.method === "Count") return { ...plain(COUNT), reads, percentOf: reads };
        if (node.method !== "GetSample")
            return { ...plain(ANYTHING), clock: node.method === "HistoryBeginTime" };
        const span = !this.isCount(node);
        if (span && this.statement) {
            const guarded = this.guards.some((guard) => guard.has(metric));
            this.samples.push({ node, metric, statement: this.statement, guarded });
        }
        return { ...plain(COUNT), reads, averaged: span, scalar: false };
    }

    private isCount({ args }: MethodCall): boolean {
        const [first] = args;
        return args.length === 1 && first !== undefined && this.types.type(first) === Type.double;
    }
}
