import { refuse } from "./operation";
import type { ArmCall, Refused } from "./operation";

export function badQuery(name: string, value: string, reason: string): Refused {
    return refuse("InvalidQueryParameterValue", { values: queryValues(name, value, reason) });
}

export function queryValues(name: string, value: string, reason: string): { key: string; value: string }[] {
    return [
        { key: "QueryParameterName", value: name },
        { key: "QueryParameterValue", value: value.slice(0, 200) },
        { key: "Reason", value: reason },
    ];
}

/** A boolean query parameter; false where it is not given. */
export function flagOf(call: ArmCall, name: string): boolean | Refused {
    const text = call.query.get(name.toLowerCase());
    if (text === undefined || /^false$/i.test(text)) return false;
    return /^true$/i.test(text) || badQuery(name, text, "true or false.");
}
