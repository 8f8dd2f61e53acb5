import { refuse } from "./operation";
import type { ArmCall, Refused } from "./operation";
import type { Instant } from "../model/instant";

/** What conditional headers are compared with. */
export interface Version {
    eTag: string;
    lastModified: Instant;
}

const bare = (tag: string) => tag.trim().replace(/^W\//, "").replaceAll('"', "");
const names = (header: string, eTag: string) =>
    header.split(",").some((tag) => tag.trim() === "*" || bare(tag) === bare(eTag));

/** Refuses a call whose conditional header does not hold: 304 for a read, 412 for a write. */
export function conditionFault(call: ArmCall, reading: boolean, version: Version): Refused | undefined {
    const { headers } = call;
    const match = headers["if-match"];
    const noneMatch = headers["if-none-match"];
    const modified = headers["if-modified-since"];
    const unmodified = headers["if-unmodified-since"];
    const given = [match, noneMatch, modified, unmodified].filter((value) => value !== undefined).length;
    if (given === 0) return undefined;
    if (given > 1) return refuse("MultipleConditionHeadersNotSupported");
    const holds = () => {
        if (match !== undefined) return names(match, version.eTag);
        if (noneMatch !== undefined) return !names(noneMatch, version.eTag);
        const text = modified ?? unmodified ?? "";
        const instant = Date.parse(text);
        if (Number.isNaN(instant)) return undefined;
        // HTTP dates have whole seconds.
        const changed = Math.floor(version.lastModified / 1000) * 1000 > instant;
        return modified === undefined ? !changed : changed;
    };
    const verdict = holds();
    if (verdict === undefined) {
        const name = modified === undefined ? "If-Unmodified-Since" : "If-Modified-Since";
        return refuse("InvalidHeaderValue", {
            values: [
                { key: "HeaderName", value: name },
                { key: "HeaderValue", value: String(modified ?? unmodified).slice(0, 200) },
            ],
        });
    }
    if (verdict) return undefined;
    return refuse("ConditionNotMet", { status: reading ? 304 : 412 });
}

/** ETag and Last-Modified of an answer. Recorded answers of the service have the tag without quotes. */
export function versionHeaders(version: Version): Record<string, string> {
    return {
        ETag: bare(version.eTag),
        "Last-Modified": new Date(version.lastModified).toUTCString(),
    };
}
