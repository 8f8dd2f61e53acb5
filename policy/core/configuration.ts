import type { EnforcementLevel, PolicyPackConfig } from "@pulumi/policy";
import { suggest } from "../../autoscale/check/suggest";
import { isLevel, LEVEL_PATTERN, parseLevel } from "./levels";
import type { Level } from "./levels";
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
    /** Levels that were set with a reason, by rule. */
    readonly levels: ReadonlyMap<string, Level>;
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
    const levels = new Map<string, Level>();
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
        if (line.level !== undefined) levels.set(key, line.level);
    }
    if (!isProfile(profile)) {
        throw new ConfigurationError(
            `${source}: '${profile}' is not a profile: it can be ${PROFILES.join(", ")}`,
        );
    }
    return { profile, today: readToday(environment, now), rules: settings, levels };
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
    if (name === "profile")
        return `the profile is no rule: set ${NAMESPACE}profile in the stack's configuration, or ${PROFILE_VARIABLE}`;
    const meant = suggest(name, ["profile", ...rules.map((rule) => rule.name)]) ?? sharingWords(name, rules);
    return `there is no rule of this name; the nearest is ${meant}`;
}

/** The rule that has the most words of a name: `enable-zones` is short for one. */
function sharingWords(name: string, rules: readonly Rule[]): string | undefined {
    const words = new Set(name.split("-"));
    const score = (rule: Rule): number => rule.name.split("-").filter((word) => words.has(word)).length;
    return [...rules].sort((left, right) => score(right) - score(left))[0]?.name;
}

/** @throws ConfigurationError for the first name that no rule has */
export function checkNames(rules: readonly Rule[], names: readonly string[]): void {
    const own = new Set(["all", SUMMARY, ...rules.map(({ name }) => name)]);
    const wrong = names.find((name) => !own.has(name));
    if (wrong !== undefined)
        throw new ConfigurationError(`configuration of ${wrong}: ${unknownRule(wrong, rules)}`);
}

const HOW = "write advisory, mandatory, remediate, or 'disabled: ' and the reason";

/** A level in a line: alone, or with the reason, which a rule that is turned off needs. */
function readLevel(rule: Rule, where: string, value: string): { given: EnforcementLevel; level?: Level } {
    const level = parseLevel(value);
    const given = level?.level ?? (isLevel(value) && value !== "disabled" ? value : undefined);
    if (given === undefined) throw new ConfigurationError(`${where}: '${value}' is not a level: ${HOW}`);
    if (given === "remediate" && !("remedy" in rule))
        throw new ConfigurationError(`${where}: '${given}': the rule has no remedy; write mandatory`);
    return { given, level };
}

function parseRule(rule: Rule, value: string): { config: PolicyPackConfig[string]; level?: Level } {
    const where = `${NAMESPACE}${rule.name}`;
    if (!value.trimStart().startsWith("{")) {
        const { given, level } = readLevel(rule, where, value);
        return { config: given, level };
    }
    let config: Record<string, unknown>;
    try {
        config = JSON.parse(value) as Record<string, unknown>;
    } catch (error) {
        throw new ConfigurationError(`${where}: this is not JSON: ${(error as Error).message}`);
    }
    checkKeys(rule, Object.keys(config), NAMESPACE);
    for (const [pattern, line] of Object.entries(config.levels ?? {})) {
        if (typeof line !== "string" || !new RegExp(LEVEL_PATTERN).test(line))
            throw new ConfigurationError(
                `${where}: levels.${pattern}: '${String(line)}': write advisory, mandatory or disabled, a colon and the reason`,
            );
    }
    if (config.enforcementLevel === undefined) return { config };
    const { given, level } = readLevel(rule, `${where}: enforcementLevel`, String(config.enforcementLevel));
    return { config: { ...config, enforcementLevel: given }, level };
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
