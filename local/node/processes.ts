import { execFileSync } from "node:child_process";
import { readFileSync, readdirSync, readlinkSync } from "node:fs";

/** Environment variable by which a process on a node is found again, whatever it did to its group, session and parent. */
export const markVariable = "BATCHLOCAL_RUN";

/** The value of the mark: whose nodes and which of their spawners, which node, which attempt. */
export function markOf(nodes: string, node: string, attempt: string): string {
    return `${nodes}:${node}:${attempt}`;
}

export interface ProcessInfo {
    pid: number;
    parent: number;
    group: number;
    session: number;
    /** Distinguishes a process from a later one with the same id. */
    startTime: string;
}

const hasProc = process.platform === "linux";

/** All processes that can be seen. A process that ends while we look is left out. */
export function listProcesses(): ProcessInfo[] {
    if (!hasProc) return listByPs();
    const found: ProcessInfo[] = [];
    for (const name of readdirSync("/proc")) {
        const first = name.charCodeAt(0);
        if (first < 48 || first > 57) continue;
        const info = processInfo(Number(name));
        if (info) found.push(info);
    }
    return found;
}

export function processInfo(pid: number): ProcessInfo | undefined {
    if (!hasProc) return listByPs().find((one) => one.pid === pid);
    try {
        const stat = readFileSync(`/proc/${pid}/stat`, "latin1");
        // The name in brackets may hold anything, so count from the last bracket: state, ppid, pgrp, session, ..., start time.
        const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
        if (fields[0] === "Z" || fields[0] === "X") return undefined;
        return {
            pid,
            parent: Number(fields[1]),
            group: Number(fields[2]),
            session: Number(fields[3]),
            startTime: fields[19] ?? "",
        };
    } catch {
        return undefined;
    }
}

function listByPs(): ProcessInfo[] {
    const text = execFileSync("ps", ["-axo", "pid=,ppid=,pgid=,lstart="], { encoding: "utf8" });
    return text
        .split("\n")
        .map((line) => /^\s*(\d+)\s+(\d+)\s+(\d+)\s+(.+?)\s*$/.exec(line))
        .filter((match) => match !== null)
        .map(([, pid, parent, group, startTime = ""]) => ({
            pid: Number(pid),
            parent: Number(parent),
            group: Number(group),
            session: Number(group),
            startTime,
        }));
}

/** The mark a process carries in its environment, if any. */
export function markOfProcess(pid: number): string | undefined {
    try {
        const text = hasProc
            ? readFileSync(`/proc/${pid}/environ`, "utf8").replaceAll("\0", " ")
            : execFileSync("ps", ["-Ewwo", "command=", "-p", String(pid)], { encoding: "utf8" });
        const at = ` ${text}`.indexOf(` ${markVariable}=`);
        if (at < 0) return undefined;
        return text.slice(at + markVariable.length + 1).split(/[\s]/, 1)[0];
    } catch {
        return undefined;
    }
}

/**
 * Whether a process writes its output to something below the directory: finds those that dropped their mark. Its working directory
 * would find more, the user's own shell among it.
 */
export function writesBelow(pid: number, directory: string): boolean {
    return ["fd/1", "fd/2"].some((link) => {
        try {
            return readlinkSync(`/proc/${pid}/${link}`).startsWith(`${directory}/`);
        } catch {
            return false;
        }
    });
}

export function kill(pid: number, signal: NodeJS.Signals): boolean {
    try {
        process.kill(pid, signal);
        return true;
    } catch {
        return false;
    }
}

/** What to end: the groups and sessions of these leaders, all their descendants, and whatever `also` recognises. */
export interface Prey {
    leaders: ReadonlySet<number>;
    also: (info: ProcessInfo) => boolean;
}

/**
 * Ends whole trees. Looks again until nothing is left, since a process may fork between the look and the kill; gives up after
 * some rounds, as a process in uninterruptible sleep goes only later.
 */
export function endTrees(prey: Prey): number {
    const ended = new Set<number>();
    for (const leader of prey.leaders) kill(-leader, "SIGKILL");
    for (let round = 0; round < 20; round += 1) {
        const all = listProcesses();
        const doomed = new Set<number>(prey.leaders);
        for (const info of all) {
            if (prey.leaders.has(info.group) || prey.leaders.has(info.session) || prey.also(info))
                doomed.add(info.pid);
        }
        // Parents may come after their children in the list, so go on until a pass adds nothing.
        for (let grown = true; grown;) {
            grown = false;
            for (const info of all) {
                if (doomed.has(info.parent) && !doomed.has(info.pid)) {
                    doomed.add(info.pid);
                    grown = true;
                }
            }
        }
        const fresh = all.filter(
            (info) => doomed.has(info.pid) && info.pid !== process.pid && info.pid !== 1,
        );
        if (fresh.length === 0) break;
        for (const info of fresh) {
            kill(info.pid, "SIGKILL");
            ended.add(info.pid);
        }
    }
    return ended.size;
}

/** Recognises what runs on any node of a directory: its mark starts so, or it has none and writes there. */
export function belongsTo(mark: string, nodes: string): Prey["also"] {
    return ({ pid }) => markOfProcess(pid)?.startsWith(mark) ?? writesBelow(pid, nodes);
}
