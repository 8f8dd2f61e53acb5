import { refuse } from "./operation";
import type { ArmCall, Refused } from "./operation";
import { badQuery, queryValues } from "./query";

/** Which page of a list a call asks for. */
export interface PageRequest {
    /** Place where the page before ended: the key of its last item. */
    after?: string;
    limit: number;
}

/** `maxresults` and `$skiptoken` of a call. */
export function pageOf(call: ArmCall, most: number): PageRequest | Refused {
    const text = call.query.get("maxresults");
    let limit = most;
    if (text !== undefined) {
        if (!/^-?\d{1,15}$/.test(text)) return badQuery("maxresults", text, "A whole number.");
        limit = Number(text);
        if (limit < 1 || limit > most) {
            return refuse("OutOfRangeQueryParameterValue", {
                values: [
                    ...queryValues("maxresults", text, `Between 1 and ${most}.`).slice(0, 2),
                    { key: "MinimumAllowed", value: "1" },
                    { key: "MaximumAllowed", value: String(most) },
                ],
            });
        }
    }
    const token = call.query.get("$skiptoken");
    if (token === undefined) return { limit };
    const after = Buffer.from(token, "base64url").toString("utf8");
    if (Buffer.from(after).toString("base64url") !== token) {
        return badQuery("$skiptoken", token, "Take it from the link to the next page.");
    }
    return { after, limit };
}

/** The address of the page after that item: the call's own, with another token. */
export function nextLink(call: ArmCall, lastKey: string): string {
    const mark = call.url.indexOf("?");
    const path = mark < 0 ? call.url : call.url.slice(0, mark);
    const parameters = (mark < 0 ? "" : call.url.slice(mark + 1))
        .split("&")
        .filter((part) => part !== "" && !/^(\$|%24)skiptoken=/i.test(part));
    parameters.push(`$skiptoken=${Buffer.from(lastKey).toString("base64url")}`);
    return `${call.origin}${path}?${parameters.join("&")}`;
}

/** One page of a list that is at hand whole, in order of its keys, and the address of the next one. */
export function pageThrough<T>(
    call: ArmCall,
    page: PageRequest,
    items: readonly T[],
    keyOf: (item: T) => string,
): { items: T[]; nextLink?: string } {
    const { after } = page;
    const start = after === undefined ? 0 : items.findIndex((item) => keyOf(item) > after);
    if (start < 0) return { items: [] };
    const chosen = items.slice(start, start + page.limit);
    const last = chosen.at(-1);
    if (last === undefined || start + page.limit >= items.length) return { items: chosen };
    return { items: chosen, nextLink: nextLink(call, keyOf(last)) };
}
