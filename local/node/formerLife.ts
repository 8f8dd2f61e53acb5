import { readFileSync, writeFileSync } from "node:fs";

import { belongsTo, endTrees, processInfo } from "./processes";

/** Notes the spawner's id and start time, so that the next life can end it and all below it. */
export function recordSpawner(ledger: string, pid: number | undefined): void {
    const info = pid === undefined ? undefined : processInfo(pid);
    writeFileSync(ledger, info ? `${info.pid} ${info.startTime}\n` : "", { mode: 0o600 });
}

/**
 * Ends what a former life recorded (by process id and start time: ids are used again) and what carries its mark or still writes to its files. Gives the number
 * of processes that were ended.
 */
export function endFormerLife(ledger: string, mark: string, nodes: string): number {
    const leaders = new Set<number>();
    for (const line of readLedger(ledger).split("\n")) {
        const [pid = "", ...start] = line.split(" ");
        const startTime = start.join(" ");
        if (startTime !== "" && processInfo(Number(pid))?.startTime === startTime) leaders.add(Number(pid));
    }
    return endTrees({ leaders, also: belongsTo(`${mark}.`, nodes) });
}

function readLedger(ledger: string): string {
    try {
        return readFileSync(ledger, "utf8");
    } catch {
        return "";
    }
}
