// The types of the random plugin, a row each: what is drawn, and what the id is.
import * as crypto from "node:crypto";
import type { Properties } from "../protocol/values";
import { adjectives, adverbs, animals } from "./words";

export interface RandomRow {
    required?: readonly string[];
    defaults?: Properties;
    secrets?: readonly string[];
    draw(inputs: Properties): { id: string; outputs: Properties };
}

const TEXT_DEFAULTS = { lower: true, upper: true, numeric: true, special: true };
const MINIMA = { minLower: 0, minUpper: 0, minNumeric: 0, minSpecial: 0 };
const CLASSES = [
    { use: "lower", minimum: "minLower", characters: "abcdefghijklmnopqrstuvwxyz" },
    { use: "upper", minimum: "minUpper", characters: "ABCDEFGHIJKLMNOPQRSTUVWXYZ" },
    { use: "numeric", minimum: "minNumeric", characters: "0123456789" },
    { use: "special", minimum: "minSpecial", characters: "!@#$%&*()-_=+[]{}<>:?" },
];

function numberOf(value: unknown, fallback: number): number {
    return typeof value === "number" ? value : fallback;
}

function pick(characters: string): string {
    return characters.charAt(crypto.randomInt(characters.length));
}

function shuffled<T>(items: readonly T[]): T[] {
    const result = [...items];
    for (let index = result.length - 1; index > 0; index--) {
        const other = crypto.randomInt(index + 1);
        [result[index], result[other]] = [result[other] as T, result[index] as T];
    }
    return result;
}

function drawText(inputs: Properties): string {
    const special = typeof inputs.overrideSpecial === "string" ? inputs.overrideSpecial : undefined;
    const length = numberOf(inputs.length, 0);
    let all = "";
    const drawn: string[] = [];
    for (const { use, minimum, characters } of CLASSES) {
        if (inputs[use] === false || (use === "numeric" && inputs.number === false)) continue;
        const allowed = use === "special" && special ? special : characters;
        all += allowed;
        for (let count = numberOf(inputs[minimum], 0); count > 0; count--) drawn.push(pick(allowed));
    }
    if (all === "" && length > 0)
        throw new Error(
            "no characters are left to draw from: lower, upper, numeric and special are all false",
        );
    if (drawn.length > length)
        throw new Error(`length ${length} is shorter than the sum of the minima, ${drawn.length}`);
    while (drawn.length < length) drawn.push(pick(all));
    return shuffled(drawn).join("");
}

function drawBytes(length: unknown): Buffer {
    return crypto.randomBytes(numberOf(length, 0));
}

const uuid: RandomRow = {
    draw: () => {
        const result = crypto.randomUUID();
        return { id: result, outputs: { result } };
    },
};

export const randomRows: Readonly<Record<string, RandomRow>> = {
    RandomId: {
        required: ["byteLength"],
        draw: ({ byteLength, prefix }) => {
            const bytes = drawBytes(byteLength);
            const before = typeof prefix === "string" ? prefix : "";
            const hex = bytes.toString("hex");
            const url = bytes.toString("base64url");
            return {
                id: url,
                outputs: {
                    hex: before + hex,
                    dec: before + BigInt(`0x0${hex}`).toString(10),
                    b64Std: before + bytes.toString("base64"),
                    b64Url: before + url,
                },
            };
        },
    },
    RandomString: {
        required: ["length"],
        defaults: { ...TEXT_DEFAULTS, number: true, ...MINIMA },
        draw: (inputs) => {
            const result = drawText(inputs);
            return { id: result, outputs: { result } };
        },
    },
    RandomPassword: {
        required: ["length"],
        defaults: { ...TEXT_DEFAULTS, number: true, ...MINIMA },
        secrets: ["result"],
        // The real plugin also gives a bcryptHash; no part of this project needs one.
        draw: (inputs) => ({ id: "none", outputs: { result: drawText(inputs) } }),
    },
    RandomBytes: {
        required: ["length"],
        secrets: ["base64", "hex"],
        draw: ({ length }) => {
            const bytes = drawBytes(length);
            return { id: "none", outputs: { base64: bytes.toString("base64"), hex: bytes.toString("hex") } };
        },
    },
    RandomInteger: {
        required: ["min", "max"],
        draw: ({ min, max }) => {
            const [low, high] = [numberOf(min, 0), numberOf(max, 0)];
            if (low > high) throw new Error(`min ${low} is greater than max ${high}`);
            const result = crypto.randomInt(low, high + 1);
            return { id: String(result), outputs: { result } };
        },
    },
    RandomPet: {
        defaults: { length: 2, separator: "-" },
        draw: ({ length, prefix, separator }) => {
            const count = numberOf(length, 2);
            const one = (words: readonly string[]) => words[crypto.randomInt(words.length)] ?? "";
            const words = [one(animals)];
            if (count > 1) words.unshift(one(adjectives));
            while (words.length < count) words.unshift(one(adverbs));
            if (typeof prefix === "string") words.unshift(prefix);
            return { id: words.join(typeof separator === "string" ? separator : "-"), outputs: {} };
        },
    },
    RandomUuid: uuid,
    RandomUuid4: uuid,
    RandomShuffle: {
        required: ["inputs"],
        draw: ({ inputs, resultCount }) => {
            const given = Array.isArray(inputs) ? (inputs as unknown[]) : [];
            const count = numberOf(resultCount, given.length);
            const results: unknown[] = [];
            while (results.length < count && given.length > 0) results.push(...shuffled(given));
            return { id: "-", outputs: { results: results.slice(0, count) } };
        },
    },
};
