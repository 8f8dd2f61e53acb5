import { type Span, type Statement, expressions } from "../language/ast";
import { DEALLOCATION, DEDICATED, READ_ONLY, SPOT } from "../language/names";
import type { Severity } from "../language/source";
import type { CheckContext } from "../check/types";
import { CURRENT } from "./bounds";
import type { Analysis, Facts } from "./facts";
import { highest } from "./most";

export interface Finding {
    readonly message: string;
    readonly span: Span;
    readonly statement?: Statement;
    readonly severity?: Severity;
    readonly fix?: string;
}

export interface Rule {
    readonly code: string;
    /** What the rule finds, in a few words. */
    readonly title: string;
    readonly severity: Severity;
    /** Why it matters. */
    readonly reason: string;
    readonly fix: string;
    readonly find: (analysis: Analysis, context: CheckContext) => Finding[];
}

const TARGETS = [
    [DEDICATED, "maxDedicatedNodes"],
    [SPOT, "maxSpotNodes"],
] as const;
const TASK_METRICS = ["$ActiveTasks", "$RunningTasks", "$PendingTasks"];
const ABRUPT = new Set(["requeue", "terminate"]);

interface Target {
    readonly name: string;
    readonly facts: Facts;
    readonly statement: Statement;
}

function targetsOf({ final, lastAssignment }: Analysis): Target[] {
    return TARGETS.flatMap(([name]) => {
        const facts = final.get(name);
        const statement = lastAssignment.get(name);
        return facts && statement ? [{ name, facts, statement }] : [];
    });
}

function nameSpan(statement: Statement): Span {
    return statement.kind === "assignment" ? statement.nameSpan : statement.span;
}

function deallocation({ lastAssignment }: Analysis): string {
    const value = lastAssignment.get(DEALLOCATION)?.value;
    if (value?.kind === "name") return value.name;
    return value?.kind === "string" ? value.value : value ? "unknown" : "requeue";
}

/** Whether a target changes by itself, other than by following the pool it belongs to. */
function varies({ facts }: Target): boolean {
    const follows = [...facts.reads].some((name) => !/^\$(Current|Target)/.test(name));
    return facts.bounds.low !== facts.bounds.high && (follows || facts.clock);
}

export const RULES: readonly Rule[] = [
    {
        code: "AS101",
        title: "GetSample over a time span without a GetSamplePercent guard",
        severity: "warning",
        reason: "With fewer samples than asked for (70 % by default) the evaluation ends in InsufficientSampleData and the pool is not resized. A new pool has no samples, so it never gets its first node.",
        fix: "Put it behind a condition: $X.GetSamplePercent(span) < 70 ? max(0, $X.GetSample(1)) : avg($X.GetSample(span)).",
        find: ({ samples }) =>
            samples
                .filter(({ guarded, node }) => !guarded && !acceptsNoSamples(node.args))
                .map(({ node, metric, statement }) => ({
                    message: `${metric}.GetSample over a time span is not guarded: without enough samples the evaluation fails and the pool keeps its size.`,
                    span: node.span,
                    statement,
                })),
    },
    {
        code: "AS102",
        title: "no upper bound on a target",
        severity: "warning",
        reason: "A flood of tasks, or one wrong sample, asks for as many nodes as the quota gives, and they are paid for.",
        fix: "Cap it: $TargetDedicatedNodes = min(maxNodes, ...).",
        find: (analysis) =>
            targetsOf(analysis)
                .filter(({ facts }) => facts.bounds.high > CURRENT)
                .map(({ name, statement }) => ({
                    message: `${name} has no upper bound.`,
                    span: nameSpan(statement),
                    statement,
                })),
    },
    {
        code: "AS103",
        title: "the target follows waiting tasks alone",
        severity: "warning",
        reason: "$ActiveTasks falls as tasks start, so the target falls while they run: the pool shrinks under its own work. $PendingTasks counts waiting and running tasks.",
        fix: "Use $PendingTasks, or add $RunningTasks.",
        find: (analysis) =>
            targetsOf(analysis)
                .filter(
                    ({ facts }) =>
                        facts.reads.has("$ActiveTasks") &&
                        !facts.reads.has("$RunningTasks") &&
                        !facts.reads.has("$PendingTasks"),
                )
                .filter(({ facts, name }) => !facts.reads.has(name) || facts.bounds.low <= 0)
                .map(({ name, statement }) => ({
                    message: `${name} follows $ActiveTasks alone, which falls as soon as tasks start to run.`,
                    span: nameSpan(statement),
                    statement,
                    severity: ABRUPT.has(deallocation(analysis)) ? ("warning" as const) : ("info" as const),
                })),
    },
    {
        code: "AS104",
        title: "nodes are removed under running tasks",
        severity: "warning",
        reason: "With requeue (the default) or terminate a node that is no longer wanted is removed at once: its running tasks start again from the beginning or are lost.",
        fix: "Add $NodeDeallocationOption = taskcompletion;",
        find: (analysis) => {
            const option = deallocation(analysis);
            const [target] = targetsOf(analysis).filter(varies);
            if (!target || !ABRUPT.has(option)) return [];
            const set = analysis.lastAssignment.get(DEALLOCATION);
            const statement = set ?? target.statement;
            const how = set ? `${DEALLOCATION} is ${option}` : `${DEALLOCATION} is not set, so it is requeue`;
            return [
                {
                    message: `The target varies and ${how}: running tasks are interrupted when the pool shrinks.`,
                    span: nameSpan(statement),
                    statement,
                },
            ];
        },
    },
    {
        code: "AS105",
        title: "a retired metric is read",
        severity: "warning",
        reason: "The resource metrics of nodes ($CPUPercent, $MemoryBytes, ...) are retired and hold no samples any more: what is computed from them is 0 or an error.",
        fix: "Scale by $PendingTasks, or by metrics of your own outside of the formula.",
        find: ({ readAt }) =>
            [...readAt]
                .filter(([name]) => READ_ONLY.get(name)?.status === "retired")
                .map(([name, { node, statement }]) => ({
                    message: `${name} is retired and holds no samples.`,
                    span: node.span,
                    statement,
                })),
    },
    {
        code: "AS106",
        title: "no target is assigned",
        severity: "warning",
        reason: "A formula that sets neither target never resizes the pool.",
        fix: "Assign $TargetDedicatedNodes or $TargetLowPriorityNodes.",
        find: (analysis) => {
            if (targetsOf(analysis).length > 0) return [];
            const statement = analysis.formula.statements[0];
            return [
                {
                    message: "The formula assigns no target: the pool keeps its size.",
                    span: { start: 0, end: 1 },
                    statement,
                },
            ];
        },
    },
    {
        code: "AS107",
        title: "task slots of a node are ignored",
        severity: "warning",
        reason: "A node of several task slots runs several tasks at once: one node per task is more than the work needs.",
        fix: "Divide the number of tasks by $TaskSlotsPerNode.",
        find: (analysis, { taskSlotsPerNode }) => {
            if (taskSlotsPerNode === undefined || taskSlotsPerNode <= 1) return [];
            const numbers = [taskSlotsPerNode, 1 / taskSlotsPerNode];
            if (analysis.readAt.has("$TaskSlotsPerNode") || mentions(analysis, numbers)) return [];
            return targetsOf(analysis)
                .filter(
                    ({ facts }) =>
                        facts.bounds.high > 1 && TASK_METRICS.some((metric) => facts.reads.has(metric)),
                )
                .map(({ name, statement }) => ({
                    message: `${name} follows the number of tasks, but a node of this pool runs ${taskSlotsPerNode} at once.`,
                    span: nameSpan(statement),
                    statement,
                }));
        },
    },
    {
        code: "AS108",
        title: "a target above the quota",
        severity: "warning",
        reason: "The pool resizes as far as the quota allows and reports a resize error on each evaluation after that.",
        fix: "Lower the cap, or ask for more quota.",
        find: (analysis, context) =>
            TARGETS.flatMap(([name, limitName]) => {
                const limit = context[limitName];
                const target = targetsOf(analysis).find((candidate) => candidate.name === name);
                const high = highest(analysis, name);
                if (!target || limit === undefined || high === undefined || high <= limit) return [];
                return [
                    {
                        message: `${name} can reach ${high}, the quota allows ${limit}.`,
                        span: nameSpan(target.statement),
                        statement: target.statement,
                    },
                ];
            }),
    },
    {
        code: "AS109",
        title: "the target flaps around a threshold",
        severity: "info",
        reason: "A target that jumps between two sizes when a metric passes one threshold goes back and forth while the metric stays near it; each turn boots and removes nodes.",
        fix: "Let the target follow the metric in steps of one, or lower it only from the current target: max($TargetDedicatedNodes - 1, ...).",
        find: ({ choices }) =>
            choices
                .filter(({ test, whenTrue, whenFalse }) => {
                    const constants = [whenTrue, whenFalse].every(({ bounds }) => bounds.low === bounds.high);
                    const gap = Math.abs(whenTrue.bounds.low - whenFalse.bounds.low);
                    return (
                        constants &&
                        gap > 1 &&
                        test.percentOf.size === 0 &&
                        [...test.reads].some((name) => TASK_METRICS.includes(name))
                    );
                })
                .map(({ node, statement, test, whenTrue, whenFalse }) => ({
                    message: `The value jumps between ${whenTrue.bounds.low} and ${whenFalse.bounds.low} around one threshold${test.averaged ? "" : " of the newest sample"}.`,
                    span: node.span,
                    statement,
                    severity: test.averaged ? ("info" as const) : ("warning" as const),
                })),
    },
    {
        code: "AS110",
        title: "wall-clock hours without a time zone note",
        severity: "info",
        reason: "The service's clock is UTC, without daylight saving: working hours of anywhere else begin an hour off for half of the year.",
        fix: 'Say so in a comment ("hours are UTC"), or use the preset workingHours, which knows the time zone.',
        find: ({ clocks, formula }) => {
            const [first] = clocks.filter(({ node }) => node.member === "hour" || node.member === "weekday");
            const comments = formula.statements.flatMap(({ leadingComments, trailingComment }) => [
                ...leadingComments,
                trailingComment ?? "",
            ]);
            const noted = [...comments, ...formula.endComments].some((text) =>
                /\b(UTC|GMT|time ?zone|[A-Z]{3,4}T)\b/i.test(text),
            );
            if (!first || noted) return [];
            return [
                {
                    message: `.${first.node.member} is in UTC; nothing says that this is meant.`,
                    span: first.node.span,
                    statement: first.statement,
                },
            ];
        },
    },
    {
        code: "AS111",
        title: "names that differ only by case",
        severity: "warning",
        reason: "$tasks and $Tasks are two variables; one of them is probably a slip.",
        fix: "Choose one spelling.",
        find: ({ formula }) => {
            const first = new Map<string, string>();
            return formula.statements.flatMap((statement) => {
                if (statement.kind === "expression") return [];
                const lower = statement.name.toLowerCase();
                const other = first.get(lower) ?? statement.name;
                first.set(lower, other);
                if (other === statement.name) return [];
                return [
                    {
                        message: `${statement.name} and ${other} differ only by case.`,
                        span: statement.nameSpan,
                        statement,
                    },
                ];
            });
        },
    },
];

function acceptsNoSamples(args: Analysis["samples"][number]["node"]["args"]): boolean {
    const last = args.at(-1);
    return args.length > 1 && last?.kind === "number" && last.value <= 0;
}

function mentions({ formula }: Analysis, numbers: readonly number[]): boolean {
    return formula.statements.some(({ value }) => {
        for (const node of expressions(value))
            if (node.kind === "number" && numbers.includes(node.value)) return true;
        return false;
    });
}
