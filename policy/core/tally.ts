import type { UnknownValue } from "./known";

const SHOWN = 5;

/** Counts what was not judged, and says why once at the end. */
export class Tally {
    private readonly unknown = new Map<string, number>();
    private readonly waived = new Map<string, string[]>();

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

    /** Lines for the person who runs the preview; then everything is forgotten. */
    report(): string[] {
        const lines = [...this.waived].flatMap(([rule, reasons]) =>
            reasons.map((reason) => `${rule} is ${reason}`),
        );
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
