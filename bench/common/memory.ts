// The most memory that processes had. Only Linux tells.
import { readFileSync } from "node:fs";
import { listProcesses } from "../../local/node/processes";

/** The most memory that a process ever had, in MB; 0 for one that has ended. */
export function peakMegabytes(pid: number): number {
    try {
        const status = readFileSync(`/proc/${pid}/status`, "utf8");
        return (Number(/VmHWM:\s+(\d+) kB/.exec(status)?.[1] ?? 0) * 1024) / 1e6;
    } catch {
        return 0;
    }
}

function commandOf(pid: number): string {
    try {
        return readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ");
    } catch {
        return "";
    }
}

/** Looks at descendants of this process that come and go, until it is stopped. */
export class MemoryWatch {
    readonly #timer: NodeJS.Timeout;
    #most = 0;

    /** @param word part of the command line of those that count */
    constructor(word: string) {
        // What is looked at may fail, and nobody stop it.
        this.#timer = setInterval(() => this.#look(word), 50).unref();
    }

    /** @returns the most memory of one of them, in MB; 0 where the system does not tell */
    stop(): number {
        clearInterval(this.#timer);
        return this.#most;
    }

    #look(word: string): void {
        const parents = new Map(listProcesses().map(({ pid, parent }) => [pid, parent]));
        const isOurs = (pid: number): boolean =>
            pid === process.pid || (pid > 1 && isOurs(parents.get(pid) ?? 0));
        for (const pid of parents.keys())
            if (pid !== process.pid && isOurs(pid) && commandOf(pid).includes(word))
                this.#most = Math.max(this.#most, peakMegabytes(pid));
    }
}
