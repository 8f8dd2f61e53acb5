import { isEventual } from "./diagnostics";
import type { Problems } from "./diagnostics";
import { isRecord, kindOf } from "./taskShape";

const examples = {
    pool: "a Pool, or one that exists by Pool.fromExisting",
    preparation: 'preparation: { commandLine: "..." }',
    release: 'release: { commandLine: "..." }',
    jobManager: 'jobManager: { id: "...", commandLine: "..." }',
    metadata: 'metadata: { name: "value" }',
    schedule: 'schedule: { recurrenceInterval: "1d" }',
} as const;

/**
 * Says which arguments of a job or schedule are of another kind than they must be: in JavaScript they would be left out without a word.
 * @param names of those that are looked at
 * @returns whether all are as they should be
 */
export function checkJobShape(
    args: { readonly [name in keyof typeof examples]?: unknown },
    names: readonly (keyof typeof examples)[],
    problems: Problems,
    prefix = "",
): boolean {
    const odd = names.filter((name) => {
        const value = args[name];
        return value !== undefined && (!isRecord(value) || isEventual(value));
    });
    for (const name of odd)
        problems.add("BATCH1018", `${prefix}${name}`, `it is ${kindOf(args[name])}: give ${examples[name]}`);
    return odd.length === 0;
}
