import { refuse } from "../http/operation";
import type { ArmCall, Outcome } from "../http/operation";
import { limits } from "../../catalog";

/** A list answer: `maxresults` (or `$top`) at a time, the rest behind `nextLink`. */
export function page<R extends { key: string }>(
    call: ArmCall,
    records: readonly R[],
    show: (record: R) => unknown,
): Outcome {
    const most = limits.pageSize.value;
    const text = call.query.get("maxresults") ?? call.query.get("$top");
    const size = text === undefined ? most : Number(text);
    if (!Number.isInteger(size) || size < 1 || size > most) {
        return refuse("OutOfRangeQueryParameterValue", {
            values: [
                { key: "QueryParameterName", value: "maxresults" },
                { key: "QueryParameterValue", value: text ?? "" },
                { key: "MinimumAllowed", value: "1" },
                { key: "MaximumAllowed", value: String(most) },
            ],
        });
    }
    const token = call.query.get("$skiptoken");
    const after = token === undefined ? "" : Buffer.from(token, "base64url").toString("utf8");
    const rest = records.filter((record) => record.key > after);
    const shown = rest.slice(0, size);
    const last = shown.at(-1);
    const body = { value: shown.map(show) };
    if (!last || rest.length <= size) return { status: 200, body };
    const link = new URL(call.url, call.origin);
    link.searchParams.set("$skiptoken", Buffer.from(last.key).toString("base64url"));
    return { status: 200, body: { ...body, nextLink: link.href } };
}
