import type { BenchmarkName } from "../../catalog";
import type { Facts, Found } from "./known";
import type { Kind } from "./kinds";
import type { Link } from "./links";
import type { Settings, Values } from "./settings";
import type { Stack, StackFinding } from "./stack";

/** Each profile has the rules of those before it. */
export const PROFILES = ["essential", "recommended", "regulated"] as const;

export type Profile = (typeof PROFILES)[number];

export type Severity = "low" | "medium" | "high" | "critical";

/** What a rule may know besides the resource. */
export interface Context {
    /** Today, `YYYY-MM-DD`. */
    readonly today: string;
}

interface Common<S extends Settings> {
    /** `azure-batch-`, what it is about, a verb (disallow, enable, configure), what; it never changes. */
    readonly name: string;
    /** A few words. */
    readonly title: string;
    /** What should be, and why. */
    readonly description: string;
    readonly fix: string;
    /** Where to read more. */
    readonly link: Link;
    readonly severity: Severity;
    /** The smallest profile that has the rule. */
    readonly profile: Profile;
    /** Rules elsewhere that ask for the same. */
    readonly maps?: readonly BenchmarkName[];
    readonly settings?: S;
}

/** A rule about one resource. */
export interface ResourceRule<S extends Settings = Settings> extends Common<S> {
    readonly on: Kind;
    readonly check: (resource: Facts, values: Values<S>, context: Context) => Found;
    /** Changes the properties so that the rule holds; only where that cannot break anything. */
    readonly remedy?: (properties: Record<string, unknown>) => void;
}

/** A rule about resources together. */
export interface StackRule<S extends Settings = Settings> extends Common<S> {
    readonly on: "stack";
    readonly check: (stack: Stack, values: Values<S>, context: Context) => readonly StackFinding[];
}

export type Rule = ResourceRule | StackRule;

/** Ties the settings of a rule to what its check gets. */
export function resourceRule<S extends Settings = Record<never, never>>(rule: ResourceRule<S>): ResourceRule {
    return rule as unknown as ResourceRule;
}

export function stackRule<S extends Settings = Record<never, never>>(rule: StackRule<S>): StackRule {
    return rule as unknown as StackRule;
}
