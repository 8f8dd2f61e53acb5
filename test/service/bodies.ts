import fc from "fast-check";
import { enums, shapes } from "../../local/service/shapes/generated/shapes";
import {} from "./support";
import { servicePool } from "../support/servicePool";

/** What is right for a property or a shape, so that noise around it gets past the first check. */
const right: Record<string, readonly unknown[]> = {
    id: ["a", "job", "pool", "task", "nightly", "b1"],
    poolId: ["pool"],
    vmSize: ["Standard_D2s_v5"],
    commandLine: ["true"],
    coordinationCommandLine: ["true"],
    autoScaleFormula: ["$TargetDedicatedNodes = 0;"],
    BatchPoolInfo: [{ poolId: "pool" }],
    VirtualMachineConfiguration: [servicePool("x").virtualMachineConfiguration],
    ResourceFile: [{ httpUrl: "http://127.0.0.1:1/x", filePath: "x" }],
    UserIdentity: [{ username: "u" }],
    BatchJobScheduleConfiguration: [{}, { recurrenceInterval: "PT5M" }],
};

/** A value of a shape's type, mostly right, down to a depth. */
export function valueOf(type: string, depth: number): fc.Arbitrary<unknown> {
    const bare = type.replace("!", "");
    if (bare.startsWith("[")) return fc.array(valueOf(bare.slice(1, -1), depth), { maxLength: 3 });
    if (bare.startsWith("#")) {
        return fc.oneof(
            { weight: 10, arbitrary: fc.constantFrom(...(enums[bare.slice(1)] ?? [])) },
            fc.constantFrom("NONE", 3),
        );
    }
    const shape = shapes[bare];
    if (shape && depth > 0) return likely(bare, objectOf(shape, depth));
    if (bare === "boolean") return fc.boolean();
    if (/^(int|number)/.test(bare)) {
        return fc.oneof({ weight: 6, arbitrary: fc.integer({ min: 0, max: 8 }) }, fc.integer(), fc.double());
    }
    if (bare === "duration") {
        return fc.oneof(
            { weight: 6, arbitrary: fc.constantFrom("PT5M", "P1D") },
            fc.constantFrom("PT1S", "-P1D", "P10675199D", "PT"),
        );
    }
    if (bare === "date-time") {
        return fc.constantFrom("2025-01-01T00:00:00Z", "9999-12-31T23:59:59Z", "0001-01-01T00:00:00Z", "now");
    }
    return fc.oneof({ weight: 3, arbitrary: fc.constantFrom("a", "http://127.0.0.1:1/x") }, fc.string());
}

/** All that is required and a few of the others. */
function objectOf(shape: Readonly<Record<string, string>>, depth: number): fc.Arbitrary<unknown> {
    const isRequired = (name: string) => shape[name]?.endsWith("!") === true;
    const required = Object.keys(shape).filter(isRequired);
    const optional = Object.keys(shape).filter((name) => !isRequired(name));
    const property = (name: string) =>
        fc.oneof(
            { weight: 30, arbitrary: likely(name, valueOf(shape[name] ?? "any", depth - 1)) },
            fc.jsonValue(),
        );
    return fc
        .tuple(
            fc.oneof({ weight: 15, arbitrary: fc.constant(required) }, fc.subarray(required)),
            fc.subarray(optional, { maxLength: Math.min(3, optional.length) }),
        )
        .chain(([needed, chosen]) =>
            fc.record(Object.fromEntries([...needed, ...chosen].map((name) => [name, property(name)]))),
        );
}

function likely(name: string, otherwise: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> {
    const known = right[name];
    if (!known) return otherwise;
    // Copies: a check puts what it is given into its normal form.
    const arbitrary = fc.constantFrom(...known).map((value) => structuredClone(value));
    return fc.oneof({ weight: 12, arbitrary }, otherwise);
}
