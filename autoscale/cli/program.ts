import * as fs from "node:fs";
import * as path from "node:path";
import { Command, CommanderError } from "commander";
import type { CheckContext } from "../check/types";
import { checkCommand, formatCommand } from "./check";
import { type EvaluateCommandOptions, evaluateCommand } from "./evaluate";
import { explain } from "../explain/explain";
import { TRACE_SHAPES } from "../simulate/trace";
import { type SimulateOptions, simulateCommand } from "./simulate";
import { type Streams, UsageError, number, readText } from "./usage";

interface ContextOptions {
    readonly slots?: string;
    readonly maxDedicated?: string;
    readonly maxSpot?: string;
    readonly allow?: string[];
}

function contextOf({ slots, maxDedicated, maxSpot, allow }: ContextOptions): CheckContext {
    return {
        taskSlotsPerNode: slots === undefined ? undefined : number("--slots", slots, 1),
        maxDedicatedNodes: maxDedicated === undefined ? undefined : number("--max-dedicated", maxDedicated),
        maxSpotNodes: maxSpot === undefined ? undefined : number("--max-spot", maxSpot),
        acknowledge: allow,
    };
}

/** Version of the package this file is part of, compiled or not. */
function packageVersion(): string {
    for (let folder = __dirname; folder !== path.dirname(folder); folder = path.dirname(folder)) {
        const file = path.join(folder, "package.json");
        if (fs.existsSync(file))
            return (JSON.parse(fs.readFileSync(file, "utf8")) as { version: string }).version;
    }
    return "unknown";
}

/** Runs the command with its arguments and gives the exit code: 0, 1 when a formula has errors, 2 for wrong usage. */
export async function run(args: readonly string[], streams: Streams): Promise<number> {
    let exitCode = 0;
    const program = new Command("batch-autoscale");
    program
        .description("Checks, formats, evaluates, simulates and explains autoscale formulas of Azure Batch.")
        .version(packageVersion())
        .exitOverride()
        .configureOutput({ writeOut: streams.out, writeErr: streams.error })
        .showHelpAfterError("(--help shows what is allowed)");

    program
        .command("check")
        .description("report errors and findings of formulas")
        .argument("<file...>", "formulas; - reads stdin")
        .option("--json", "one JSON array, an element a file")
        .option("--strict", "warnings are errors")
        .option("--slots <n>", "task slots of the pool's nodes")
        .option("--max-dedicated <n>", "dedicated nodes the quota allows")
        .option("--max-spot <n>", "spot nodes the quota allows")
        .option("--allow <code...>", "findings that are known and accepted")
        .action((files: string[], options: ContextOptions & { json?: boolean; strict?: boolean }) => {
            exitCode = checkCommand(files, { ...options, context: contextOf(options) }, streams);
        });

    program
        .command("format")
        .description("print formulas in their canonical form")
        .argument("<file...>", "formulas; - reads stdin")
        .option("--write", "write the files instead")
        .option("--check", "exit with 1 when a file is not formatted")
        .option("--json", "one JSON array, an element a file")
        .action((files: string[], options: { write?: boolean; check?: boolean; json?: boolean }) => {
            exitCode = formatCommand(files, options, streams);
        });

    program
        .command("evaluate")
        .description("evaluate formulas as the service would")
        .argument("<file...>", "formulas; - reads stdin")
        .option("--samples <file>", 'JSON: {"$ActiveTasks":[{"time":"2026-01-05T08:00:00Z","value":12}]}')
        .option("--now <time>", "moment of the evaluation; the present if not given")
        .option(
            "--pool <file>",
            "JSON: targetDedicatedNodes, targetSpotNodes, currentDedicatedNodes, currentSpotNodes, taskSlotsPerNode",
        )
        .option("--json", 'print {"results","error"}')
        .action((files: string[], options: EvaluateCommandOptions) => {
            exitCode = evaluateCommand(files, options, streams);
        });

    program
        .command("simulate")
        .description("run formulas on a simulated pool; writes an HTML report")
        .argument("<file...>", "formulas to compare; - reads stdin")
        .option("--trace <file>", "CSV with the columns arrival and duration, in seconds")
        .option("--load <shape>", `a made-up load: ${TRACE_SHAPES.join(", ")}; daily if not given`)
        .option("--tasks <n>", "number of tasks of a made-up load (2000)")
        .option("--hours <n>", "hours over which they arrive (72)")
        .option("--duration <seconds>", "average run time of a task (300)")
        .option("--seed <n>", "another seed gives another load and other preemptions (1)")
        .option("--slots <n>", "task slots of a node (1)")
        .option("--boot <seconds>", "time until a new node takes tasks (180)")
        .option("--removal <seconds>", "time until a removed node costs nothing (60)")
        .option("--interval <seconds>", "time between evaluations, at least 300 (900)")
        .option("--max-dedicated <n>", "dedicated nodes the quota allows (100)")
        .option("--max-spot <n>", "spot nodes the quota allows (100)")
        .option("--preemption <rate>", "preemptions of a spot node per hour (0)")
        .option("--price <amount>", "price of a dedicated node for an hour (0.2)")
        .option("--spot-price <amount>", "price of a spot node for an hour (0.04)")
        .option("--start <time>", "moment at which the simulation starts (2026-01-05T00:00:00Z)")
        .option(
            "--report <file>",
            "where the HTML goes (autoscale-report.html; none with --json unless given)",
        )
        .option("--json", "print the measures as JSON")
        .action((files: string[], options: SimulateOptions) => {
            exitCode = simulateCommand(files, options, streams);
        });

    program
        .command("explain")
        .description("say in words what formulas do")
        .argument("<file...>", "formulas; - reads stdin")
        .option("--json", "one JSON array, an element a file")
        .action((files: string[], { json }: { json?: boolean }) => {
            const rows = files.map((file) => ({ file, lines: explain(readText(file)) }));
            if (json) streams.out(`${JSON.stringify(rows, undefined, 2)}\n`);
            else
                for (const { file, lines } of rows)
                    streams.out(`${files.length > 1 ? `${file}:\n` : ""}${lines.join("\n")}\n`);
        });

    try {
        await program.parseAsync([...args], { from: "user" });
        return exitCode;
    } catch (error) {
        if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
        if (!(error instanceof UsageError)) throw error;
        streams.error(`batch-autoscale: ${error.message}\n`);
        return 2;
    }
}
