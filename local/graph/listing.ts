/** Lists: `$filter` as clients write it, `$select`, `$top`, `$count`, and links to the next page. */
import type { ArmCall, Outcome } from "../http/operation";
import type { JsonObject } from "../model/json";
import { badRequest } from "./records";

type Test = (item: JsonObject) => boolean;

const text = "'((?:[^']|'')*)'";
const forms: readonly [RegExp, (name: string, value: string) => Test][] = [
    [
        new RegExp(`^(\\w+)\\s+eq\\s+(?:${text}|(true|false|null))$`, "i"),
        (name, value) => (item) => same(item[name] ?? null, value),
    ],
    [
        new RegExp(`^startswith\\(\\s*(\\w+)\\s*,\\s*${text}\\s*\\)$`, "i"),
        (name, value) => (item) =>
            String(item[name] ?? "")
                .toLowerCase()
                .startsWith(value.toLowerCase()),
    ],
    [
        new RegExp(`^(\\w+)/any\\(\\s*(?:\\w+)\\s*:\\s*\\w+\\s+eq\\s+${text}\\s*\\)$`, "i"),
        (name, value) => (item) => {
            const list = item[name];
            return Array.isArray(list) && list.some((each) => same(each, value));
        },
    ],
];

function same(value: unknown, wanted: string): boolean {
    return String(value).toLowerCase() === wanted.toLowerCase();
}

/** Conditions joined with `and`; undefined where one is of another form. */
function testsOf(filter: string): Test[] | undefined {
    const tests = splitAnd(filter).map((condition) => {
        for (const [form, make] of forms) {
            const match = form.exec(condition);
            if (match) return make(match[1] ?? "", (match[2] ?? match[3] ?? "").replaceAll("''", "'"));
        }
        return undefined;
    });
    return tests.every((test) => test !== undefined) ? tests : undefined;
}

/** Not within quotes. */
function splitAnd(filter: string): string[] {
    const parts = filter.split(/('(?:[^']|'')*')/);
    const marked = parts.map((part, index) => (index % 2 === 0 ? part.replace(/\s+and\s+/gi, "\n") : part));
    return marked
        .join("")
        .split("\n")
        .map((part) => part.trim());
}

const usualPage = 100;
const largestPage = 999;

export function listed(call: ArmCall, collection: string, items: readonly JsonObject[]): Outcome {
    const filter = call.query.get("$filter");
    const tests = filter === undefined ? [] : testsOf(filter);
    if (!tests) {
        return badRequest(
            `Unsupported filter '${filter ?? ""}'; allowed are NAME eq 'VALUE', startswith(NAME,'VALUE') and ` +
                "NAME/any(x:x eq 'VALUE'), joined with and.",
        );
    }
    const top = Number(call.query.get("$top") ?? usualPage);
    if (!Number.isInteger(top) || top < 1 || top > largestPage) {
        return badRequest(
            `Invalid page size specified: '${call.query.get("$top") ?? ""}'. Must be between 1 and 999 inclusive.`,
        );
    }
    const found = items.filter((item) => tests.every((test) => test(item)));
    const after = call.query.get("$skiptoken");
    const sorted = found.toSorted((a, b) => (String(a["id"]) < String(b["id"]) ? -1 : 1));
    const rest = after === undefined ? sorted : sorted.filter(({ id }) => String(id) > after);
    const page = rest.slice(0, top);
    const select = call.query
        .get("$select")
        ?.split(",")
        .map((name) => name.trim());
    const last = page.at(-1);
    const link = new URL(call.url, call.origin);
    link.searchParams.set("$skiptoken", String(last?.["id"]));
    return {
        status: 200,
        body: {
            "@odata.context": `${call.origin}/v1.0/$metadata#${collection}`,
            ...(call.query.get("$count") === "true" ? { "@odata.count": found.length } : {}),
            ...(rest.length > page.length ? { "@odata.nextLink": link.href } : {}),
            value: select
                ? page.map((item) => Object.fromEntries(select.map((name) => [name, item[name]])))
                : page,
        },
    };
}
