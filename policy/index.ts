import { PolicyPack } from "@pulumi/policy";
import { RunError } from "@pulumi/pulumi";
import type { Configuration } from "./core/configuration";
import { checkNames, ConfigurationError, readConfiguration } from "./core/configuration";
import { dispatchByKind } from "./core/dispatch";
import { decodeOnce, watchConfiguredNames } from "./core/library";
import { createPolicies } from "./core/policies";
import { rules } from "./rules";

decodeOnce();
dispatchByKind(rules);
let names: string[] = [];
watchConfiguredNames((found) => (names = found));
const checkConfiguration = (): void => checkNames(rules, names);
const { profile, rules: configured, levels, today } = configuration();
// The first line of the pack's output is its port, which the library prints; the engine shows the others.
const say = (line: string): void => console.log(`azure-batch: ${line}`);

new PolicyPack(
    "azure-batch",
    {
        description: "The rules of a well-run Azure Batch estate.",
        displayName: "Azure Batch",
        policies: createPolicies(rules, { profile, today, say, levels, checkConfiguration }),
    },
    configured,
);

/** A broken configuration is the user's to mend: the engine shows a RunError without a stack. */
function configuration(): Configuration {
    try {
        return readConfiguration(rules, process.env, new Date());
    } catch (error) {
        throw error instanceof ConfigurationError ? new RunError(error.message) : error;
    }
}
