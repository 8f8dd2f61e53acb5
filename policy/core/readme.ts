import type { Benchmark, BenchmarkName } from "../../catalog";
import { benchmarks } from "../../catalog";
import type { Rule } from "./rule";
import { PROFILES } from "./rule";

const CELL = /\|/g;

const row = (...cells: readonly string[]): string =>
    `| ${cells.map((cell) => cell.replace(CELL, "\\|")).join(" | ")} |`;
const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
    [row(...head), row(...head.map(() => "---")), ...rows.map((cells) => row(...cells))].join("\n");

const GROUPS: readonly (readonly [title: string, prefix: string])[] = [
    ["Account", "azure-batch-account-"],
    ["Applications", "azure-batch-application-"],
    ["Pool", "azure-batch-pool-"],
    ["Job", "azure-batch-job-"],
    ["Tasks", "azure-batch-task-"],
];

const entries = Object.entries(benchmarks) as [BenchmarkName, Benchmark][];

function settingsOf({ settings }: Rule): string {
    const list = Object.entries(settings ?? {}).map(
        ([name, { initial }]) => `\`${name}\` = \`${JSON.stringify(initial)}\``,
    );
    return list.join(", ");
}

function mapsOf({ maps = [] }: Rule): string {
    return maps.map((name) => `${benchmarks[name].catalogue} ${benchmarks[name].id}`).join(", ");
}

/** The table of the rules, by what they are about. */
export function rulesTable(rules: readonly Rule[]): string {
    const head = [
        "rule",
        "what should be, and why",
        "severity",
        "profile",
        "settings",
        "remedy",
        "also asked for by",
    ];
    return GROUPS.map(([title, prefix]) => {
        const rows = rules
            .filter(({ name }) => name.startsWith(prefix))
            .map((rule) => [
                `[${rule.name}](${rule.link.url} "${rule.link.title}")`,
                rule.description,
                rule.severity,
                rule.profile,
                settingsOf(rule),
                "remedy" in rule && rule.remedy !== undefined ? "yes" : "",
                mapsOf(rule),
            ]);
        return `### ${title}\n\n${table(head, rows)}`;
    }).join("\n\n");
}

/** The table of the rules that others have, with ours that ask for the same. */
export function benchmarksTable(rules: readonly Rule[]): string {
    const head = ["where", "id", "rule", "looks at", "ours"];
    const rows = entries.map(([name, { catalogue, id, title, looksAt, outOfReach }]) => {
        const ours = rules.filter(({ maps = [] }) => maps.includes(name)).map((rule) => `\`${rule.name}\``);
        const none = outOfReach === undefined ? "" : `none: ${outOfReach}`;
        return [catalogue, id, title, looksAt ?? "", ours.length > 0 ? ours.join(", ") : none];
    });
    return table(head, rows);
}

/** How many rules each profile adds to the one before it. */
export function profilesTable(rules: readonly Rule[]): string {
    let sum = 0;
    const rows = PROFILES.map((profile) => {
        sum += rules.filter((rule) => rule.profile === profile).length;
        return [`\`${profile}\``, String(sum), MEANING[profile]];
    });
    return table(["profile", "rules", "for"], rows);
}

const MEANING = {
    essential: "what fails, is refused, is open to everybody or runs without end",
    recommended:
        "the default: what a well-run estate does anyway; the constructs pass it with default arguments",
    regulated: "private endpoints, customer-managed keys, logs, alerts, limits on everything",
} as const;

/** Puts generated parts between their marks in a text. */
export function fillReadme(text: string, rules: readonly Rule[]): string {
    const parts = {
        profiles: profilesTable(rules),
        rules: rulesTable(rules),
        benchmarks: benchmarksTable(rules),
    };
    return Object.entries(parts).reduce((filled, [name, part]) => {
        const marks = new RegExp(`(<!-- ${name}: generated -->)[^]*?(<!-- end of ${name} -->)`);
        if (!marks.test(filled)) throw new Error(`the README has no marks for ${name}`);
        return filled.replace(marks, (_all, start: string, end: string) => `${start}\n\n${part}\n\n${end}`);
    }, text);
}
