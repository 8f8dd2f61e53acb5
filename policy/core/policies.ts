import type {
    EnforcementLevel,
    PolicyPackArgs,
    PolicyResource,
    ReportViolation,
    ResourceValidationArgs,
    ResourceValidationPolicy,
    StackValidationArgs,
    StackValidationPolicy,
} from "@pulumi/policy";
import { benchmarks } from "../../catalog";
import { checkKeys, ConfigurationError, SUMMARY } from "./configuration";
import { resourcesOf } from "./dispatch";
import { Facts, flatten, UnknownValue } from "./known";
import { kindOf } from "./kinds";
import { rememberLast } from "./last";
import { LEVEL_PATTERN, levelFor } from "./levels";
import type { Level, ResourceLevel } from "./levels";
import { plainCopy, withoutGuard } from "./library";
import type { Context, Profile, ResourceRule, Rule, StackRule } from "./rule";
import { PROFILES } from "./rule";
import type { Settings, Values } from "./settings";
import { Stack } from "./stack";
import { Tally } from "./tally";
import { viewsOf } from "./views";

/** How the rules run. */
export interface PolicyOptions {
    readonly profile: Profile;
    /** Today, `YYYY-MM-DD`. */
    readonly today: string;
    /** Takes a line that is no finding: what was skipped, what is off. */
    readonly say: (line: string) => void;
    /** Throws when the configuration as a whole is broken. */
    readonly checkConfiguration?: () => void;
    /** Levels that were set for the whole stack with a reason, by rule. */
    readonly levels?: ReadonlyMap<string, Level>;
}

type Policy = PolicyPackArgs["policies"][number];

const LEVELS = {
    type: "object",
    additionalProperties: { type: "string", pattern: LEVEL_PATTERN },
    description:
        'level for single resources, by name or URN (* stands for anything), with the reason: { "cpu": "disabled: one zone only" }',
} as const;

/** The rules as the library takes them, and a last one that prints what was not judged. */
export function createPolicies(rules: readonly Rule[], options: PolicyOptions): Policy[] {
    const tally = new Tally();
    const stackOf = rememberLast(
        (resources: PolicyResource[]) =>
            new Stack(resources, (resource, unknown) => tally.skip(resource, unknown)),
    );
    const policies = rules.map((rule): Policy => {
        const common = describe(rule, options.profile);
        return rule.on === "stack"
            ? { ...common, ...stackPolicy(rule, options, tally, stackOf) }
            : { ...common, ...resourcePolicy(rule, options, tally) };
    });
    return [...policies, summary(options, tally)];
}

/** Whether a profile has a rule. */
export function inProfile(rule: Pick<Rule, "profile">, profile: Profile): boolean {
    return PROFILES.indexOf(rule.profile) <= PROFILES.indexOf(profile);
}

function describe(rule: Rule, profile: Profile) {
    const maps = (rule.maps ?? []).map((name) => benchmarks[name]);
    const properties = Object.entries(rule.settings ?? {}).map(
        ([name, { schema }]) => [name, schema] as const,
    );
    return {
        name: rule.name,
        displayName: rule.title,
        description: rule.description,
        enforcementLevel: (inProfile(rule, profile) ? "advisory" : "disabled") as EnforcementLevel,
        severity: rule.severity,
        remediationSteps: rule.fix,
        url: rule.link.url,
        tags: ["azure", "batch", rule.profile, ...maps.map(({ catalogue, id }) => `${catalogue} ${id}`)],
        configSchema: { properties: { ...Object.fromEntries(properties), levels: LEVELS } },
    };
}

/** A rule's own settings as configured, with defaults for the rest. */
function settingsOf(
    rule: Rule,
    given: Record<string, unknown>,
): { values: Values<Settings>; levels: Record<string, string> } {
    const { levels, ...own } = given;
    const initial = Object.entries(rule.settings ?? {}).map(
        ([name, setting]) => [name, setting.initial] as const,
    );
    return {
        values: { ...Object.fromEntries(initial), ...own },
        levels: (levels ?? {}) as Record<string, string>,
    };
}

/** Reads the configuration, and checks it before anything is judged. */
class Configured {
    private checked = false;
    private readonly initial: ReturnType<typeof settingsOf>;

    constructor(
        private readonly rule: Rule,
        private readonly options: PolicyOptions,
        private readonly tally: Tally,
    ) {
        this.initial = settingsOf(rule, {});
    }

    check(args: Configurable): void {
        if (this.checked) return;
        this.options.checkConfiguration?.();
        checkKeys(this.rule, Object.keys(args.getConfig()));
        for (const pattern of Object.keys(this.read(args).levels)) this.tally.expect(this.rule.name, pattern);
        this.checked = true;
    }

    read(args: Configurable): ReturnType<typeof settingsOf> {
        const given = args.getConfig<Record<string, unknown>>();
        return Object.keys(given).length === 0 ? this.initial : settingsOf(this.rule, given);
    }
}

type Configurable = Pick<ResourceValidationArgs, "getConfig">;

/** Tells a finding: description and place come from the library, the fix and where to read more from the rule. */
function teller(
    rule: Rule,
    { levels }: PolicyOptions,
    report: ReportViolation,
): (message: string, level?: ResourceLevel, urn?: string) => void {
    return (message, level, urn) => {
        const reason = (level ?? levels?.get(rule.name))?.reason;
        const why = reason === undefined ? "" : `\nLevel: ${reason}`;
        const text = `${message}\nFix: ${rule.fix}\nSee: ${rule.link.title}, ${rule.link.url}${why}`;
        if (level === undefined) return report(text, urn);
        // The library takes an object too, with a level for this one finding; its types do not say so.
        const finding = {
            message: `${rule.description}\n${text}`,
            urn,
            enforcementLevel: level.level,
        };
        report(finding as unknown as string);
    };
}

function broken(rule: Rule, error: unknown): string {
    if (error instanceof ConfigurationError) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    return `The rule itself failed, so nothing was judged: ${reason}. Please report this; to go on, turn ${rule.name} off.`;
}

function resourcePolicy(
    rule: ResourceRule,
    options: PolicyOptions,
    tally: Tally,
): Pick<ResourceValidationPolicy, "validateResource" | "remediateResource"> {
    const settings = new Configured(rule, options, tally);
    const context: Context = { today: options.today };
    const validateResource = (args: ResourceValidationArgs, report: ReportViolation): void => {
        settings.check(args);
        const views = viewsOf(args.type, withoutGuard(args.props), rule.on);
        if (views.length === 0) return;
        const { values, levels } = settings.read(args);
        const level = levelFor(levels, args);
        if (level?.level === "disabled") return tally.waive(rule.name, level.reason, args);
        const tell = teller(rule, options, report);
        for (const { properties, within } of views) {
            const facts = new Facts(properties, "", (unknown) => tally.skip(args, unknown));
            try {
                const found = facts.attempt(() => rule.check(facts, values, context));
                for (const message of flatten(found)) tell(`${within}${message}`, level);
            } catch (error) {
                tell(broken(rule, error), level);
            }
        }
    };
    const { remedy } = rule;
    if (remedy === undefined) return { validateResource };
    return {
        validateResource,
        remediateResource: (args) => {
            settings.check(args);
            if (kindOf(args.type) !== rule.on) return;
            const { values, levels } = settings.read(args);
            if (levelFor(levels, args) !== undefined) return;
            const facts = new Facts(plainCopy(args.props));
            if (flatten(silently(() => rule.check(facts, values, context))).length === 0) return;
            remedy(args.props);
            return args.props;
        },
    };
}

/** What cannot be judged needs no remedy: the check that follows says so. */
function silently<T>(work: () => T): T | undefined {
    try {
        return work();
    } catch (error) {
        if (error instanceof ConfigurationError) throw error;
        return undefined;
    }
}

function stackPolicy(
    rule: StackRule,
    options: PolicyOptions,
    tally: Tally,
    stackOf: (resources: PolicyResource[]) => Stack,
): Pick<StackValidationPolicy, "validateStack"> {
    const settings = new Configured(rule, options, tally);
    return {
        validateStack: (args: StackValidationArgs, report: ReportViolation): void => {
            settings.check(args);
            const { values, levels } = settings.read(args);
            const tell = teller(rule, options, report);
            const stack = stackOf(resourcesOf(args));
            try {
                for (const { at, message } of rule.check(stack, values, { today: options.today })) {
                    const level = levelFor(levels, at);
                    if (level?.level === "disabled") tally.waive(rule.name, level.reason, at);
                    else tell(message, level, at.urn);
                }
            } catch (error) {
                if (error instanceof UnknownValue) return tally.skip({ name: "stack" }, error);
                tell(broken(rule, error));
            }
        },
    };
}

function summary(options: PolicyOptions, tally: Tally): StackValidationPolicy {
    return {
        name: SUMMARY,
        displayName: "What was not judged",
        description:
            "Never a finding: prints what was skipped because values are not known yet, and what was turned off and why.",
        enforcementLevel: "advisory",
        validateStack: (args) => {
            for (const [rule, { level, reason }] of options.levels ?? [])
                if (level === "disabled") tally.waive(rule, reason);
            for (const line of tally.report(resourcesOf(args))) options.say(line);
        },
    };
}
