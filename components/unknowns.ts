import * as pulumi from "@pulumi/pulumi";
import { isEventual } from "./diagnostics";

/** Output's own knowledge of whether its value is there; not in the public types. */
interface MaybeKnown {
    readonly isKnown: Promise<boolean>;
}

/** Whether the value of an Output is known, when it has come. */
export const isKnown = (value: pulumi.Output<unknown>): Promise<boolean> =>
    (value as unknown as MaybeKnown).isKnown;

/** True when a value, or one in it, is still to come. */
function hasEventual(value: unknown): boolean {
    if (typeof value !== "object" || value === null) return false;
    return isEventual(value) || Object.values(value).some(hasEventual);
}

/**
 * At preview a value that is not known yet counts as changed, and where a change replaces the resource, the plan would show a
 * replacement that most likely never comes. With this transformation such inputs count as unchanged in the plan; the deployment itself,
 * which knows the values, decides.
 * @param names top-level inputs that this holds for
 */
export function unknownIsUnchanged(names: readonly string[]): pulumi.ResourceTransformation {
    return ({ props, opts }) => {
        if (!pulumi.runtime.isDryRun()) return undefined;
        // The SDK reads this list after all inputs have come, so it can be filled until then.
        const ignored = [...(opts.ignoreChanges ?? [])];
        const inputs = props as Record<string, unknown>;
        const eventual = names.filter((name) => hasEventual(inputs[name]));
        const looked = Promise.all(
            eventual.map(async (name) => {
                const known = await isKnown(pulumi.output(inputs[name]));
                if (!known) ignored.push(name);
            }),
        );
        // One input waits for the look, and with it the resource.
        const [first] = eventual;
        if (first === undefined) return undefined;
        const waiting = pulumi.all([inputs[first], looked]).apply(([value]) => value);
        return { props: { ...inputs, [first]: waiting }, opts: { ...opts, ignoreChanges: ignored } };
    };
}

/**
 * What only the service adds to a value that the program says in part: the plan of a change shows the program's part alone, and what is missing
 * there is not known, rather than nothing.
 */
export const orUnknown = (value: string | undefined): string =>
    value ?? (pulumi.unknown as unknown as string);
