/** `batchlocal logs [-f]`: the service's log for people, or as it is with `--json`. */
import { existsSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import { findService, lives } from "./discovery";
import { GrowingFile } from "./growingFile";
import { logFile } from "./logging";
import { Failure } from "./problems";
import { exitCodeOfSignal, onEndWished } from "./signals";

const pollMs = 300;
const levels: Readonly<Record<number, string>> = {
    10: "TRACE",
    20: "DEBUG",
    30: "INFO",
    40: "WARN",
    50: "ERROR",
    60: "FATAL",
};

/**
 * Prints the log of the service that serves the directory, or of the last one that did. With `follow` it goes on until Ctrl-C, until
 * that service has ended, or until nobody reads any more; where none serves, the next one is waited for.
 */
export async function logs(
    dataDirectory: string,
    options: { follow: boolean; json: boolean },
): Promise<number> {
    let service = findService(dataDirectory);
    const place = () => logFile(service?.files ?? dataDirectory);
    if (!existsSync(place()))
        throw new Failure(
            `there is no log in ${dataDirectory} yet; start the service with \`batchlocal start\``,
        );
    const file = new GrowingFile();
    const print = (lines: Iterable<string>) => {
        for (const line of lines)
            if (line !== "") process.stdout.write(`${options.json ? line : readable(line)}\n`);
    };
    print(file.lines(place()));
    if (options.follow) {
        if (!service) say(`nothing serves ${dataDirectory} now; this goes on when something does`);
        const wish = onEndWished((signal) => process.exit(exitCodeOfSignal(signal)));
        let over = false;
        void wish.first.then(() => (over = true));
        while (!over && process.stdout.writable) {
            // Looked at first: what it wrote as its last is read after it.
            const ended = service !== undefined && !lives(service);
            service ??= findService(dataDirectory);
            print(file.lines(place()));
            if (ended) {
                say("the service has ended");
                break;
            }
            await Promise.race([delay(pollMs), wish.first]);
        }
        wish.release();
    }
    print(file.end());
    return 0;
}

/** Beside what is followed, which others may read. */
function say(text: string): void {
    process.stderr.write(`batchlocal: ${text}\n`);
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
