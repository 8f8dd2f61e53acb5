import { refuse } from "../http/operation";
import type { ArmCall, Refused } from "../http/operation";
import { eTagText } from "../model/etag";
import type { Store } from "../store/store";

/** A tag never given before. */
export function newETag(store: Pick<Store, "nextNumber">): string {
    return eTagText(store.nextNumber());
}

/** The tag as the resource manager shows it. */
export function shownETag(eTag: string): string {
    return `W/"${bare(eTag)}"`;
}

function bare(eTag: string): string {
    return eTag.trim().replace(/^W\//, "").replaceAll('"', "");
}

function names(header: string, eTag: string): boolean {
    return header.split(",").some((tag) => tag.trim() === "*" || bare(tag) === bare(eTag));
}

/** Refuses a write whose If-Match or If-None-Match does not hold. No `eTag`: there is no such resource yet. */
export function conditionsOf(call: ArmCall, eTag: string | undefined): Refused | undefined {
    const match = call.headers["if-match"];
    const noneMatch = call.headers["if-none-match"];
    if (match !== undefined && (eTag === undefined || !names(match, eTag))) {
        return refuse("ConditionNotMet");
    }
    if (noneMatch !== undefined && eTag !== undefined && names(noneMatch, eTag)) {
        return refuse("ConditionNotMet");
    }
    return undefined;
}
