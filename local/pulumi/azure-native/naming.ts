// Names, paths and ids.
import * as crypto from "node:crypto";
import type { Autonaming, CheckFailure } from "../protocol/plugin";
import type { Properties } from "../protocol/values";
import type { ResourceRow } from "./types";

/** The inputs that a path is made of, in its order; `subscriptionId` is the provider's. */
export function pathInputs(path: string): string[] {
    return [...path.matchAll(/\{\+?(\w+)\}/g)]
        .map((match) => match[1] ?? "")
        .filter((name) => name !== "subscriptionId");
}

/** The input that names the resource itself. */
export function nameInput(path: string): string {
    return pathInputs(path).at(-1) ?? "";
}

export function expandPath(path: string, inputs: Properties, subscriptionId: () => string): string {
    return path.replace(/\{(\+?)(\w+)\}/g, (_, asIs: string, name: string) => {
        const value = name === "subscriptionId" ? subscriptionId() : inputs[name];
        if (typeof value !== "string" || value === "") throw new Error(`${name} is missing`);
        return asIs ? value.replace(/^\/+|\/+$/g, "") : encodeURIComponent(value);
    });
}

/** The inputs that an id shows, or undefined when it is not one of this path. */
export function parseId(path: string, id: string): Properties | undefined {
    const parts = path.split(/(\{\+?\w+\})/).map((part) => {
        const input = /^\{(\+?)(\w+)\}$/.exec(part);
        if (!input) return part.replace(/[.*+?^$()|[\]\\{}]/g, "\\$&");
        return input[1] ? `(?<${input[2]}>.+?)` : `(?<${input[2]}>[^/]+)`;
    });
    const match = new RegExp(`^${parts.join("")}$`, "i").exec(id);
    if (!match?.groups) return undefined;
    const found = Object.entries(match.groups).filter(([name]) => name !== "subscriptionId");
    return Object.fromEntries(found.map(([name, value]) => [name, decodeURIComponent(value ?? "")]));
}

/** A top-level resource of a namespace gets a random name, a deeper one its logical name: names of the first kind are global. */
export function naming(row: ResourceRow): "random" | "copy" | "uuid" {
    if (row.naming) return row.naming;
    const rest = row.path.split(/microsoft\./i).at(-1) ?? row.path;
    const parameters = pathInputs(rest).length;
    const noProvider = !/microsoft\./i.test(row.path);
    return noProvider || parameters === 1 ? "random" : "copy";
}

/** Whether a replacement may stand beside the old one: its name was made up here. */
export function isMadeUp(row: ResourceRow, logicalName: string, inputs: Properties): boolean {
    const name = inputs[nameInput(row.path)];
    if (typeof name !== "string") return false;
    if (naming(row) === "uuid") return /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(name);
    return (
        naming(row) === "random" &&
        name.startsWith(logicalName) &&
        /^[0-9a-f]{8}$/.test(name.slice(logicalName.length))
    );
}

/** Fills in the names that are not given. A name once made up is kept. */
export function fillNames(
    row: ResourceRow,
    logicalName: string,
    inputs: Properties,
    old: Properties,
    autonaming: Autonaming | undefined,
): CheckFailure[] {
    for (const [input, value] of Object.entries(row.fixed ?? {})) inputs[input] ??= value;
    const input = nameInput(row.path);
    if (inputs[input] !== undefined) return [];
    if (typeof old[input] === "string") {
        inputs[input] = old[input];
    } else if (autonaming?.mode === "disable") {
        return [{ property: input, reason: `automatic naming is disabled, so ${input} must be given` }];
    } else if (autonaming?.proposedName && (autonaming.mode === "enforce" || naming(row) === "random")) {
        inputs[input] = autonaming.proposedName;
    } else {
        inputs[input] = freshName(naming(row), logicalName);
    }
    return [];
}

function freshName(how: "random" | "copy" | "uuid", logicalName: string): string {
    if (how === "uuid") return crypto.randomUUID();
    return how === "copy" ? logicalName : logicalName + crypto.randomBytes(4).toString("hex");
}
