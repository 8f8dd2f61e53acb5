/** A value that the engine does not know yet, and where it is. */
export class UnknownValue extends Error {
    constructor(readonly path: string) {
        super(`${path} is not known before the update`);
    }
}

/** Stands for a value that is not known yet. */
export const NOT_KNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

// What the engine sends in place of values that are not known yet, one for each type of value.
const SENTINELS: ReadonlySet<unknown> = new Set([
    NOT_KNOWN,
    "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7",
    "3eeb2bf0-c639-47a8-9e75-3b44932eb421",
    "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2",
    "030794c1-ac77-496b-92df-f27374a8bd58",
    "e48ece36-62e2-4504-bad9-02848725956a",
    "dd056dcd-154b-4c76-9bd3-c8f88648b5ff",
]);

export const isUnknown = (value: unknown): boolean => typeof value === "string" && SENTINELS.has(value);

// The paths are those of the rules, read for each resource.
const paths = new Map<string, readonly string[]>();

function namesOf(path: string): readonly string[] {
    let names = paths.get(path);
    if (names === undefined) paths.set(path, (names = path === "" ? [] : path.split(".")));
    return names;
}

/** What a check has found: nothing, one thing, or several. */
export type Found = string | undefined | readonly Found[];

/**
 * Properties of a resource as the engine has them. Every read says its type, gives undefined for what is not there, and throws
 * {@link UnknownValue} for what is not known yet: no rule can take a placeholder for a value.
 */
export class Facts {
    constructor(
        private readonly value: unknown,
        private readonly path = "",
        private readonly skip: (unknown: UnknownValue) => void = () => {},
    ) {}

    /** Where a property is, as a person would write it. */
    where(path = ""): string {
        if (this.path === "" || path === "") return this.path + path;
        return `${this.path}.${path}`;
    }

    text(path: string): string | undefined {
        const value = this.read(path);
        return typeof value === "string" ? value : undefined;
    }

    number(path: string): number | undefined {
        const value = this.read(path);
        return typeof value === "number" ? value : undefined;
    }

    flag(path: string): boolean | undefined {
        const value = this.read(path);
        return typeof value === "boolean" ? value : undefined;
    }

    /** Whether a property has a value at all; null and empty lists and objects are none. */
    has(path: string): boolean {
        const value = this.read(path);
        if (value === undefined || value === null) return false;
        return typeof value !== "object" || Object.keys(value).length > 0;
    }

    /** Whether a text is the one given; Azure compares such words without case. */
    is(path: string, word: string): boolean {
        return this.text(path)?.toLowerCase() === word.toLowerCase();
    }

    at(path: string): Facts {
        return new Facts(this.read(path), this.where(path), this.skip);
    }

    /** The items of a list; an item that is not known is counted and left out. */
    items(path: string): Facts[] {
        const value = this.read(path);
        if (!Array.isArray(value)) return [];
        const items: Facts[] = [];
        for (const [index, item] of (value as readonly unknown[]).entries()) {
            const place = `${this.where(path)}[${index}]`;
            if (isUnknown(item)) this.skip(new UnknownValue(place));
            else items.push(new Facts(item, place, this.skip));
        }
        return items;
    }

    texts(path: string): string[] {
        return this.items(path).flatMap((item) => (typeof item.value === "string" ? [item.value] : []));
    }

    keys(path: string): string[] {
        const value = this.read(path);
        return typeof value === "object" && value !== null ? Object.keys(value) : [];
    }

    /** Judges each item of a list for itself, so that one unknown value hides no other finding. */
    each(path: string, judge: (item: Facts) => Found): Found[] {
        return this.items(path).map((item) => this.attempt(() => judge(item)));
    }

    /** Judges something; an unknown value in it is counted, and counts as no finding. */
    attempt(judge: () => Found): Found {
        try {
            return judge();
        } catch (error) {
            if (!(error instanceof UnknownValue)) throw error;
            this.skip(error);
            return undefined;
        }
    }

    private read(path: string): unknown {
        let value = this.value;
        const names = namesOf(path);
        for (const [index, name] of names.entries()) {
            if (typeof value !== "object" || value === null) return undefined;
            value = (value as Record<string, unknown>)[name];
            if (isUnknown(value)) throw new UnknownValue(this.where(names.slice(0, index + 1).join(".")));
        }
        return value;
    }
}

/** All findings in one list. */
export function flatten(found: Found): string[] {
    if (found === undefined) return [];
    return typeof found === "string" ? [found] : found.flatMap(flatten);
}
