import type { Outcome } from "../http/operation";
import { isRefused } from "../http/operation";
import { pageOf, pageThrough } from "../http/paging";
import { badParameter } from "./refusals";
import type { VaultCall } from "./services";

const largestPage = 25;

/** One page of a list, 25 items at most. */
export function paged<T>(
    call: VaultCall,
    items: readonly T[],
    keyOf: (item: T) => string,
    show: (item: T) => unknown,
): Outcome {
    const page = pageOf(call, largestPage);
    if (isRefused(page)) {
        return badParameter(
            `maxresults must be between 1 and ${largestPage}, and $skiptoken one of a nextLink.`,
        );
    }
    const { items: shown, nextLink } = pageThrough(call, page, items, keyOf);
    return { status: 200, body: { value: shown.map(show), nextLink: nextLink ?? null } };
}
