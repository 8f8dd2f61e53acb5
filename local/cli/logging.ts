/** Structured logs, without secrets. */
import { mkdirSync, renameSync, statSync } from "node:fs";
import path from "node:path";
import pino, { type Logger } from "pino";

export type { Logger } from "pino";

/** An older log than that size is put aside at the start. */
const keepBytes = 20 * 1024 * 1024;

const secretFields = [
    "authorization",
    "password",
    "secret",
    "clientSecret",
    "client_secret",
    "client_assertion",
    "access_token",
    "token",
    "key",
    "keys",
    "accessKey",
    "connectionString",
    "identityHeader",
    "sasToken",
];

/** Secrets within texts: signatures of URLs, header values, keys of connection strings. */
const secretTexts: readonly [RegExp, string][] = [
    [/([?&]sig=)[^&"\s\\]+/gi, "$1[redacted]"],
    [/(Bearer\s+)[\w.~+/=-]+/gi, "$1[redacted]"],
    [/(SharedKey(?:Lite)?\s+[^:\s"]+:)[\w+/=]+/gi, "$1[redacted]"],
    [
        /((?:AccountKey|SharedAccessSignature|client_secret|client_assertion|access_token)=)[^;&"\s\\]+/gi,
        "$1[redacted]",
    ],
    [/\beyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]*/g, "[redacted token]"],
];

export function withoutSecrets(text: string): string {
    return secretTexts.reduce((line, [pattern, replacement]) => line.replace(pattern, replacement), text);
}

export function logFile(filesDirectory: string): string {
    return path.join(filesDirectory, "logs", "service.log");
}

export interface Log {
    logger: Logger;
    /** Writes what is left. */
    close(): void;
}

export function openLog(filesDirectory: string): Log {
    const file = logFile(filesDirectory);
    mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 });
    putAside(file);
    // Synchronous: the last lines before a crash are the ones that matter, and lines are few.
    const destination = pino.destination({ dest: file, sync: true, mode: 0o600 });
    // A full disk must not end the service by way of its log.
    destination.on("error", () => undefined);
    const paths = secretFields.flatMap((name) => [name, `*.${name}`, `*.*.${name}`]);
    const logger = pino(
        { base: null, timestamp: pino.stdTimeFunctions.isoTime, redact: { paths, censor: "[redacted]" } },
        { write: (line: string) => void destination.write(withoutSecrets(line)) },
    );
    return { logger, close: () => destination.end() };
}

function putAside(file: string): void {
    try {
        if (statSync(file).size > keepBytes) renameSync(file, `${file}.1`);
    } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
    }
}
