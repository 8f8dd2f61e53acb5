import type { ErrorCodeName } from "../../catalog";

/** Why a declared thing is refused, without HTTP: a code of the data plane and what it is about. */
export interface Fault {
    code: ErrorCodeName;
    /** Path of the property in data plane names. */
    property?: string;
    value?: unknown;
    /** What is allowed, as a sentence. */
    reason: string;
}

export function invalid(property: string, value: unknown, reason: string): Fault {
    return { code: "InvalidPropertyValue", property, value, reason };
}
