import { check } from "../../../autoscale";
import { refuse } from "../../http/operation";
import type { Refused } from "../../http/operation";
import { formulaLengthFault } from "../../model/poolRules";
import { refuseFault } from "../shapes/present";

/** A formula that the service would not take: too long, or wrong before it meets any samples. */
export function formulaFault(formula: unknown): Refused | undefined {
    if (typeof formula !== "string") return undefined;
    const long = formulaLengthFault(formula);
    if (long) return refuseFault(long);
    const faults = check(formula).diagnostics.filter(({ severity }) => severity === "error");
    if (faults.length === 0) return undefined;
    return refuse("AutoScalingFormulaSyntaxError", {
        values: faults.slice(0, 10).map(({ message }) => ({ key: "Message", value: message })),
    });
}
