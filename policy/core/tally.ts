import type { UnknownValue } from "./known";
import { fits } from "./levels";
import type { Named } from "./levels";

const SHOWN = 5;

/** Counts what was not judged, and says why once at the end. */
export class Tally {
    private readonly unknown = new Map<string, number>();
    private readonly waived = new Map<string, string[]>();
    private readonly expected: { rule: string; pattern: string }[] = [];

    skip(resource: { readonly name: string }, { path }: UnknownValue): void {
        const value = `${resource.name}: ${path}`;
        this.unknown.set(value, (this.unknown.get(value) ?? 0) + 1);
    }

    /** A rule that was told not to judge, here or anywhere. */
    waive(rule: string, reason: string, resource?: { readonly name: string }): void {
        const reasons = this.waived.get(rule) ?? [];
        const line = resource === undefined ? `off: ${reason}` : `off for ${resource.name}: ${reason}`;
        if (!reasons.includes(line)) this.waived.set(rule, [...reasons, line]);
    }

    /** A resource that has a level of its own; a name that no resource has is a slip, a pattern may fit none here. */
    expect(rule: string, pattern: string): void {
        if (!pattern.includes("*")) this.expected.push({ rule, pattern });
    }

    /**
     * Lines for the person who runs the preview; then what was counted is forgotten.
     * @param resources all that there are
     */
    report(resources: readonly Named[]): string[] {
        const lines = [...this.waived].flatMap(([rule, reasons]) =>
            reasons.map((reason) => `${rule} is ${reason}`),
        );
        for (const { rule, pattern } of this.expected) {
            if (!resources.some((resource) => fits(pattern, resource)))
                lines.push(
                    `${rule} has a level for '${pattern}', and no resource of the stack has this name`,
                );
        }
        if (this.unknown.size > 0) {
            const checks = [...this.unknown.values()].reduce((sum, count) => sum + count, 0);
            const values = [...this.unknown.keys()];
            const more = values.length > SHOWN ? `, and ${values.length - SHOWN} more` : "";
            lines.push(
                `${checks} ${checks === 1 ? "check was" : "checks were"} skipped, as these values are not known yet: ${values.slice(0, SHOWN).join(", ")}${more}`,
            );
        }
        this.unknown.clear();
        this.waived.clear();
        return lines;
    }
}
