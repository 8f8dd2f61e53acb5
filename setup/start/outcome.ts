import { DefaultAzureCredential } from "@azure/identity";
import { ContainerClient } from "@azure/storage-blob";
import type { Engine } from "./engine";
import { wordsOf, type FileResult } from "./report";

/** What the example gives out for each file. */
interface TaskResult {
    input: string;
    taskId: string;
    nodeId: string;
    exitCode: number;
    /** Blob in the output container that holds its words. */
    output: string;
}

/** Reads the stack's outputs, and each file's words from the output container. `given` are the paths as the user wrote them. */
export async function readResults(
    engine: Engine,
    stack: string,
    given: readonly string[],
): Promise<FileResult[]> {
    const text = await engine.read(["stack", "output", "--json", "--stack", stack]);
    if (text === undefined) throw new Error("the outputs of the stack cannot be read");
    const outputs = JSON.parse(text) as { results: TaskResult[]; outputContainerUrl: string };
    const container = new ContainerClient(outputs.outputContainerUrl, new DefaultAzureCredential());
    return Promise.all(
        outputs.results.map(async ({ taskId, nodeId, exitCode, output }, index) => ({
            input: given[index] ?? "",
            taskId,
            nodeId,
            exitCode,
            words: wordsOf((await container.getBlobClient(output).downloadToBuffer()).toString("latin1")),
        })),
    );
}

/** After a failed deployment: what is known of tasks that failed, from the state that the engine kept. */
export async function failuresOf(engine: Engine, stack: string): Promise<string[]> {
    const text = await engine.read(["stack", "export", "--stack", stack]);
    if (text === undefined) return [];
    const state = JSON.parse(text) as { deployment?: { resources?: { outputs?: { failures?: unknown } }[] } };
    const lines: string[] = [];
    for (const { outputs } of state.deployment?.resources ?? []) {
        if (!Array.isArray(outputs?.failures)) continue;
        for (const failure of outputs.failures as {
            taskId?: string;
            exitCode?: number;
            message?: string;
            stderr?: string;
        }[]) {
            lines.push(
                `error: task ${failure.taskId ?? "?"} failed with exit code ${failure.exitCode ?? "none"}: ${failure.message ?? ""}`,
            );
            if (failure.stderr)
                lines.push(
                    ...failure.stderr
                        .trimEnd()
                        .split("\n")
                        .map((line) => `    ${line}`),
                );
        }
    }
    return lines;
}
