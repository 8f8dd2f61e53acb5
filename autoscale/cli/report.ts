import * as fs from "node:fs";
import * as path from "node:path";
import { MEASURES } from "../simulate/compare";
import type { SimulationResult } from "../simulate/simulate";
import { CHART_SCRIPT, STYLE } from "./chart-page";

export interface ReportRun {
    readonly name: string;
    readonly formula: string;
    readonly result: SimulationResult;
}

export interface Report {
    readonly title: string;
    /** One sentence on load and pool. */
    readonly subtitle: string;
    /** Start of the simulation, milliseconds since 1970. */
    readonly start: number;
    readonly runs: readonly ReportRun[];
}

const ENTITIES: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };
const escape = (text: string): string => text.replace(/[&<>"]/g, (c) => ENTITIES[c] ?? c);

/** A measure to compare by: the smaller the better. */
const COMPARED: Readonly<Record<string, (result: SimulationResult) => number>> = {
    cost: ({ cost }) => cost,
    "wait, mean": ({ waits }) => waits.mean,
    "wait, median": ({ waits }) => waits.p50,
    "wait, 90 %": ({ waits }) => waits.p90,
    "wait, 99 %": ({ waits }) => waits.p99,
    "wait, longest": ({ waits }) => waits.max,
    "runs cut short": ({ requeued, terminated }) => requeued + terminated,
    flaps: ({ flaps }) => flaps,
};

/** A row a formula, a column a measure; the best of a column is marked when not all are alike. */
function table(runs: readonly ReportRun[]): string {
    const head = MEASURES.map(({ title }) => `<th scope="col">${escape(title)}</th>`).join("");
    const best = MEASURES.map(({ title }) => {
        const compared = COMPARED[title];
        const values = compared ? runs.map(({ result }) => compared(result)) : [];
        return new Set(values).size > 1 ? Math.min(...values) : undefined;
    });
    const rows = runs.map(({ name, result }, index) => {
        const cells = MEASURES.map(({ title, of }, column) => {
            const isBest = best[column] !== undefined && COMPARED[title]?.(result) === best[column];
            return `<td${isBest ? ' class="best"' : ""}>${escape(of(result))}</td>`;
        });
        return `<tr><th scope="row"><a href="#run-${index}">${escape(name)}</a></th>${cells.join("")}</tr>`;
    });
    return `<table><thead><tr><th></th>${head}</tr></thead><tbody>${rows.join("\n")}</tbody></table>`;
}

function section({ name, formula, result }: ReportRun, index: number): string {
    const failed = [...new Set(result.evaluations.flatMap(({ error }) => (error ? [error] : [])))];
    const errors =
        failed.length > 0 ? `<ul>${failed.map((error) => `<li>${escape(error)}</li>`).join("")}</ul>` : "";
    return `<section id="run-${index}"><h2>${escape(name)}</h2>
<div class="charts"><div id="tasks-${index}"></div><div id="nodes-${index}"></div></div>${errors}
<details><summary>Formula</summary><pre>${escape(formula)}</pre></details></section>`;
}

/** Data for a script element: no text of it can end the element. */
function embedded(data: unknown): string {
    return JSON.stringify(data)
        .replace(/</g, "\\u003c")
        .replace(/\u2028/g, "\\u2028")
        .replace(/\u2029/g, "\\u2029");
}

/** What the charts show, a list for each line: less text than a record for each point. */
function columns({ course, evaluations, spotNodeHours }: SimulationResult): object {
    const changes = evaluations.filter(({ dedicated, spot }, index) => {
        const before = evaluations[index - 1];
        return dedicated !== before?.dedicated || spot !== before.spot;
    });
    return {
        time: course.map(({ time }) => time),
        active: course.map(({ active }) => active),
        running: course.map(({ running }) => running),
        dedicated: course.map(({ dedicated }) => dedicated),
        spot: course.map(({ spot }) => spot),
        hasSpot: spotNodeHours > 0 || changes.some(({ spot }) => spot > 0),
        targetTime: changes.map(({ time }) => time),
        targetDedicated: changes.map(({ dedicated }) => dedicated),
        targetSpot: changes.map(({ spot }) => spot),
    };
}

/** The report as one HTML page that needs nothing else. */
export function reportPage({ title, subtitle, start, runs }: Report): string {
    const folder = path.dirname(require.resolve("uplot/package.json"));
    const asset = (name: string): string => fs.readFileSync(path.join(folder, "dist", name), "utf8");
    const data = { start: start / 1000, runs: runs.map(({ result }) => columns(result)) };
    return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escape(title)}</title><style>${asset("uPlot.min.css")}${STYLE}</style></head>
<body><h1>${escape(title)}</h1><p>${escape(subtitle)}</p>
<div class="scroll">${table(runs)}</div>
${runs.map(section).join("\n")}
<script>${asset("uPlot.iife.min.js")}</script>
<script>const report = ${embedded(data)};${CHART_SCRIPT}</script>
</body></html>
`;
}
