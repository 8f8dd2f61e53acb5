import { limits } from "../../catalog";
import { versionHeaders } from "../http/conditions";
import type { Version } from "../http/conditions";
import { filterOf, matches } from "../http/filter";
import type { FilterFields } from "../http/filter";
import { isRefused } from "../http/operation";
import type { Call, Outcome, Reply } from "../http/operation";
import { pageOf, pageThrough } from "../http/paging";
import { badQuery } from "../http/query";
import { selected, selectionOf } from "../http/select";
import type { JsonObject } from "../model/json";

/**
 * The answer to a write: no body, and where and which version the thing is now. `DataServiceId` of an action is the address of
 * the action itself (recorded answers).
 */
export function written(call: Call, status: number, path: string, version: Version): Reply {
    const made = status === 201;
    return {
        status,
        headers: {
            DataServiceId: made ? `${call.origin}${path}` : addressOf(call),
            ...versionHeaders(version),
            ...(made ? { Location: `${call.origin}${path}` } : {}),
        },
    };
}

/** The address that a call went to, without its query. */
export function addressOf(call: Call): string {
    return call.origin + (call.url.split("?", 1)[0] ?? "");
}

/** The answer to a read of one thing, with `$select` applied. */
export function shown(
    call: Call,
    set: string,
    item: JsonObject,
    known: ReadonlySet<string>,
    version?: Version,
): Outcome {
    const fault = expandFault(call);
    if (fault) return fault;
    const selection = selectionOf(call, known);
    if (isRefused(selection)) return selection;
    return {
        status: 200,
        headers: version ? versionHeaders(version) : {},
        body: {
            "odata.metadata": metadata(call, `${set}/@Element`),
            ...selected(item, selection.paths),
        },
    };
}

export function metadata(call: Call, set: string): string {
    return `${call.origin}/$metadata#${set}`;
}

/** How things of one kind are listed. */
export interface Listing {
    /** Entity set in the metadata. */
    set: string;
    /** By what it may be filtered; absent: it has no `$filter`. */
    fields?: FilterFields;
    /** What `$select` may name; absent: it has no `$select`. */
    known?: ReadonlySet<string>;
    /** Largest page. */
    most?: number;
}

/** Filters, pages and selects a list that is at hand whole. `items` are in order of `keyOf`. */
export function listed<T>(
    call: Call,
    listing: Listing,
    items: readonly T[],
    keyOf: (item: T) => string,
    render: (item: T) => JsonObject,
): Outcome {
    const expanded = expandFault(call);
    if (expanded) return expanded;
    const page = pageOf(call, listing.most ?? limits.pageSize.value);
    if (isRefused(page)) return page;
    const filter = listing.fields && filterOf(call, listing.fields);
    if (filter && isRefused(filter)) return filter;
    const selection = listing.known ? selectionOf(call, listing.known) : { paths: undefined };
    if (isRefused(selection)) return selection;
    const passing = filter ? items.filter((item) => matches(filter, render(item))) : items;
    const { items: chosen, nextLink } = pageThrough(call, page, passing, keyOf);
    return list(
        call,
        listing.set,
        chosen.map((item) => selected(render(item), selection.paths)),
        nextLink,
    );
}

export function list(call: Call, set: string, value: JsonObject[], nextLink?: string): Reply {
    return {
        status: 200,
        body: {
            "odata.metadata": metadata(call, set),
            value,
            ...(nextLink === undefined ? {} : { "odata.nextLink": nextLink }),
        },
    };
}

/** `$expand` knows one thing: stats. */
export function expandFault(call: Call) {
    const expand = call.query.get("$expand");
    if (expand === undefined || expand === "" || expand === "stats") return undefined;
    return badQuery("$expand", expand, "stats is all that can be expanded.");
}
