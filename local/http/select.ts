import type { JsonObject } from "../model/json";
import { isObject } from "../model/json";
import type { ArmCall, Refused } from "./operation";
import { badQuery } from "./query";

/** The paths of `$select`, or undefined for everything. */
export type Selection = readonly string[][] | undefined;

/** `$select` of a call; a name that the resource does not have is refused. */
export function selectionOf(call: ArmCall, known: ReadonlySet<string>): { paths: Selection } | Refused {
    const text = call.query.get("$select");
    if (text === undefined || text.trim() === "") return { paths: undefined };
    const paths = text.split(",").map((path) => path.trim().split("/"));
    const wrong = paths.find(([head = ""]) => !known.has(head));
    if (wrong) {
        const reason = `There is no property "${wrong.join("/").slice(0, 100)}".`;
        return badQuery("$select", text, reason);
    }
    return { paths };
}

/** The item with nothing but what was selected. */
export function selected(item: JsonObject, selection: Selection): JsonObject {
    if (!selection) return item;
    const chosen: JsonObject = {};
    for (const path of selection) copy(item, chosen, path);
    return chosen;
}

function copy(from: JsonObject, to: JsonObject, path: readonly string[]): void {
    const [head, ...rest] = path;
    if (head === undefined) return;
    const value = from[head];
    if (value === undefined) return;
    if (rest.length === 0 || !isObject(value)) {
        to[head] = value;
        return;
    }
    const known = to[head];
    const inner: JsonObject = isObject(known) && known !== value ? known : {};
    if (known !== value) to[head] = inner;
    copy(value, inner, rest);
}
