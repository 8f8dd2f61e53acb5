import type { BinaryOperator } from "./ast";
import { NUMBERS, Type, type TypeSet } from "./types";

interface OperatorRow {
    readonly left: TypeSet;
    readonly operators: readonly BinaryOperator[];
    readonly right: TypeSet;
    readonly result: TypeSet;
    /** Seen in a formula in use but absent from the documented table. */
    readonly unsure?: boolean;
}

const { double, doubleVec, string, timestamp, timeinterval } = Type;
const ARITHMETIC = ["+", "-", "*", "/"] as const;
const COMPARISON = ["<", "<=", "==", ">=", ">", "!="] as const;
const LOGIC = ["&&", "||"] as const;

/** The operator table of the documentation, and at its end what real formulas do beyond it. */
export const OPERATORS: readonly OperatorRow[] = [
    { left: double, operators: ARITHMETIC, right: double, result: double },
    { left: double, operators: ["*"], right: timeinterval, result: timeinterval },
    { left: doubleVec, operators: ARITHMETIC, right: double, result: doubleVec },
    { left: doubleVec, operators: ARITHMETIC, right: doubleVec, result: doubleVec },
    { left: timeinterval, operators: ["*", "/"], right: double, result: timeinterval },
    { left: timeinterval, operators: ["+", "-"], right: timeinterval, result: timeinterval },
    { left: timeinterval, operators: ["+"], right: timestamp, result: timestamp },
    { left: timestamp, operators: ["+"], right: timeinterval, result: timestamp },
    { left: timestamp, operators: ["-"], right: timestamp, result: timeinterval },
    { left: double, operators: COMPARISON, right: double, result: double },
    { left: string, operators: COMPARISON, right: string, result: double },
    { left: timestamp, operators: COMPARISON, right: timestamp, result: double },
    { left: timeinterval, operators: COMPARISON, right: timeinterval, result: double },
    { left: double, operators: LOGIC, right: double, result: double },
    { left: double, operators: ARITHMETIC, right: doubleVec, result: doubleVec, unsure: true },
    { left: doubleVec, operators: [...COMPARISON, ...LOGIC], right: NUMBERS, result: double, unsure: true },
    { left: double, operators: [...COMPARISON, ...LOGIC], right: doubleVec, result: double, unsure: true },
];

export function operatorRow(
    operator: BinaryOperator,
    left: TypeSet,
    right: TypeSet,
): OperatorRow | undefined {
    return OPERATORS.find(
        (row) => (row.left & left) !== 0 && (row.right & right) !== 0 && row.operators.includes(operator),
    );
}

export type Parameter = { readonly types: TypeSet; readonly optional?: boolean; readonly rest?: boolean };
export interface Signature {
    readonly parameters: readonly Parameter[];
    /** Undefined for `stop()`, which gives no value. */
    readonly result?: TypeSet;
    readonly text: string;
}

const list: Parameter = { types: NUMBERS, rest: true };
const ofList = (name: string, result: TypeSet, text: string): [string, readonly Signature[]] => [
    name,
    [{ parameters: [list], result, text: `${name}(doubleVecList) gives a ${text}` }],
];
const scalarOrVector = (name: string): [string, readonly Signature[]] => [
    name,
    [
        { parameters: [{ types: double }], result: double, text: `${name}(double) gives a double` },
        { parameters: [list], result: doubleVec, text: `${name}(doubleVecList) gives a doubleVec` },
    ],
];

/** Every function with its overloads; the first that fits is taken. */
export const FUNCTIONS: ReadonlyMap<string, readonly Signature[]> = new Map([
    ...["avg", "len", "max", "min", "norm", "range", "std", "sum"].map((name) =>
        ofList(name, double, "double"),
    ),
    ofList("vec", doubleVec, "doubleVec"),
    ...["lg", "ln", "log", "ceil", "floor", "round"].map(scalarOrVector),
    [
        "percentile",
        [
            {
                parameters: [{ types: doubleVec }, { types: double }],
                result: double,
                text: "percentile(doubleVec, double percent) gives a double",
            },
        ],
    ],
    [
        "val",
        [
            {
                parameters: [{ types: doubleVec }, { types: double }],
                result: double,
                text: "val(doubleVec, double index) gives a double",
            },
        ],
    ],
    ["rand", [{ parameters: [], result: double, text: "rand() gives a double" }]],
    ["stop", [{ parameters: [], text: "stop()" }]],
    [
        "time",
        [
            {
                parameters: [{ types: string, optional: true }],
                result: timestamp,
                text: 'time(string dateTime = "") gives a timestamp',
            },
        ],
    ],
]);

const moment: Parameter = { types: timestamp | timeinterval };

/** Methods of sample objects. */
export const METHODS: ReadonlyMap<string, readonly Signature[]> = new Map([
    [
        "GetSample",
        [
            { parameters: [{ types: double }], result: doubleVec, text: "GetSample(double count)" },
            {
                parameters: [moment, { types: double, optional: true }],
                result: doubleVec,
                text: "GetSample(timestamp or timeinterval start, double samplePercent)",
            },
            {
                parameters: [moment, moment, { types: double, optional: true }],
                result: doubleVec,
                text: "GetSample(timestamp or timeinterval start, timestamp or timeinterval end, double samplePercent)",
            },
        ],
    ],
    [
        "GetSamplePercent",
        [
            {
                parameters: [moment, { ...moment, optional: true }],
                result: double,
                text: "GetSamplePercent(timestamp or timeinterval start, timestamp or timeinterval end)",
            },
        ],
    ],
    ["GetSamplePeriod", [{ parameters: [], result: timeinterval, text: "GetSamplePeriod()" }]],
    ["Count", [{ parameters: [], result: double, text: "Count()" }]],
    ["HistoryBeginTime", [{ parameters: [], result: timestamp, text: "HistoryBeginTime()" }]],
]);

export function takesCount({ parameters }: Signature, count: number): boolean {
    if (parameters[0]?.rest) return true;
    const required = parameters.filter(({ optional }) => !optional).length;
    return count >= required && count <= parameters.length;
}

/** The parameter an argument at `index` goes to. */
export function parameterAt({ parameters }: Signature, index: number): Parameter | undefined {
    return parameters[0]?.rest ? parameters[0] : parameters[index];
}

/** Overload for arguments of exactly these types, each a single one. */
export function overload(signatures: readonly Signature[], types: readonly TypeSet[]): Signature | undefined {
    return signatures.find(
        (signature) =>
            takesCount(signature, types.length) &&
            types.every((type, index) => ((parameterAt(signature, index)?.types ?? 0) & type) === type),
    );
}
