// The presets against the documented samples: a table, docs/autoscale-presets.md with --write, and an HTML report in dist/.
import * as fs from "node:fs";
import * as path from "node:path";
import { SIMULATION_DEFAULTS, TRACE_SHAPES, duration } from "../autoscale";
import { reportPage } from "../autoscale/cli/report";
import { type Verdict, prove, weighed } from "../test/autoscale/proof";

const root = path.resolve(__dirname, "..");

function cells({ pair, trace, preset, documented, worse, good }: Verdict): string[] {
    const both = (of: (result: Verdict["preset"]) => string): string => `${of(preset)} / ${of(documented)}`;
    return [
        pair.preset,
        pair.sample,
        trace,
        both(({ cost }) => cost.toFixed(2)),
        both(({ waits }) => duration(waits.mean)),
        both(({ waits }) => duration(waits.p90)),
        both(({ requeued, terminated }) => String(requeued + terminated)),
        both((result) => weighed(result).toFixed(1)),
        good
            ? worse.length > 0
                ? `yes; more ${worse.join(", ")}`
                : "yes"
            : `**no**: more ${worse.join(", ")}`,
    ];
}

const HEAD = [
    "preset",
    "documented sample",
    "load",
    "cost",
    "mean wait",
    "90 % wait",
    "runs cut short",
    "weighed",
    "at least as good",
];

function page(verdicts: readonly Verdict[]): string {
    const rows = verdicts.map((verdict) => `| ${cells(verdict).join(" | ")} |`);
    return `# Presets against the documented samples

Made by \`npm run bench -- autoscale-presets --write\`. Each line is one simulation of three days with 2,000 tasks of five minutes on
average, on pools of at most 20 nodes that boot in three minutes and are evaluated every five. The first number is the preset's, the
second that of the sample in Microsoft's article "Create an automatic formula to scale compute nodes in a Batch pool", with the same limits.

"Weighed" is cost plus waiting at the price of a node: an hour that a task waits counts as much as an hour of a node. A preset is at
least as good when that is not higher (2 % and 0.5 aside). Where it buys the one with more of the other, the last column says so.

| ${HEAD.join(" | ")} |
| ${HEAD.map(() => "---").join(" | ")} |
${rows.join("\n")}

Where a preset is not as good, that is what it is for, or what the load is:

- \`queueDrain\` never gives a node back while there is work, so under a load that never ends it pays for its highest peak. It is for
  queues that end: under bursts it costs less than the sample.
- \`initialSize\` follows the tasks after its first minutes; the sample keeps its four nodes as long as anything runs. Under a steady
  load that four nodes just carry, the fixed size waits less. Under bursts and daily loads the sample's tasks wait for hours.
`;
}

function main(): void {
    const verdicts = prove();
    const rows = [HEAD, ...verdicts.map(cells)];
    const widths = HEAD.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
    for (const row of rows)
        console.log(
            row
                .map((cell, i) => cell.padEnd(widths[i] ?? 0))
                .join("  ")
                .trimEnd(),
        );
    if (process.argv.includes("--write"))
        fs.writeFileSync(path.join(root, "docs", "autoscale-presets.md"), page(verdicts));

    const folder = path.join(root, "dist", "autoscale-presets");
    fs.mkdirSync(folder, { recursive: true });
    for (const shape of TRACE_SHAPES) {
        const runs = verdicts
            .filter(({ trace }) => trace === shape)
            .flatMap(({ pair, preset, documented }) => [
                { name: pair.preset, formula: pair.formula, result: preset },
                { name: `sample "${pair.sample}"`, formula: pair.documented, result: documented },
            ]);
        const subtitle = `Load: ${shape}. Three days, 2,000 tasks of five minutes, at most 20 nodes.`;
        const file = path.join(folder, `${shape}.html`);
        fs.writeFileSync(
            file,
            reportPage({ title: "Autoscale presets", subtitle, start: SIMULATION_DEFAULTS.start, runs }),
        );
        console.log(`report: ${path.relative(process.cwd(), file)}`);
    }
    const good = verdicts.filter((verdict) => verdict.good).length;
    console.log(JSON.stringify({ comparisons: verdicts.length, atLeastAsGood: good }));
}

main();
