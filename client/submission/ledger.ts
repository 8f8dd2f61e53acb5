import fs from "node:fs";
import path from "node:path";
import type { PreparedTask } from "./task";

/** What a ledger is of: it counts for nothing else. */
export interface LedgerSubject {
    readonly endpoint: string;
    readonly jobId: string;
    /** When the job was made: another job of the same id is another one. */
    readonly created: string | undefined;
    /** Digest of the tasks. */
    readonly digest: string;
    readonly total: number;
}

/**
 * Notes in a file which tasks the service has taken, so that a submission that was interrupted goes on where it ended. It holds places of
 * tasks in their source and nothing of what is in them. It is written after the answer of the service and is a shortcut alone: without it
 * the tasks are sent again, and the service tells which ones it has.
 */
export class Ledger {
    readonly #file: string;
    readonly #output: number;
    readonly #settled: Uint8Array;
    /** Tasks that were noted by earlier runs. */
    readonly resumed: number;

    private constructor(file: string, output: number, settled: Uint8Array) {
        this.#file = file;
        this.#output = output;
        this.#settled = settled;
        this.resumed = settled.reduce((sum, one) => sum + one, 0);
    }

    /** Goes on with a ledger of the same subject; any other content is given up. @param last the last place of the source */
    static open(file: string, subject: LedgerSubject, last: number): Ledger {
        fs.mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 });
        const settled = new Uint8Array(last + 1);
        const head = JSON.stringify(subject);
        const [first, ...lines] = fs.existsSync(file) ? fs.readFileSync(file, "utf8").split("\n") : [];
        // The end of a line tells that it is whole.
        lines.pop();
        const known = first === head;
        if (known) for (const line of lines) mark(settled, line);
        const output = fs.openSync(file, known ? "a" : "w", 0o600);
        fs.writeSync(output, known ? "\n" : `${head}\n`);
        return new Ledger(file, output, settled);
    }

    has(task: PreparedTask): boolean {
        return this.#settled[task.position] === 1;
    }

    /** Notes tasks that the service has. */
    add(tasks: readonly PreparedTask[]): void {
        let text = "";
        for (let at = 0; at < tasks.length;) {
            const from = tasks[at]?.position ?? 0;
            let count = 1;
            while (tasks[at + count]?.position === from + count) count += 1;
            text += `${from} ${count}\n`;
            at += count;
        }
        if (text !== "") fs.writeSync(this.#output, text);
    }

    close(): void {
        fs.closeSync(this.#output);
    }

    /** Ends the ledger of a submission that is complete. */
    remove(): void {
        fs.rmSync(this.#file, { force: true });
    }
}

function mark(settled: Uint8Array, line: string): void {
    const [from, count] = line.split(" ").map(Number);
    if (from === undefined || count === undefined || !(from > 0) || !(count > 0)) return;
    settled.fill(1, from, from + count);
}
