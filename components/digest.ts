import * as crypto from "node:crypto";
import { withoutLifetimes } from "./signatures";

/** The digest of a plain value, 32 hexadecimal digits; how long links live does not count. */
export function digestOf(value: unknown): string {
    return crypto
        .createHash("sha256")
        .update(withoutLifetimes(canonical(value)))
        .digest("hex")
        .slice(0, 32);
}

/** JSON with sorted property names and without what is undefined. */
function canonical(value: unknown): string {
    return (
        JSON.stringify(value, (_key, inner: unknown) => {
            if (typeof inner !== "object" || inner === null || Array.isArray(inner)) return inner;
            return Object.fromEntries(
                Object.entries(inner).sort(([left], [right]) => (left < right ? -1 : 1)),
            );
        }) ?? "null"
    );
}
