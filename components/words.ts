import type { Problems } from "./diagnostics";
import { kindOf } from "./taskShape";

/** Adds a problem for a word that an argument does not take: in JavaScript it would count as none. */
export function checkWord(
    value: unknown,
    allowed: readonly string[],
    path: string,
    problems: Problems,
): void {
    if (value === undefined || allowed.includes(value as string)) return;
    const words = allowed.map((word) => `"${word}"`).join(" or ");
    problems.add("BATCH1006", path, `it is ${kindOf(value)}: give ${words}`);
}
