/** Edit distance with swapped neighbours, cut off at `limit`. */
function distance(a: string, b: string, limit: number): number {
    if (Math.abs(a.length - b.length) > limit) return limit + 1;
    let before: number[] = [];
    let row = Array.from({ length: b.length + 1 }, (_, j) => j);
    for (let i = 1; i <= a.length; i++) {
        const next = [i];
        for (let j = 1; j <= b.length; j++) {
            const same = a[i - 1] === b[j - 1];
            let cost = Math.min(
                (row[j] ?? 0) + 1,
                (next[j - 1] ?? 0) + 1,
                (row[j - 1] ?? 0) + (same ? 0 : 1),
            );
            if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
                cost = Math.min(cost, (before[j - 2] ?? 0) + 1);
            next.push(cost);
        }
        before = row;
        row = next;
    }
    return row[b.length] ?? 0;
}

/** The candidate a misspelt name most likely means. Case and a missing `$` count least. */
export function suggest(name: string, candidates: Iterable<string>): string | undefined {
    if (name.length > 60) return undefined;
    const plain = (text: string): string => text.replace(/^\$/, "").toLowerCase();
    const given = plain(name);
    const limit = Math.max(1, Math.floor(given.length / 3));
    let best: string | undefined;
    let bestDistance = limit + 1;
    for (const candidate of candidates) {
        if (candidate === name) continue;
        const d = distance(given, plain(candidate), limit);
        if (d < bestDistance) [best, bestDistance] = [candidate, d];
    }
    return best;
}

export function didYouMean(
    name: string,
    candidates: Iterable<string>,
    otherwise?: string,
): string | undefined {
    const best = suggest(name, candidates);
    return best === undefined ? otherwise : `Did you mean ${best}?`;
}
