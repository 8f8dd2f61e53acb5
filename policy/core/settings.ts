import type { PolicyConfigJSONSchema } from "@pulumi/policy/schema";

/** One key of a rule's configuration. */
export interface Setting<T> {
    readonly schema: PolicyConfigJSONSchema;
    readonly initial: T;
}

export type Settings = Readonly<Record<string, Setting<unknown>>>;

/** Values of settings, by name. */
export type Values<S extends Settings> = {
    readonly [K in keyof S]: S[K] extends Setting<infer T> ? T : never;
};

interface Range {
    readonly minimum?: number;
    readonly maximum?: number;
}

export const whole = (
    initial: number,
    description: string,
    range: Range = { minimum: 0 },
): Setting<number> => ({
    schema: { type: "integer", default: initial, description, ...range },
    initial,
});

export const amount = (
    initial: number,
    description: string,
    range: Range = { minimum: 0 },
): Setting<number> => ({
    schema: { type: "number", default: initial, description, ...range },
    initial,
});

export const flag = (initial: boolean, description: string): Setting<boolean> => ({
    schema: { type: "boolean", default: initial, description },
    initial,
});

export const texts = (initial: readonly string[], description: string): Setting<readonly string[]> => ({
    schema: { type: "array", items: { type: "string" }, default: [...initial], description },
    initial,
});

export const wholes = (initial: readonly number[], description: string): Setting<readonly number[]> => ({
    schema: { type: "array", items: { type: "integer" }, default: [...initial], description },
    initial,
});

export const amounts = (
    initial: Readonly<Record<string, number>>,
    description: string,
): Setting<Readonly<Record<string, number>>> => ({
    schema: {
        type: "object",
        additionalProperties: { type: "number", minimum: 0 },
        default: { ...initial },
        description,
    },
    initial,
});
