import { errorCodes } from "../../../catalog";
import type { ErrorCodeName } from "../../../catalog";
import type { Problem } from "../../http/check";
import { refuse } from "../../http/operation";
import type { Refused } from "../../http/operation";
import type { Fault } from "../../model/fault";
import { isSyntactic } from "./index";

/** The refusal for a body's problems: what makes it unreadable first, else the first in order of the body. */
export function refuseProblems(problems: readonly Problem[]): Refused | undefined {
    const problem = problems.find(isSyntactic) ?? problems[0];
    return problem && refuseProblem(problem);
}

function refuseProblem({ at, rule, limit, got }: Problem): Refused {
    switch (rule) {
        case "unknown":
            // guess: the service reads bodies with a library that knows only declared properties and answers so.
            return refuse("InvalidRequestBody", {
                values: [
                    { key: "PropertyName", value: at },
                    { key: "Reason", value: `The property '${at}' does not exist. Allowed: ${limit}.` },
                ],
            });
        case "type":
            return refuse("InvalidRequestBody", {
                values: [
                    { key: "PropertyName", value: at || "body" },
                    { key: "PropertyValue", value: shown(got) },
                    { key: "Reason", value: `'${at || "body"}' must be ${limit}.` },
                ],
            });
        case "required":
            return refuse("MissingRequiredProperty", {
                values: [
                    { key: "PropertyName", value: at },
                    { key: "Reason", value: `'${at}' must be given.` },
                ],
            });
        default:
            return refuse(isCode(rule) ? rule : "InvalidPropertyValue", {
                values: propertyValues(at, got, `Allowed: ${limit}.`),
            });
    }
}

/** A rule of the model that a declaration breaks. */
export function refuseFault(fault: Fault): Refused {
    return refuse(fault.code, { values: propertyValues(fault.property, fault.value, fault.reason) });
}

export function invalidProperty(property: string, value: unknown, reason: string): Refused {
    return refuse("InvalidPropertyValue", { values: propertyValues(property, value, reason) });
}

function propertyValues(
    property: string | undefined,
    value: unknown,
    reason: string,
): { key: string; value: string }[] {
    return [
        ...(property === undefined ? [] : [{ key: "PropertyName", value: property }]),
        ...(value === undefined ? [] : [{ key: "PropertyValue", value: shown(value) }]),
        { key: "Reason", value: reason },
    ];
}

const isCode = (text: string): text is ErrorCodeName => Object.hasOwn(errorCodes, text);

/** Objects are not shown: they may hold secrets and be long. */
function shown(value: unknown): string {
    if (typeof value === "object" && value !== null) return Array.isArray(value) ? "(list)" : "(object)";
    return String(value).slice(0, 200);
}
