import type { PolicyPackConfig } from "@pulumi/policy";
import { isLevel, parseLevel } from "./levels";
import type { Profile, Rule } from "./rule";
import { PROFILES } from "./rule";

/** Keys that every rule's configuration has besides its own settings. */
export const COMMON_KEYS = ["enforcementLevel", "levels"] as const;

/** Name of the policy that prints what was not judged. */
export const SUMMARY = "azure-batch-summary";

const NAMESPACE = "azure-batch-policy:";
const TODAY_VARIABLE = "AZURE_BATCH_POLICY_TODAY";
const PROFILE_VARIABLE = "AZURE_BATCH_POLICY_PROFILE";

/** A configuration that cannot be followed: it names the rule and the key. */
export class ConfigurationError extends Error {
    constructor(message: string) {
        super(message);
        // Whoever prints it prints the stack, and the fault is not in this code.
        this.stack = message;
    }
}

/** What stack configuration and environment say of the pack. */
export interface Configuration {
    readonly profile: Profile;
    /** Day by which ends of support are judged, `YYYY-MM-DD`. */
    readonly today: string;
    readonly rules: PolicyPackConfig;
    /** Rules that are off for the whole stack, and why. */
    readonly off: readonly { readonly rule: string; readonly reason: string }[];
}

/**
 * Reads `azure-batch-policy:...` of the stack's configuration, which the engine hands over in the environment.
 * @throws ConfigurationError
 */
export function readConfiguration(
    rules: readonly Rule[],
    environment: NodeJS.ProcessEnv,
    now: Date,
): Configuration {
    const given = Object.entries(stackConfiguration(environment))
        .filter(([key]) => key.startsWith(NAMESPACE))
        .map(([key, value]) => [key.slice(NAMESPACE.length), value] as const);
    const off: { rule: string; reason: string }[] = [];
    const settings: PolicyPackConfig = {};
    let profile = environment[PROFILE_VARIABLE] ?? "recommended";
    let source = PROFILE_VARIABLE;
    for (const [key, value] of given) {
        if (key === "profile") {
            profile = value;
            source = `${NAMESPACE}profile`;
            continue;
        }
        const rule = rules.find(({ name }) => name === key);
        if (rule === undefined)
            throw new ConfigurationError(`${NAMESPACE}${key}: ${unknownRule(key, rules)}`);
        const line = parseRule(rule, value);
        settings[key] = line.config;
        if (line.reason !== undefined) off.push({ rule: key, reason: line.reason });
    }
    if (!isProfile(profile)) {
        throw new ConfigurationError(
            `${source}: '${profile}' is not a profile: it can be ${PROFILES.join(", ")}`,
        );
    }
    return { profile, today: readToday(environment, now), rules: settings, off };
}

/** Another day than today's shows what will have ended by then. */
function readToday(environment: NodeJS.ProcessEnv, now: Date): string {
    const given = environment[TODAY_VARIABLE];
    if (given === undefined) return now.toISOString().slice(0, 10);
    if (!/^\d{4}-\d{2}-\d{2}$/.test(given) || Number.isNaN(Date.parse(given)))
        throw new ConfigurationError(`${TODAY_VARIABLE}: '${given}' is not a day: write it as 2027-06-30`);
    return given;
}

const isProfile = (text: string): text is Profile => (PROFILES as readonly string[]).includes(text);

function stackConfiguration(environment: NodeJS.ProcessEnv): Record<string, string> {
    return JSON.parse(environment.PULUMI_CONFIG ?? "{}") as Record<string, string>;
}

/** Says that a rule is not there, and which one may have been meant. */
export function unknownRule(name: string, rules: readonly Rule[]): string {
    const words = new Set(name.split("-"));
    const score = (rule: Rule): number => rule.name.split("-").filter((word) => words.has(word)).length;
    const [best] = [...rules].sort((left, right) => score(right) - score(left));
    return `there is no rule of this name; the nearest is ${best?.name}`;
}

/** @throws ConfigurationError for the first name that no rule has */
export function checkNames(rules: readonly Rule[], names: readonly string[]): void {
    const own = new Set(["all", SUMMARY, ...rules.map(({ name }) => name)]);
    const wrong = names.find((name) => !own.has(name));
    if (wrong !== undefined)
        throw new ConfigurationError(`configuration of ${wrong}: ${unknownRule(wrong, rules)}`);
}

function parseRule(rule: Rule, value: string): { config: PolicyPackConfig[string]; reason?: string } {
    const where = `${NAMESPACE}${rule.name}`;
    if (!value.trimStart().startsWith("{")) {
        if (isLevel(value) && value !== "disabled") return { config: value };
        const line = parseLevel(value);
        if (line === undefined) {
            throw new ConfigurationError(
                `${where}: '${value}' is not a level: write advisory, mandatory, remediate, or 'disabled: ' and the reason`,
            );
        }
        return { config: line.level, ...(line.level === "disabled" ? { reason: line.reason } : {}) };
    }
    let config: Record<string, unknown>;
    try {
        config = JSON.parse(value) as Record<string, unknown>;
    } catch (error) {
        throw new ConfigurationError(`${where}: this is not JSON: ${(error as Error).message}`);
    }
    checkKeys(rule, Object.keys(config), NAMESPACE);
    if (config.enforcementLevel !== undefined && !isLevel(config.enforcementLevel)) {
        throw new ConfigurationError(
            `${where}: enforcementLevel: '${String(config.enforcementLevel)}' is not advisory, mandatory, remediate or disabled`,
        );
    }
    return { config };
}

/** @throws ConfigurationError for a key that the rule does not have: the engine lets it pass */
export function checkKeys(rule: Rule, keys: readonly string[], prefix = ""): void {
    const allowed: string[] = [...COMMON_KEYS, ...Object.keys(rule.settings ?? {})];
    const wrong = keys.find((key) => !allowed.includes(key));
    if (wrong === undefined) return;
    throw new ConfigurationError(
        `${prefix}${rule.name}: it has no key '${wrong}': its keys are ${allowed.join(", ")}`,
    );
}
