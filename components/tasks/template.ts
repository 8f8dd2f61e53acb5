import * as pulumi from "@pulumi/pulumi";
import type { TaskArgs } from "../taskCollection";

type Values = Readonly<Record<string, unknown>>;

/** A parameter of a template has no value. */
export class MissingParameterError extends Error {
    override readonly name = "MissingParameterError";
}

/**
 * Fills in `{name}` in every text of a task; `{name:4}` pads a number with zeros to four digits, `{{` and `}}` are braces.
 * @throws MissingParameterError with the parameters that there are
 */
export function fillIn(template: object, values: Values, index: number): TaskArgs {
    return fill(template, values, index, "") as TaskArgs;
}

function fill(value: unknown, values: Values, index: number, path: string): unknown {
    if (typeof value === "string") return fillText(value, values, index, path);
    if (Array.isArray(value)) return value.map((item, at) => fill(item, values, index, `${path}[${at}]`));
    // Value objects and values still to come stay what they are: only plain parts are templates.
    if (typeof value !== "object" || value === null || pulumi.Output.isInstance(value)) return value;
    if (Object.getPrototypeOf(value) !== Object.prototype) return value;
    return Object.fromEntries(
        Object.entries(value).map(([name, inner]) => [
            name,
            fill(inner, values, index, path === "" ? name : `${path}.${name}`),
        ]),
    );
}

function fillText(text: string, values: Values, index: number, path: string): string {
    // A shell's own ${NAME} is none of ours.
    return text.replace(
        /\{\{|\}\}|\$\{[^}]*\}|\{([A-Za-z_]\w*)(?::(\d{1,2}))?\}/g,
        (whole, name: string | undefined, width: string | undefined) => {
            if (whole === "{{") return "{";
            if (whole === "}}") return "}";
            if (name === undefined) return whole;
            if (!Object.hasOwn(values, name)) {
                throw new MissingParameterError(
                    `${path} of task ${index}: '${whole}' has no value; the parameters are ${Object.keys(values).join(", ")} (write '{{${name}}}' for the braces themselves)`,
                );
            }
            const filled = String(values[name]);
            return width === undefined ? filled : padded(filled, Number(width));
        },
    );
}

function padded(text: string, width: number): string {
    return text.startsWith("-") ? `-${text.slice(1).padStart(width, "0")}` : text.padStart(width, "0");
}
