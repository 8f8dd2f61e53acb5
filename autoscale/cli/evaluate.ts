import { type PoolFacts, evaluate } from "../evaluate/evaluate";
import { type Sample, type SampleHistory, samplesFrom } from "../evaluate/samples";
import { type Streams, UsageError, readJson, readNumbers, readText, time } from "./usage";

const POOL = [
    "targetDedicatedNodes",
    "targetSpotNodes",
    "currentDedicatedNodes",
    "currentSpotNodes",
    "taskSlotsPerNode",
    "usableNodes",
] as const;

export function readPool(file: string | undefined): PoolFacts {
    const given = file === undefined ? {} : readNumbers(file, POOL);
    return {
        targetDedicatedNodes: 0,
        targetSpotNodes: 0,
        currentDedicatedNodes: 0,
        currentSpotNodes: 0,
        ...given,
    };
}

function readSamples(file: string | undefined): SampleHistory {
    if (file === undefined) return samplesFrom({});
    try {
        const data = readJson(file) as Record<string, Sample[]>;
        const nameless = Object.keys(data ?? {}).find((metric) => !metric.startsWith("$"));
        if (nameless !== undefined) {
            throw new UsageError(
                `${file}: "${nameless}" is no metric; write its name as in a formula, such as "$ActiveTasks".`,
            );
        }
        return samplesFrom(data);
    } catch (error) {
        if (error instanceof UsageError) throw error;
        throw new UsageError(`${file}: ${error instanceof Error ? error.message : String(error)}`);
    }
}

export interface EvaluateCommandOptions {
    readonly samples?: string;
    readonly now?: string;
    readonly pool?: string;
    readonly json?: boolean;
}

/** Exit code 0 when the evaluation succeeds, 1 when it ends in an error. */
export function evaluateCommand(
    files: readonly string[],
    options: EvaluateCommandOptions,
    { out }: Streams,
): number {
    const now = options.now === undefined ? new Date() : time("--now", options.now);
    const pool = readPool(options.pool);
    const samples = readSamples(options.samples);
    const runs = files.map((file) => ({ file, ...evaluate(readText(file), { now, pool, samples }) }));
    if (options.json) {
        const rows = runs.map(({ file, results, error }) => ({
            ...(files.length > 1 ? { file } : {}),
            results,
            error: error ?? null,
        }));
        out(`${JSON.stringify(files.length > 1 ? rows : rows[0], undefined, 2)}\n`);
    } else {
        for (const { file, results, error } of runs) {
            if (files.length > 1) out(`${file}:\n`);
            out(`${results.split(";").join("\n")}\n`);
            if (error)
                out(
                    `${error.code}: ${error.message}\n${error.values.map(({ value }) => value).join("\n")}\n`,
                );
        }
    }
    return runs.every(({ error }) => error === undefined) ? 0 : 1;
}
