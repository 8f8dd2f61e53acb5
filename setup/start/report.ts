/** What `npm start` says of each file, and the shape of `--results` and `--json`. */
export interface FileResult {
    /** The path as given. */
    input: string;
    taskId: string;
    nodeId: string;
    exitCode: number;
    words: { word: string; count: number }[];
}

/** Lines of the task program: count, blank, word. */
export function wordsOf(text: string): FileResult["words"] {
    return text
        .split("\n")
        .map((line) => /^(\d+) (\S+)$/.exec(line))
        .filter((match) => match !== null)
        .map(([, count, word]) => ({ word: String(word), count: Number(count) }));
}

export function reportOf(results: readonly FileResult[]): string {
    const blocks = results.map(({ input, taskId, nodeId, exitCode, words }) => {
        const lines = words.map(({ word, count }) => `    ${String(count).padStart(9)}  ${word}`);
        return [
            `${input}`,
            `    task ${taskId} on node ${nodeId}, exit code ${exitCode}`,
            ...(lines.length > 0 ? lines : ["    no words"]),
        ].join("\n");
    });
    return blocks.join("\n\n");
}
