import * as fs from "node:fs";
import * as path from "node:path";
import { check } from "../check/check";
import { MEASURES, compare, duration } from "../simulate/compare";
import { DEFAULTS, type SimulationOptions } from "../simulate/options";
import { TRACE_SHAPES, type Trace, TraceError, generateTrace, parseTrace } from "../simulate/trace";
import { type ReportRun, reportPage } from "./report";
import { type Streams, UsageError, number, readText, time } from "./usage";

/** What the command line gives, as text. */
export interface SimulateOptions {
    readonly trace?: string;
    readonly load?: string;
    readonly tasks?: string;
    readonly hours?: string;
    readonly duration?: string;
    readonly seed?: string;
    readonly slots?: string;
    readonly boot?: string;
    readonly removal?: string;
    readonly interval?: string;
    readonly maxDedicated?: string;
    readonly maxSpot?: string;
    readonly preemption?: string;
    readonly price?: string;
    readonly spotPrice?: string;
    readonly start?: string;
    readonly report?: string;
    readonly json?: boolean;
}

function readTrace(options: SimulateOptions): { trace: Trace; text: string } {
    if (options.trace !== undefined) {
        if (options.load !== undefined) throw new UsageError("--trace and --load exclude each other.");
        try {
            const trace = parseTrace(readText(options.trace));
            return { trace, text: `${trace.length} tasks of ${options.trace}` };
        } catch (error) {
            if (error instanceof TraceError) throw new UsageError(`${options.trace}: ${error.message}`);
            throw error;
        }
    }
    const given = options.load ?? "daily";
    const shape = TRACE_SHAPES.find((candidate) => candidate === given);
    if (!shape) throw new UsageError(`--load is "${given}"; choose one of ${TRACE_SHAPES.join(", ")}.`);
    const tasks = number("--tasks", options.tasks ?? "2000", 1);
    const hours = number("--hours", options.hours ?? "72", 1);
    const meanDuration = number("--duration", options.duration ?? "300", 1);
    const trace = generateTrace({
        shape,
        tasks,
        hours,
        meanDuration,
        seed: number("--seed", options.seed ?? "1"),
    });
    return {
        trace,
        text: `${tasks} tasks of ${duration(meanDuration)} on average over ${hours} h, ${shape}`,
    };
}

function poolOptions(options: SimulateOptions): SimulationOptions {
    const optional = (name: string, text: string | undefined, minimum = 0): number | undefined =>
        text === undefined ? undefined : number(name, text, minimum);
    return {
        taskSlotsPerNode: optional("--slots", options.slots, 1),
        bootSeconds: optional("--boot", options.boot),
        removalSeconds: optional("--removal", options.removal),
        evaluationIntervalSeconds: optional("--interval", options.interval, 300),
        maxDedicatedNodes: optional("--max-dedicated", options.maxDedicated),
        maxSpotNodes: optional("--max-spot", options.maxSpot),
        preemptionsPerNodeHour: optional("--preemption", options.preemption),
        dedicatedPrice: optional("--price", options.price),
        spotPrice: optional("--spot-price", options.spotPrice),
        start: options.start === undefined ? undefined : time("--start", options.start),
        seed: optional("--seed", options.seed),
    };
}

/** A table for the terminal: measures down, formulas across. */
function summary(runs: readonly ReportRun[]): string {
    const rows = [
        ["", ...runs.map(({ name }) => name)],
        ...MEASURES.map(({ title, of }) => [title, ...runs.map(({ result }) => of(result))]),
    ];
    const widths =
        rows[0]?.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0))) ?? [];
    return rows
        .map((row) =>
            row
                .map((cell, i) => (i === 0 ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0)))
                .join("  ")
                .trimEnd(),
        )
        .join("\n");
}

/** Exit code 0 when all formulas could be simulated, 1 when one has errors; nothing is written then. */
export function simulateCommand(
    files: readonly string[],
    options: SimulateOptions,
    { out, error }: Streams,
): number {
    const { trace, text } = readTrace(options);
    const pool = poolOptions(options);
    const candidates = files.map((file) => ({ name: path.basename(file), formula: readText(file) }));
    let failed = false;
    for (const [index, { formula }] of candidates.entries()) {
        for (const { severity, line, column, code, message } of check(formula).diagnostics) {
            if (severity !== "error") continue;
            error(`${files[index] ?? ""}:${line}:${column} error ${code} ${message}\n`);
            failed = true;
        }
    }
    if (failed) return 1;
    const runs = simulated(candidates, trace, pool);
    if (options.json) {
        const rows = runs.map(({ name, result: { course: _course, evaluations, ...measures } }) => ({
            file: name,
            ...measures,
            evaluations: evaluations.length,
        }));
        out(`${JSON.stringify(rows, undefined, 2)}\n`);
    } else out(`${text}\n\n${summary(runs)}\n`);
    if (options.report !== undefined || !options.json)
        writeReport(options.report ?? "autoscale-report.html", text, pool, runs, options.json ? error : out);
    return 0;
}

function simulated(
    candidates: readonly { name: string; formula: string }[],
    trace: Trace,
    pool: SimulationOptions,
): ReportRun[] {
    try {
        return compare(candidates, trace, pool).map(({ name, result }, index) => ({
            name,
            result,
            formula: candidates[index]?.formula ?? "",
        }));
    } catch (error) {
        if (error instanceof RangeError) throw new UsageError(error.message);
        throw error;
    }
}

function writeReport(
    file: string,
    text: string,
    pool: SimulationOptions,
    runs: readonly ReportRun[],
    say: (text: string) => void,
): void {
    const start = new Date(pool.start ?? DEFAULTS.start).getTime();
    const {
        taskSlotsPerNode = DEFAULTS.taskSlotsPerNode,
        evaluationIntervalSeconds = DEFAULTS.evaluationIntervalSeconds,
        bootSeconds = DEFAULTS.bootSeconds,
    } = pool;
    const subtitle = `${text}. Nodes of ${taskSlotsPerNode} task slot${taskSlotsPerNode === 1 ? "" : "s"} boot in ${duration(bootSeconds)}; evaluated every ${duration(evaluationIntervalSeconds)}.`;
    const page = reportPage({ title: "Autoscale simulation", subtitle, start, runs });
    try {
        fs.writeFileSync(file, page);
    } catch (error) {
        throw new UsageError(`${file}: ${error instanceof Error ? error.message : String(error)}`);
    }
    say(`\nReport: ${file}\n`);
}
