/** A run of ids that count up: `task-007` to `task-120` is `["task-", 3, 7, 120]`. A lone id is a text. */
export type IdRange = string | readonly [prefix: string, width: number, first: number, last: number];

// The collection keeps them, and the wait for it: of 100 KB this leaves room for hashes and all else.
const LIMIT = 20 * 1024;

/** Characters that a range takes besides its first id: width, last number (15 digits at most) and what stands between them. */
const PART = 20;

/** Ids in few characters, for the state of a collection; they come one by one. */
export class IdRanges {
    #ranges: (string | [string, number, number, number])[] | undefined = [];
    #size = 0;

    add(id: string): void {
        const ranges = this.#ranges;
        if (ranges === undefined) return;
        const [, prefix = "", digits = ""] = /^(.*?)(\d{0,15})$/.exec(id) ?? [];
        const last = ranges.at(-1);
        const number = Number(digits);
        if (digits !== "" && Array.isArray(last) && last[0] === prefix && follows(last, number, digits)) {
            last[3] = number;
            return;
        }
        // A number without leading zeros has width 0 and may grow in length; with them its width is fixed.
        const width = digits.startsWith("0") && digits.length > 1 ? digits.length : 0;
        ranges.push(digits === "" ? id : [prefix, width, number, number]);
        this.#size += id.length + PART;
        if (this.#size > LIMIT) this.#ranges = undefined;
    }

    /** Undefined when they take more than 20 KB even so: then nobody who reads the state knows them all. */
    ranges(): IdRange[] | undefined {
        return this.#ranges;
    }
}

/**
 * Ranges as one text, `task-:3:7:120,lone`: the engine writes each item of a list on a line of its own, which takes several times as much.
 * No id holds a colon or a comma.
 */
export function packRanges(ranges: readonly IdRange[] | undefined): string | undefined {
    return ranges?.map((range) => (typeof range === "string" ? range : range.join(":"))).join(",");
}

/** The ranges of a text, or of the list that early states of 0.1.0 hold. */
export function unpackRanges(
    packed: string | readonly IdRange[] | undefined,
): readonly IdRange[] | undefined {
    if (typeof packed !== "string") return packed;
    return packed === "" ? [] : packed.split(",").map(unpackRange);
}

function unpackRange(text: string): IdRange {
    const [prefix = "", ...numbers] = text.split(":");
    const [width, first, last] = numbers.map(Number);
    return width === undefined || first === undefined || last === undefined
        ? prefix
        : [prefix, width, first, last];
}

/** Ids in few characters; undefined when these are too many even so. */
export function toRanges(ids: Iterable<string>): IdRange[] | undefined {
    const ranges = new IdRanges();
    for (const id of ids) ranges.add(id);
    return ranges.ranges();
}

function follows(range: [string, number, number, number], number: number, digits: string): boolean {
    const [, width, , last] = range;
    return number === last + 1 && digits === String(number).padStart(width, "0");
}

/** The ids again, in order. */
export function* fromRanges(ranges: readonly IdRange[]): Generator<string> {
    for (const range of ranges) {
        if (typeof range === "string") yield range;
        else {
            const [prefix, width, first, last] = range;
            for (let number = first; number <= last; number++)
                yield prefix + String(number).padStart(width, "0");
        }
    }
}

/** Both; undefined where either is. */
export function joinRanges(
    one: readonly IdRange[] | undefined,
    other: readonly IdRange[] | undefined,
): IdRange[] | undefined {
    if (one === undefined || other === undefined) return undefined;
    const held = rangesHold(one);
    return toRanges(
        (function* () {
            yield* fromRanges(one);
            for (const id of fromRanges(other)) if (!held(id)) yield id;
        })(),
    );
}

/** Tells whether an id is within ranges, without making a list of them. */
export function rangesHold(ranges: readonly IdRange[]): (id: string) => boolean {
    const alone = new Set<string>();
    const byPrefix = new Map<string, Exclude<IdRange, string>[]>();
    for (const range of ranges) {
        if (typeof range === "string") alone.add(range);
        else byPrefix.set(range[0], [...(byPrefix.get(range[0]) ?? []), range]);
    }
    return (id) => {
        if (alone.has(id)) return true;
        const [, prefix = "", digits = ""] = /^(.*?)(\d{0,15})$/.exec(id) ?? [];
        if (digits === "") return false;
        const number = Number(digits);
        return (byPrefix.get(prefix) ?? []).some(
            ([, width, first, last]) =>
                number >= first && number <= last && digits === String(number).padStart(width, "0"),
        );
    };
}
