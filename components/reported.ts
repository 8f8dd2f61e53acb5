import * as pulumi from "@pulumi/pulumi";
import { goesOn, isProblem, tellError } from "./diagnostics";

type Class<T> = abstract new (...given: never[]) => T;

/**
 * At preview a component whose arguments are wrong tells so and lets the program go on, so that what is wrong with the others comes in the
 * same preview, which fails. It has no children; all that others would take from it is not known. A deployment ends at the first error.
 * @param kept what the component has all the same, for whoever looks into it at once
 */
export function reported(kept: Readonly<Record<string, unknown>> = {}) {
    return function <C extends Class<pulumi.ComponentResource>>(
        value: C,
        { name }: ClassDecoratorContext<C>,
    ): C {
        const type = `pulumi-azure-batch:index:${String(name)}`;
        return new Proxy(value, {
            construct(target, given: [string, object, pulumi.ComponentResourceOptions?], newTarget) {
                try {
                    return Reflect.construct(target, given, newTarget) as object;
                } catch (error) {
                    if (!goesOn() || !isProblem(error)) throw error;
                    const [own, args, opts] = given;
                    const bare = new pulumi.ComponentResource(type, own, {}, opts);
                    tellError(error, bare);
                    return standIn(bare, target.prototype as object, { ...kept, ...args });
                }
            },
        });
    };
}

/** A component without children: what is not in `known` is an Output that is never known. */
function standIn(bare: pulumi.ComponentResource, prototype: object, known: Record<string, unknown>): object {
    const unknown = pulumi.output(pulumi.unknown);
    return new Proxy(bare, {
        getPrototypeOf: () => prototype,
        has: (target, property) => property in target || property in prototype,
        get(target, property) {
            const own: unknown = Reflect.get(target, property);
            if (own !== undefined || typeof property === "symbol" || property.startsWith("_")) return own;
            if (property === "then") return undefined;
            if (known[property] !== undefined) return known[property];
            const method = Object.getOwnPropertyDescriptor(prototype, property)?.value;
            return typeof method === "function" ? () => unknown : unknown;
        },
    });
}
