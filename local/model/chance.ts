/** Which of a row of like things are hit: by rate or by count, from a seed, so that the same row is hit the same way again. */
export interface Chance {
    /** How likely each one is hit. @default 1 */
    rate?: number;
    /** At most that many are hit. @default no limit */
    count?: number;
    /** The first ones that are let pass. @default 0 */
    skip?: number;
}

/** One answer for each that comes, in order. `draw` gives it a number of its own instead of the next of the row. */
export type Chances = (draw?: () => number) => boolean;

export function chances({ rate = 1, count = Infinity, skip = 0 }: Chance, seed: number): Chances {
    const random = randomNumbers(seed);
    let seen = 0;
    let hit = 0;
    return (draw = random) => {
        // Drawn for each, so that what comes later does not depend on whether this one was hit.
        const drawn = draw();
        seen += 1;
        if (seen <= skip || hit >= count || drawn >= rate) return false;
        hit += 1;
        return true;
    };
}

/** Numbers from 0 to below 1: a Weyl sequence whose members are mixed by xor-shifts and multiplications. */
export function randomNumbers(seed: number): () => number {
    let state = Math.imul(seed | 0, 0x9e3779b1) >>> 0;
    return () => {
        state = (state + 0x6d2b79f5) >>> 0;
        let mixed = Math.imul(state ^ (state >>> 15), state | 1);
        mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
        return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
    };
}

/** Whether a name fits a pattern in which `*` stands for any run of characters; `/` only where the star is doubled. */
export function fits(pattern: string, name: string): boolean {
    const source = pattern
        .split(/(\*\*|\*)/)
        .map((part) =>
            part === "**" ? ".*" : part === "*" ? "[^/]*" : part.replace(/[.+?^${}()|[\]\\]/g, "\\$&"),
        )
        .join("");
    return new RegExp(`^${source}$`, "i").test(name);
}
