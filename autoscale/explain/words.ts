import { type Expression, leftChain } from "../language/ast";
import { READ_ONLY, READ_WRITE } from "../language/names";
import { printExpression } from "../language/printer";

const UNITS: Readonly<Record<string, string>> = {
    TimeInterval_Second: "second",
    TimeInterval_Minute: "minute",
    TimeInterval_Hour: "hour",
    TimeInterval_Day: "day",
    TimeInterval_Week: "week",
    TimeInterval_Year: "year",
    TimeInterval_Millisecond: "millisecond",
};

const TARGETS: Readonly<Record<string, string>> = {
    $TargetDedicatedNodes: "the present target of dedicated nodes",
    $TargetLowPriorityNodes: "the present target of spot nodes",
};

/** Names of variables that hold numbers, as far as that is known. */
export type NumberNames = ReadonlySet<string>;

/** How a value is called in a sentence. */
export function words(node: Expression, numbers: NumberNames): string {
    const length = interval(node);
    if (length !== undefined) return length;
    switch (node.kind) {
        case "number":
            return printExpression(node);
        case "string":
            return `"${node.value}"`;
        case "name":
            return nameWords(node.name);
        case "unary":
            return node.operator === "!"
                ? `not (${words(node.operand, numbers)})`
                : `minus ${words(node.operand, numbers)}`;
        case "binary":
            return binaryWords(node, numbers);
        case "conditional":
            return `if ${words(node.test, numbers)}: ${words(node.whenTrue, numbers)}; otherwise: ${words(node.whenFalse, numbers)}`;
        case "call":
            return callWords(node.callee, node.args, numbers);
        case "method":
            return methodWords(node, numbers);
        case "member":
            return `the ${node.member} (UTC) of ${words(node.target, numbers)}`;
        case "missing":
            return "something that could not be read";
    }
}

function nameWords(name: string): string {
    const full = READ_WRITE.get(name);
    const target = full === undefined ? undefined : TARGETS[full];
    if (target) return target;
    const service = READ_ONLY.get(name);
    if (service) return `the ${service.meaning}`;
    return name === "TimeInterval_Zero" ? "no time" : name;
}

/** A constant length of time, such as "15 minutes". */
function interval(node: Expression): string | undefined {
    if (node.kind === "name") return UNITS[node.name] && `1 ${UNITS[node.name]}`;
    if (node.kind !== "binary" || node.operator !== "*") return undefined;
    for (const [count, unit] of [
        [node.left, node.right],
        [node.right, node.left],
    ] as const) {
        const name = unit.kind === "name" ? UNITS[unit.name] : undefined;
        const amount =
            count.kind === "number" || count.kind === "unary" || count.kind === "name" ? count : undefined;
        if (name && amount && !(amount.kind === "name" && UNITS[amount.name])) {
            const text = printExpression(amount);
            return `${text} ${name}${text === "1" ? "" : "s"}`;
        }
    }
    return undefined;
}

const OPERATOR_WORDS: Readonly<Record<string, string>> = {
    "+": "plus",
    "-": "minus",
    "*": "times",
    "/": "divided by",
    "<": "is less than",
    "<=": "is at most",
    "==": "equals",
    ">=": "is at least",
    ">": "is more than",
    "!=": "differs from",
    "&&": "and",
    "||": "or",
};

function binaryWords(node: Extract<Expression, { kind: "binary" }>, numbers: NumberNames): string {
    const { first, rest } = leftChain(node);
    const operand = (part: Expression): string =>
        part.kind === "binary" && interval(part) === undefined
            ? `(${words(part, numbers)})`
            : words(part, numbers);
    return [
        operand(first),
        ...rest.map(({ operator, right }) => `${OPERATOR_WORDS[operator] ?? operator} ${operand(right)}`),
    ].join(" ");
}

const FUNCTION_WORDS: Readonly<Record<string, string>> = {
    avg: "the average of",
    max: "the largest of",
    min: "the smallest of",
    sum: "the sum of",
    len: "the number of elements in",
    std: "the standard deviation of",
    range: "the spread of",
    norm: "the two-norm of",
    ceil: "rounded up:",
    floor: "rounded down:",
    round: "rounded:",
    vec: "the list of",
    lg: "the base-2 logarithm of",
    ln: "the natural logarithm of",
    log: "the base-10 logarithm of",
};

function list(parts: readonly string[]): string {
    if (parts.length <= 1) return parts[0] ?? "nothing";
    return `${parts.slice(0, -1).join(", ")} and ${parts.at(-1) ?? ""}`;
}

function callWords(callee: string, args: readonly Expression[], numbers: NumberNames): string {
    const parts = args.map((arg) => words(arg, numbers));
    if (callee === "time") return args.length === 0 ? "the present time" : `the time ${parts[0] ?? ""}`;
    if (callee === "rand") return "a random number from 0 to 1";
    if (callee === "val") return `element ${parts[1] ?? ""} of ${parts[0] ?? ""}`;
    if (callee === "percentile") return `the ${parts[1] ?? ""}th percentile of ${parts[0] ?? ""}`;
    const phrase = FUNCTION_WORDS[callee];
    return phrase ? `${phrase} ${list(parts)}` : `${callee}(${parts.join(", ")})`;
}

function methodWords(node: Extract<Expression, { kind: "method" }>, numbers: NumberNames): string {
    const { target, method, args } = node;
    const metric = target.kind === "name" ? READ_ONLY.get(target.name) : undefined;
    const meaning = metric?.meaning ?? words(target, numbers);
    const counted = /^number of (.*)$/.exec(meaning)?.[1];
    const parts = args.map((arg) => words(arg, numbers));
    const isMoment = (arg: Expression | undefined): boolean => arg !== undefined && !isNumber(arg, numbers);
    const when = isMoment(args[1])
        ? `between ${parts[0] ?? ""} and ${parts[1] ?? ""} ago`
        : `in the last ${parts[0] ?? ""}`;
    switch (method) {
        case "GetSamplePercent":
            return `the percentage of samples of ${printExpression(target)} that are there ${when}`;
        case "GetSample": {
            if (args.length === 1 && !isMoment(args[0])) {
                if (parts[0] !== "1") return `the newest ${parts[0] ?? ""} values of the ${meaning}`;
                return counted ? `the newest number of ${counted}` : `the newest value of the ${meaning}`;
            }
            const percent =
                args.length > 1 && !isMoment(args.at(-1))
                    ? ` (an error unless ${parts.at(-1) ?? ""} % of the samples are there)`
                    : "";
            return `the ${counted ? `numbers of ${counted}` : `values of the ${meaning}`} ${when}${percent}`;
        }
        case "Count":
            return `the number of samples so far of ${printExpression(target)}`;
        case "HistoryBeginTime":
            return `the time of the first sample of ${printExpression(target)}`;
        default:
            return `the time between samples of ${printExpression(target)}`;
    }
}

function isNumber(node: Expression, numbers: NumberNames): boolean {
    if (node.kind === "number" || node.kind === "member") return true;
    if (node.kind === "name") return numbers.has(node.name);
    if (node.kind === "binary") return isNumber(node.left, numbers) && isNumber(node.right, numbers);
    return node.kind === "unary" && isNumber(node.operand, numbers);
}
