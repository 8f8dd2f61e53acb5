import type { EnforcementLevel } from "@pulumi/policy";

/** What a line of configuration says of a rule: how strict it is, and why. */
export interface Level<L = EnforcementLevel> {
    readonly level: L;
    readonly reason: string;
}

/** The same for one resource: the engine remedies by rule, not by resource. */
export type ResourceLevel = Level<"advisory" | "mandatory" | "disabled">;

/** `disabled: there are no zones in this region`. */
export const LEVEL_PATTERN = "^(advisory|mandatory|disabled): *\\S";

/** Reads `mandatory: production takes no keys`. */
export function parseLevel(text: string): Level | undefined {
    const [, level, reason] = /^(\w+): *(\S[^]*)$/.exec(text) ?? [];
    return isLevel(level) && reason !== undefined ? { level, reason } : undefined;
}

/** What a resource is called. */
export interface Named {
    readonly name: string;
    readonly urn: string;
}

/** Whether a resource's name or URN fits a pattern, in which `*` stands for anything. */
export function fits(pattern: string, { name, urn }: Named): boolean {
    const parts = pattern.split("*").map((part) => part.replace(/[\\^$.|?+()[\]{}]/g, "\\$&"));
    const expression = new RegExp(`^${parts.join(".*")}$`, "s");
    return expression.test(name) || expression.test(urn);
}

/** The line that holds for a resource: its own before one with `*`, the longer pattern first. */
export function levelFor(
    levels: Readonly<Record<string, string>>,
    resource: Named,
): ResourceLevel | undefined {
    const all = Object.entries(levels);
    if (all.length === 0) return undefined;
    const [line] = all
        .filter(([pattern]) => fits(pattern, resource))
        .sort(
            ([left], [right]) =>
                Number(left.includes("*")) - Number(right.includes("*")) || right.length - left.length,
        );
    // The schema of the configuration lets no other levels in.
    return line === undefined ? undefined : (parseLevel(line[1]) as ResourceLevel | undefined);
}

export const isLevel = (text: unknown): text is EnforcementLevel =>
    text === "advisory" || text === "mandatory" || text === "remediate" || text === "disabled";
