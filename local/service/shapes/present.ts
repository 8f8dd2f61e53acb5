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
        // Both are what the service's own reader of bodies answers (seen in Azure/azure-powershell#12147 and the like).
        case "unknown":
            return refuse("InvalidRequestBody", {
                values: [{ key: "Reason", value: `The property '${at}' does not exist. Allowed: ${limit}.` }],
            });
        case "type":
            return refuse("InvalidRequestBody", {
                values: [{ key: "Reason", value: `'${at || "body"}' must be ${limit}, not ${shown(got)}.` }],
            });
        case "required":
            return refuse("MissingRequiredProperty", {
                values: propertyValues(at, undefined, `'${at}' must be given.`),
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

/** The service names a property without its path (recorded answers); the path is part of the reason here. */
function propertyValues(
    property: string | undefined,
    value: unknown,
    reason: string,
): { key: string; value: string }[] {
    const name = property
        ?.replace(/\[\d+\]$/, "")
        .split(".")
        .at(-1);
    const where = name === property ? "" : ` (${property ?? ""})`;
    return [
        ...(name === undefined ? [] : [{ key: "PropertyName", value: name }]),
        ...(value === undefined ? [] : [{ key: "PropertyValue", value: shown(value) }]),
        { key: "Reason", value: reason + where },
    ];
}

const isCode = (text: string): text is ErrorCodeName => Object.hasOwn(errorCodes, text);

/** Objects are not shown: they may hold secrets and be long. */
function shown(value: unknown): string {
    if (typeof value === "object" && value !== null) return Array.isArray(value) ? "(list)" : "(object)";
    return String(value).slice(0, 200);
}
