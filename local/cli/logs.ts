/** `batchlocal logs [-f]`: the service's log for people, or as it is with `--json`. */
import { createReadStream, existsSync, statSync } from "node:fs";
import { createInterface } from "node:readline";
import { setTimeout as delay } from "node:timers/promises";
import { findService } from "./discovery";
import { logFile } from "./logging";
import { Failure } from "./problems";
import { onEndWished } from "./signals";

const pollMs = 300;
const levels: Readonly<Record<number, string>> = {
    10: "TRACE",
    20: "DEBUG",
    30: "INFO",
    40: "WARN",
    50: "ERROR",
    60: "FATAL",
};

export async function logs(
    dataDirectory: string,
    options: { follow: boolean; json: boolean },
): Promise<number> {
    const file = logFile(findService(dataDirectory)?.files ?? dataDirectory);
    if (!existsSync(file))
        throw new Failure(
            `there is no log in ${dataDirectory} yet; start the service with \`batchlocal start\``,
        );
    const show = options.json ? (line: string) => line : readable;
    let end = await print(file, 0, show);
    if (!options.follow) return 0;
    const wish = onEndWished(() => process.exit(130));
    let over = false;
    void wish.first.then(() => (over = true));
    while (!over) {
        await Promise.race([delay(pollMs), wish.first]);
        const size = existsSync(file) ? statSync(file).size : 0;
        // A shorter file is a new one.
        if (size < end) end = 0;
        if (size > end) end = await print(file, end, show);
    }
    wish.release();
    return 0;
}

/** Prints whole lines from there on and says how far it came. */
async function print(file: string, start: number, show: (line: string) => string): Promise<number> {
    const stream = createReadStream(file, { start });
    let read = 0;
    stream.on("data", (chunk) => (read += chunk.length));
    for await (const line of createInterface({ input: stream, crlfDelay: Infinity })) {
        if (line !== "") process.stdout.write(`${show(line)}\n`);
    }
    return start + read;
}

/** `time LEVEL message name=value ...` */
export function readable(line: string): string {
    let entry: Record<string, unknown>;
    try {
        entry = JSON.parse(line) as Record<string, unknown>;
    } catch {
        return line;
    }
    const { time, level, msg, err, ...rest } = entry;
    const fields = Object.entries(rest).map(
        ([name, value]) => `${name}=${typeof value === "string" ? value : JSON.stringify(value)}`,
    );
    const error =
        typeof err === "object" && err !== null
            ? [String((err as { stack?: unknown }).stack ?? JSON.stringify(err))]
            : [];
    return [
        String(time ?? ""),
        (levels[Number(level)] ?? String(level)).padEnd(5),
        String(msg ?? ""),
        ...fields,
        ...error,
    ]
        .join(" ")
        .trimEnd();
}
