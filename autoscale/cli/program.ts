import { Command, CommanderError } from "commander";
import type { CheckContext } from "../check/types";
import { checkCommand, formatCommand } from "./check";
import { type EvaluateCommandOptions, evaluateCommand } from "./evaluate";
import { type Streams, UsageError, number } from "./usage";

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

/** Runs the command with its arguments and gives the exit code: 0, 1 when a formula has errors, 2 for wrong usage. */
export async function run(args: readonly string[], streams: Streams): Promise<number> {
    let exitCode = 0;
    const program = new Command("batch-autoscale");
    program
        .description("Checks, formats, evaluates, simulates and explains autoscale formulas of Azure Batch.")
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
