import { spawnSync } from "node:child_process";

/** What `tr`, `sort` and `uniq` count: the measure for the task program. */
export function topWords(file: string, top: number): { word: string; count: number }[] {
    const script = `tr 'A-Z' 'a-z' <"$1" | tr -c "a-z0-9'" '\\n' | grep -av '^$' | sort | uniq -c | sort -k1,1nr -k2 | head -n "$2"`;
    const run = spawnSync("sh", ["-c", script, "sh", file, String(top)], {
        env: { ...process.env, LC_ALL: "C" },
        encoding: "latin1",
    });
    return run.stdout
        .split("\n")
        .filter((line) => line.trim() !== "")
        .map((line) => line.trim().split(/ +/))
        .map(([count, word]) => ({ word: String(word), count: Number(count) }));
}
