import fc from "fast-check";
import { enums, shapes } from "../../local/service/shapes/generated/shapes";

/** A value of a shape's type, sometimes right and sometimes not, down to a depth. */
export function valueOf(type: string, depth: number): fc.Arbitrary<unknown> {
    const bare = type.replace("!", "");
    if (bare.startsWith("[")) return fc.array(valueOf(bare.slice(1, -1), depth), { maxLength: 3 });
    if (bare.startsWith("#")) return fc.constantFrom(...(enums[bare.slice(1)] ?? []), "NONE", 3);
    const shape = shapes[bare];
    if (shape && depth > 0) {
        const properties = Object.fromEntries(
            Object.entries(shape).map(([name, inner]) => [
                name,
                fc.oneof({ weight: 20, arbitrary: valueOf(inner, depth - 1) }, fc.jsonValue()),
            ]),
        );
        const requiredKeys = Object.keys(shape).filter((name) => shape[name]?.endsWith("!"));
        return fc.oneof(
            { weight: 4, arbitrary: fc.record(properties, { requiredKeys }) },
            fc.record(properties, { requiredKeys: [] }),
        );
    }
    if (bare === "boolean") return fc.boolean();
    if (/^(int|number)/.test(bare)) {
        return fc.oneof(
            { weight: 4, arbitrary: fc.integer({ min: -2, max: 300 }) },
            fc.integer(),
            fc.double(),
        );
    }
    if (bare === "duration") return fc.constantFrom("PT5M", "P1D", "PT1S", "-P1D", "P10675199D", "PT");
    if (bare === "date-time") {
        return fc.constantFrom("2025-01-01T00:00:00Z", "9999-12-31T23:59:59Z", "0001-01-01T00:00:00Z", "now");
    }
    return fc.oneof(
        fc.string(),
        fc.constantFrom("a", "pool", "job", "Standard_D2s_v5", "http://127.0.0.1:1/x"),
    );
}
