import type { EnforcementLevel } from "@pulumi/policy";

/** What a line of configuration says of a rule: how strict it is, and why. */
export interface Level {
    readonly level: "advisory" | "mandatory" | "disabled";
    readonly reason: string;
}

/** `disabled: there are no zones in this region`. */
export const LEVEL_PATTERN = "^(advisory|mandatory|disabled): *\\S";

export function parseLevel(text: string): Level | undefined {
    const [, level, reason] = /^(advisory|mandatory|disabled): *(\S[^]*)$/.exec(text) ?? [];
    return level === undefined || reason === undefined
        ? undefined
        : { level: level as Level["level"], reason };
}

/** Whether a name or URN fits a pattern, in which `*` stands for anything. */
function fits(pattern: string, text: string): boolean {
    const expression = pattern.split("*").map((part) => part.replace(/[\\^$.|?+()[\]{}]/g, "\\$&"));
    return new RegExp(`^${expression.join(".*")}$`, "s").test(text);
}

/** The line that holds for a resource: its own before one with `*`, the longer pattern first. */
export function levelFor(
    levels: Readonly<Record<string, string>>,
    resource: { readonly name: string; readonly urn: string },
): Level | undefined {
    const [line] = Object.entries(levels)
        .filter(([pattern]) => fits(pattern, resource.name) || fits(pattern, resource.urn))
        .sort(
            ([left], [right]) =>
                Number(left.includes("*")) - Number(right.includes("*")) || right.length - left.length,
        );
    return line === undefined ? undefined : parseLevel(line[1]);
}

export const isLevel = (text: unknown): text is EnforcementLevel =>
    text === "advisory" || text === "mandatory" || text === "remediate" || text === "disabled";
