import { refuse } from "../../http/operation";
import type { Call, Refused } from "../../http/operation";

/** First and last byte, both included. */
export interface Range {
    start: number;
    end: number;
}

/** `ocp-range: bytes=a-b` of a file of that size; undefined for all of it. `Range` is not what the service reads. */
export function rangeOf(call: Call, size: number): Range | Refused | undefined {
    const header = call.headers["ocp-range"];
    if (header === undefined) return undefined;
    const match = /^bytes=(\d{0,15})-(\d{0,15})$/i.exec(String(header).trim());
    const [, from = "", to = ""] = match ?? [];
    if (!match || (from === "" && to === "")) {
        return refuse("InvalidHeaderValue", {
            values: [
                { key: "HeaderName", value: "ocp-range" },
                { key: "HeaderValue", value: String(header).slice(0, 100) },
                { key: "Reason", value: "bytes=start-end, bytes=start- or bytes=-last." },
            ],
        });
    }
    const start = from === "" ? Math.max(0, size - Number(to)) : Number(from);
    const end = from === "" || to === "" ? size - 1 : Math.min(Number(to), size - 1);
    return start > end || start >= size ? refuse("InvalidRange") : { start, end };
}
