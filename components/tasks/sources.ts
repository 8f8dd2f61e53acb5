import path from "node:path";
import type { TaskArgs } from "../taskCollection";
import { kindOf } from "../taskShape";
import { TaskFile } from "./taskFile";
import { fillIn } from "./template";

/** A value of a parameter. */
export type ParameterValue = string | number | boolean;

/** Parameter values of one task. */
export type Parameters = Readonly<Record<string, ParameterValue>>;

/** A range of whole numbers, both ends included. */
export interface Range {
    readonly from: number;
    readonly to: number;
    /** @default 1, or -1 when it goes down */
    readonly step?: number;
}

/** Values of a parameter: a list, or a range with both ends included. */
export type ParameterValues = readonly ParameterValue[] | Range;

/** What one task of a source is: made by a function, or a template whose `{name}` are filled in. */
export type TaskMaker<P> = ((parameters: P, index: number) => TaskArgs) | TaskTemplate;

/** A task in whose texts `{name}` stands for a parameter and `{index}` for the place of the task, from 0; `{{` is a brace. */
export type TaskTemplate = Omit<TaskArgs, "id" | "commandLine"> & {
    readonly id: string;
    readonly commandLine: string;
};

/** The numbers of a range. */
export function range(from: number, to: number, step = from <= to ? 1 : -1): number[] {
    if (![from, to, step].every(Number.isFinite))
        throw new RangeError(`range(${from}, ${to}, ${step}): give finite numbers`);
    if (step === 0 || (to - from) * step < 0)
        throw new RangeError(
            `range(${from}, ${to}, ${step}): that step never gets from ${from} to ${to}; give one ${from <= to ? "above" : "below"} 0`,
        );
    // Counted, not summed up: tenths would drift. A small allowance takes in an end that is met but for rounding.
    const count = Math.floor((to - from) / step + 1e-9) + 1;
    return Array.from({ length: count }, (_, index) => from + index * step);
}

function valuesOf(name: string, values: ParameterValues): readonly ParameterValue[] {
    if (typeof values !== "object" || (values as unknown) === null)
        throw new TypeError(
            `parameter '${name}' is ${kindOf(values)}: give a list of values, or { from, to, step }`,
        );
    const list = "from" in values ? range(values.from, values.to, values.step) : values;
    if (list.length === 0) throw new RangeError(`parameter '${name}' has no values: give one at least`);
    return list;
}

/** Every combination of the values of all parameters; the last one changes fastest. */
export function product(parameters: Readonly<Record<string, ParameterValues>>): Parameters[] {
    let combined: Parameters[] = [{}];
    for (const [name, values] of Object.entries(parameters)) {
        const list = valuesOf(name, values);
        combined = combined.flatMap((before) => list.map((value) => ({ ...before, [name]: value })));
    }
    return combined;
}

/** The first values of all parameters, then the second ones, and so on: all need the same number. */
export function zip(parameters: Readonly<Record<string, ParameterValues>>): Parameters[] {
    const lists = Object.entries(parameters).map(([name, values]) => [name, valuesOf(name, values)] as const);
    const [first] = lists;
    if (first === undefined) throw new RangeError("zip needs one parameter at least");
    const odd = lists.find(([, list]) => list.length !== first[1].length);
    if (odd !== undefined) {
        throw new RangeError(
            `zip: '${first[0]}' has ${first[1].length} values and '${odd[0]}' has ${odd[1].length}: give all the same number, or use product`,
        );
    }
    return first[1].map((_, index) =>
        Object.fromEntries(lists.map(([name, list]) => [name, list[index] ?? ""])),
    );
}

/** Every choice of `size` of the values, without regard to order, as parameters `name1`, `name2` and so on. */
export function combinations(name: string, values: ParameterValues, size: number): Parameters[] {
    const list = valuesOf(name, values);
    if (!Number.isInteger(size) || size < 1 || size > list.length) {
        throw new RangeError(
            `combinations of '${name}': ${size} of ${list.length} values; choose 1 to ${list.length}`,
        );
    }
    const found: Parameters[] = [];
    const choose = (from: number, chosen: readonly ParameterValue[]): void => {
        if (chosen.length === size) {
            found.push(Object.fromEntries(chosen.map((value, index) => [`${name}${index + 1}`, value])));
            return;
        }
        for (let index = from; index <= list.length - (size - chosen.length); index++) {
            const value = list[index];
            if (value !== undefined) choose(index + 1, [...chosen, value]);
        }
    };
    choose(0, []);
    return found;
}

/** An id whose numbers sort as texts do: `taskId("frame", 7, 1000)` is `frame-0007` since the last one is `frame-1000`. */
export function taskId(prefix: string, number: number, last: number): string {
    return `${prefix}-${String(number).padStart(String(last).length, "0")}`;
}

function make<P extends object>(all: readonly P[], maker: TaskMaker<P>): TaskArgs[] {
    const width = String(Math.max(0, all.length - 1)).length;
    return all.map((parameters, index) =>
        typeof maker === "function"
            ? maker(parameters, index)
            : fillIn(maker, { index: String(index).padStart(width, "0"), ...parameters }, index),
    );
}

/**
 * One task for each set of parameters: a record stands for every combination; see also `product`, `zip` and `combinations`.
 * @example
 * tasks.sweep({ scene: ["a", "b"], frame: { from: 1, to: 240 } }, { id: "{scene}-{frame:4}", commandLine: "render {scene} {frame}" })
 */
export function sweep(
    parameters: Readonly<Record<string, ParameterValues>> | readonly Parameters[],
    maker: TaskMaker<Parameters>,
): TaskArgs[] {
    const all = Array.isArray(parameters)
        ? (parameters as readonly Parameters[])
        : product(parameters as Readonly<Record<string, ParameterValues>>);
    return make(all, maker);
}

/** The same task some times; `{index}` tells them apart. */
export function repeat(count: number, maker: TaskMaker<{ readonly index: number }>): TaskArgs[] {
    if (!Number.isInteger(count) || count < 1)
        throw new RangeError(`repeat(${count}): give a whole number of 1 and above`);
    if (typeof maker === "function")
        return Array.from({ length: count }, (_, index) => maker({ index }, index));
    return make(
        Array.from({ length: count }, () => ({})),
        maker,
    );
}

/** One task for each file or blob: `{file}` is its name, `{name}` that without folder and ending. */
export function perFile(
    files: readonly string[],
    maker: TaskMaker<{ readonly file: string; readonly name: string }>,
): TaskArgs[] {
    // The order of a listing must not decide which task is which.
    const sorted = [...files].sort();
    return make(
        sorted.map((file) => ({ file, name: path.posix.basename(file, path.posix.extname(file)) })),
        maker,
    );
}

/**
 * Tasks of a file of JSON Lines, one a line, in this library's words or in those of the service. A collection that takes the file itself
 * reads it in little memory, and looks at nothing but its bytes as long as these are unchanged.
 * @throws TaskLineError with the number of the line that cannot be read, when the tasks are read
 */
export function fromJsonLines(file: string): TaskFile {
    return new TaskFile(file);
}

/** Tasks of a generator, sync or not, made one by one whenever somebody wants them. */
export function generate(generator: () => AsyncIterable<TaskArgs>): AsyncIterable<TaskArgs>;
export function generate(generator: () => Iterable<TaskArgs>): Iterable<TaskArgs>;
export function generate(
    generator: () => Iterable<TaskArgs> | AsyncIterable<TaskArgs>,
): Iterable<TaskArgs> | AsyncIterable<TaskArgs> {
    return Symbol.asyncIterator in generator()
        ? { [Symbol.asyncIterator]: () => (generator() as AsyncIterable<TaskArgs>)[Symbol.asyncIterator]() }
        : { [Symbol.iterator]: () => (generator() as Iterable<TaskArgs>)[Symbol.iterator]() };
}

// A dependency on ids may take 64,000 characters in all; many ids that are numbers can be said as ranges.
const MOST_DEPENDENCIES = 64_000;

/**
 * The tasks, and one more that runs once all of them have succeeded; the job needs `usesTaskDependencies`. Ids that are whole numbers
 * without leading zeros become ranges, of which there may be any number of tasks; others must fit into 64,000 characters.
 * @throws RangeError when the ids are too many
 */
export function withMerge(tasks: Iterable<TaskArgs>, merge: TaskArgs): TaskArgs[] {
    const ids: string[] = [];
    const numbers: number[] = [];
    for (const { id } of tasks) {
        if (/^(0|[1-9]\d{0,8})$/.test(id)) numbers.push(Number(id));
        else ids.push(id);
    }
    const characters = ids.reduce((sum, id) => sum + id.length, 0);
    if (characters > MOST_DEPENDENCIES) {
        throw new RangeError(
            `task '${merge.id}' depends on ${ids.length} ids of ${characters} characters, and ${MOST_DEPENDENCIES} is the limit: give the tasks whole numbers as ids ("0", "1", ...), which are sent as ranges`,
        );
    }
    const ranges: { start: number; end: number }[] = [];
    for (const number of numbers.sort((left, right) => left - right)) {
        const last = ranges.at(-1);
        if (last?.end === number - 1) last.end = number;
        else ranges.push({ start: number, end: number });
    }
    const dependsOn = {
        ...(ids.length > 0 ? { taskIds: ids } : {}),
        ...(ranges.length > 0 ? { ranges } : {}),
    };
    return [...tasks, { ...merge, dependsOn }];
}
