import { suspectedSecret, suspectedSecretVariable } from "../../catalog";
import type { Facts, Found } from "../core/known";

/** Finds what looks like a secret in settings of environment variables; says where and what kind, never the value. */
export function secretVariables(facts: Facts, path: string): Found {
    return facts.each(path, (setting) => {
        const name = setting.text("name") ?? "";
        const what = suspectedSecretVariable(name, setting.text("value") ?? "");
        return what === undefined ? undefined : `${setting.where("value")} (${name}) seems to be ${what}.`;
    });
}

/** The same for a task: its command line and its environment. */
export function secretsIn(task: Facts): Found {
    return [
        task.attempt(() => {
            const what = suspectedSecret(task.text("commandLine") ?? "");
            return what === undefined ? undefined : `${task.where("commandLine")} seems to hold ${what}.`;
        }),
        task.attempt(() => secretVariables(task, "environmentSettings")),
    ];
}
