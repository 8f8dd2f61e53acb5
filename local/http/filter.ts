import type { Filter, FilterValue } from "../model/filter";
import { refuse } from "./operation";
import type { ArmCall, Refused } from "./operation";

/** What a resource may be filtered by: field (a path of the wire) and the kind of its values. `id` also takes startswith. */
export type FilterFields = Readonly<Record<string, "id" | "text" | "enum" | "date" | "number" | "boolean">>;

interface Token {
    kind: "word" | "string" | "date" | "number" | "punctuation";
    text: string;
}

const longest = 8192;
const deepest = 64;
const tokenPattern =
    /\s*(?:((?:datetime|date)'[^']*')|('(?:[^']|'')*')|(\d{4}-\d{2}-\d{2}T[\d:.]+(?:Z|[+-]\d{2}:?\d{2})?)|(-?\d+(?:\.\d+)?)(?![\w-])|([A-Za-z_][\w/.]*)|([(),]))/iy;

class Unreadable extends Error {}

/** `$filter` of a call, parsed and checked against the fields that this list may be filtered by. */
export function filterOf(call: ArmCall, fields: FilterFields): Filter | Refused | undefined {
    const text = call.query.get("$filter");
    if (text === undefined || text.trim() === "") return undefined;
    try {
        return parseFilter(text, fields);
    } catch (error) {
        if (!(error instanceof Unreadable)) throw error;
        return refuse("InvalidQueryParameterValue", {
            values: [
                { key: "QueryParameterName", value: "$filter" },
                { key: "QueryParameterValue", value: text.slice(0, 200) },
                { key: "Reason", value: error.message },
            ],
        });
    }
}

/** Throws `Unreadable` with the reason. */
function parseFilter(text: string, fields: FilterFields): Filter {
    if (text.length > longest) throw new Unreadable(`A filter has ${longest} characters at most.`);
    const tokens = tokenize(text);
    const names = new Map(Object.entries(fields).map(([name, kind]) => [name.toLowerCase(), { name, kind }]));
    let position = 0;
    let depth = 0;

    const peek = () => tokens[position];
    const isWord = (word: string) => peek()?.kind === "word" && peek()?.text.toLowerCase() === word;
    const take = (what: string): Token => {
        const token = tokens[position++];
        if (!token) throw new Unreadable(`The filter ends where ${what} should be.`);
        return token;
    };
    const punctuation = (mark: string) => {
        const token = take(`"${mark}"`);
        if (token.text !== mark || token.kind !== "punctuation") {
            throw new Unreadable(`"${mark}" expected, found "${token.text}".`);
        }
    };
    const field = (token: Token) => {
        const known = token.kind === "word" ? names.get(token.text.toLowerCase()) : undefined;
        if (known) return known;
        throw new Unreadable(
            `"${token.text}" cannot be filtered by. Allowed: ${Object.keys(fields).join(", ")}.`,
        );
    };
    const nested = (parse: () => Filter): Filter => {
        if (++depth > deepest) throw new Unreadable("The filter is nested too deeply.");
        const inner = parse();
        depth--;
        return inner;
    };
    const either = (): Filter => {
        let left = both();
        while (isWord("or")) {
            position++;
            left = { op: "or", left, right: both() };
        }
        return left;
    };
    const both = (): Filter => {
        let left = one();
        while (isWord("and")) {
            position++;
            left = { op: "and", left, right: one() };
        }
        return left;
    };
    const one = (): Filter => {
        if (isWord("not")) {
            position++;
            return { op: "not", operand: nested(one) };
        }
        if (peek()?.text === "(" && peek()?.kind === "punctuation") {
            position++;
            const inner = nested(either);
            punctuation(")");
            return inner;
        }
        return isWord("startswith") ? startsWith() : comparison();
    };
    const startsWith = (): Filter => {
        position++;
        punctuation("(");
        const target = field(take("a field"));
        if (target.kind !== "id" && target.kind !== "text") {
            throw new Unreadable(`startswith cannot be used on ${target.name}.`);
        }
        punctuation(",");
        const value = take("a string");
        if (value.kind !== "string") throw new Unreadable(`A string expected, found ${value.text}.`);
        punctuation(")");
        return { op: "startswith", field: target.name, value: value.text };
    };
    const comparison = (): Filter => {
        const target = field(take("a field"));
        const operator = take("an operator").text.toLowerCase();
        const op = operators.find((known) => known === operator);
        if (!op) throw new Unreadable(`"${operator}" is no operator. Allowed: ${operators.join(", ")}.`);
        if (target.kind === "enum" && op !== "eq" && op !== "ne") {
            throw new Unreadable(`${target.name} takes eq and ne.`);
        }
        return { op, field: target.name, value: valueOf(take("a value"), target) };
    };
    const filter = either();
    const rest = peek();
    if (rest) throw new Unreadable(`The end expected, found "${rest.text}".`);
    return filter;
}

const operators = ["eq", "ne", "lt", "le", "gt", "ge"] as const;

function tokenize(text: string): Token[] {
    const tokens: Token[] = [];
    const trimmed = text.trimEnd();
    tokenPattern.lastIndex = 0;
    while (tokenPattern.lastIndex < trimmed.length) {
        const start = tokenPattern.lastIndex;
        const match = tokenPattern.exec(trimmed);
        if (!match) throw new Unreadable(`Not understood from "${trimmed.slice(start, start + 30)}" on.`);
        const [, dated, quoted, bareDate, number, word, punctuation] = match;
        if (dated !== undefined) {
            tokens.push({ kind: "date", text: dated.slice(dated.indexOf("'") + 1, -1) });
        } else if (quoted !== undefined) {
            tokens.push({ kind: "string", text: quoted.slice(1, -1).replaceAll("''", "'") });
        } else if (bareDate !== undefined) tokens.push({ kind: "date", text: bareDate });
        else if (number !== undefined) tokens.push({ kind: "number", text: number });
        else if (word !== undefined) tokens.push({ kind: "word", text: word });
        else if (punctuation !== undefined) tokens.push({ kind: "punctuation", text: punctuation });
    }
    return tokens;
}

function valueOf(token: Token, target: { name: string; kind: FilterFields[string] }): FilterValue {
    if (token.kind === "word" && token.text === "null") return { kind: "null" };
    const wrong = () =>
        new Unreadable(`${token.text} is no value for ${target.name}, which is a ${target.kind}.`);
    switch (target.kind) {
        case "date": {
            const at = token.kind === "date" || token.kind === "string" ? Date.parse(token.text) : Number.NaN;
            if (Number.isNaN(at)) throw wrong();
            return { kind: "date", value: at };
        }
        case "number":
            if (token.kind !== "number") throw wrong();
            return { kind: "number", value: Number(token.text) };
        case "boolean":
            if (token.kind !== "word" || !/^(true|false)$/i.test(token.text)) throw wrong();
            return { kind: "boolean", value: token.text.toLowerCase() === "true" };
        case "enum":
            if (token.kind !== "string") throw wrong();
            return { kind: "string", value: token.text.toLowerCase() };
        default:
            if (token.kind !== "string") throw wrong();
            return { kind: "string", value: token.text };
    }
}

/** Whether an item, as it looks on the wire, passes. A property that it does not have equals null alone. */
export function matches(filter: Filter, item: unknown): boolean {
    switch (filter.op) {
        case "and":
            return matches(filter.left, item) && matches(filter.right, item);
        case "or":
            return matches(filter.left, item) || matches(filter.right, item);
        case "not":
            return !matches(filter.operand, item);
        case "startswith": {
            const found = at(item, filter.field);
            return typeof found === "string" && found.startsWith(filter.value);
        }
        default:
            return compare(filter.op, at(item, filter.field), filter.value);
    }
}

function at(item: unknown, path: string): unknown {
    let found = item;
    for (const step of path.split("/")) {
        if (typeof found !== "object" || found === null) return undefined;
        found = (found as Record<string, unknown>)[step];
    }
    return found;
}

function compare(op: (typeof operators)[number], found: unknown, value: FilterValue): boolean {
    if (value.kind === "null") return (found === undefined || found === null) === (op === "eq");
    if (found === undefined || found === null) return op === "ne";
    const left = value.kind === "date" ? Date.parse(String(found)) : (found as string | number | boolean);
    const right = value.value;
    switch (op) {
        case "eq":
            return left === right;
        case "ne":
            return left !== right;
        case "lt":
            return left < right;
        case "le":
            return left <= right;
        case "gt":
            return left > right;
        case "ge":
            return left >= right;
    }
}
