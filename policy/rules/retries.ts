import type { Facts, Found } from "../core/known";

/** Finds retries without a limit, or above the one given. */
export function retriesBeyond(facts: Facts, path: string, maximum: number): Found {
    const retries = facts.number(path) ?? 0;
    if (retries >= 0 && retries <= maximum) return undefined;
    return `${facts.where(path)} is ${retries < 0 ? `${retries}, without a limit` : `${retries}, above ${maximum}`}.`;
}
