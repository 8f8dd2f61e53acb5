import { poolProperty } from "../../catalog";
import type { PoolChange } from "../../catalog";
import { changedParts } from "./known";

/** Digests of a pool's arguments by their names in the table of pool properties. */
export type PoolParts = Readonly<Record<string, string>>;

/** What becomes of a pool whose arguments have changed, as far as they are known. */
export interface PoolChanges {
    /** Arguments for which it is replaced. */
    readonly replaced: readonly string[];
    /** In words, such as `in place at once: scaleSettings`; undefined when nothing changes. */
    readonly words: string | undefined;
}

const places = {
    inPlace: "in place at once",
    afterReboot: "in place, on nodes that run when they are rebooted",
    afterReimage: "in place, on nodes that run when they are reimaged",
} as const satisfies Partial<Record<PoolChange, string>>;

/** What the change of a pool means, by the table of pool properties. */
export function poolChanges(olds: PoolParts | undefined, news: PoolParts | undefined): PoolChanges {
    const changed = changedParts(olds, news);
    const of = (change: PoolChange): string[] =>
        changed.filter((name) => poolProperty(name)?.change === change);
    const replaced = of("replace");
    if (replaced.length > 0)
        return { replaced, words: `replaced by a new pool, since it cannot change: ${replaced.join(", ")}` };
    const words = (Object.keys(places) as (keyof typeof places)[]).flatMap((change) => {
        const names = of(change);
        return names.length === 0 ? [] : [`${places[change]}: ${names.join(", ")}`];
    });
    return { replaced, words: words.length === 0 ? undefined : words.join("; ") };
}
