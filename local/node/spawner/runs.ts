import { spawn, type ChildProcess } from "node:child_process";
import { createHash } from "node:crypto";
import { closeSync, mkdirSync, openSync, unlinkSync, writeSync } from "node:fs";
import { constants } from "node:os";

import { CommandLineError, splitCommandLine } from "../commandLine";
import {
    belongsTo,
    endTrees,
    kill,
    markOf,
    markOfProcess,
    markVariable,
    processInfo,
    writesBelow,
} from "../processes";
import { hasSandboxPrograms, Sandboxes } from "./sandbox";
import type { FromSpawner, SpawnFailure, SpawnRequest, ToSpawner } from "./protocol";

interface Run {
    attempt: string;
    node: string;
    directory: string;
    pid: number;
    stopped: boolean;
    leaveRunning: boolean;
    /** Appears when the program is not there inside the sandbox. */
    missing?: string;
}

/** The processes that were started and have not ended. */
export class Runs {
    private readonly byAttempt = new Map<string, Run>();
    /** Ended ones whose background processes live on. */
    private readonly left = new Map<string, Run>();
    /** Runs that wait for their node's sandbox. */
    private readonly entering = new Map<string, string>();
    private readonly sandboxes = new Sandboxes();
    private readonly roots = new Map<string, string>();
    private mark = "";
    private nodes = "";
    private environment: Record<string, string> = {};
    private ledger: number | undefined;

    constructor(private readonly report: (message: FromSpawner) => void) {}

    open(hello: Extract<ToSpawner, { do: "hello" }>): void {
        this.mark = hello.mark;
        this.nodes = hello.nodes;
        this.environment = hello.environment;
        if (hello.ledger !== undefined) this.ledger = openSync(hello.ledger, "a", 0o600);
    }

    start(request: SpawnRequest): void {
        const { attempt } = request;
        const fail = (reason: SpawnFailure, message: string) =>
            this.report({ is: "failed", attempt, at: Date.now(), reason, message });
        let words: string[];
        try {
            words = request.argv ?? splitCommandLine(request.commandLine);
        } catch (error) {
            if (!(error instanceof CommandLineError)) throw error;
            fail("commandLine", error.message);
            return;
        }
        if (request.sandbox) void this.startInside(request, words, request.sandbox);
        else this.startWords(request, words);
    }

    private async startInside(
        request: SpawnRequest,
        words: string[],
        { home, elevated }: { home: string; elevated: boolean },
    ): Promise<void> {
        const { attempt, node, directory } = request;
        this.entering.set(attempt, node);
        const environment = { [markVariable]: markOf(this.mark, node, "sandbox") };
        let holder: number | undefined;
        let message = "";
        try {
            if (!hasSandboxPrograms(process.env.PATH ?? ""))
                throw new Error("unshare, nsenter or mount is missing");
            holder = await this.sandboxes.open(node, home, elevated, environment);
        } catch (error) {
            message = error instanceof Error ? error.message : String(error);
        }
        // It was stopped meanwhile.
        if (!this.entering.delete(attempt)) {
            this.report({ is: "failed", attempt, at: Date.now(), reason: "sandbox", message, stopped: true });
        } else if (holder === undefined) {
            this.report({ is: "failed", attempt, at: Date.now(), reason: "sandbox", message });
        } else {
            const missing = `${home}/missing-${createHash("sha256").update(attempt).digest("hex").slice(0, 16)}`;
            const wrapped = this.sandboxes.wrap(holder, words, `${directory}/wd`, missing);
            this.startWords(request, wrapped, missing);
        }
    }

    private startWords(request: SpawnRequest, words: string[], missing?: string): void {
        const { attempt } = request;
        const streams: number[] = [];
        try {
            const working = `${request.directory}/wd`;
            makeDirectory(working);
            streams.push(
                openSync(`${request.directory}/stdout.txt`, "w"),
                openSync(`${request.directory}/stderr.txt`, "w"),
            );
            this.launch(request, words, working, streams, missing);
        } catch (error) {
            const { code, syscall, message } = error as NodeJS.ErrnoException;
            const reason = syscall?.startsWith("spawn") ? launchFailure(code) : "directory";
            this.report({ is: "failed", attempt, at: Date.now(), reason, message });
        } finally {
            for (const stream of streams) closeSync(stream);
        }
    }

    private launch(
        request: SpawnRequest,
        words: string[],
        cwd: string,
        [stdout, stderr]: number[],
        missing?: string,
    ): void {
        const { attempt, node, root, directory } = request;
        this.roots.set(node, root);
        const [program = "", ...args] = words;
        // Detached is setsid: a session and a process group of its own.
        const child = spawn(program, args, {
            cwd,
            env: this.environmentOf(request),
            stdio: ["ignore", stdout, stderr],
            detached: true,
        });
        const { pid } = child;
        if (pid === undefined) {
            child.once("error", (error: NodeJS.ErrnoException) => {
                this.report({
                    is: "failed",
                    attempt,
                    at: Date.now(),
                    reason: launchFailure(error.code),
                    message: error.message,
                });
            });
            return;
        }
        const leaveRunning = request.leaveRunning === true;
        const run: Run = { attempt, node, directory, pid, stopped: false, leaveRunning, missing };
        this.byAttempt.set(attempt, run);
        this.note(pid);
        this.report({ is: "started", attempt, at: Date.now(), pid });
        this.watch(child, run);
    }

    private watch(child: ChildProcess, run: Run): void {
        child.on("error", () => undefined);
        child.once("exit", (code, signal) => {
            this.byAttempt.delete(run.attempt);
            // guess: what stays in the group of a finished task ends with it; what broke away with setsid lives until reboot.
            if (run.leaveRunning && !run.stopped) this.left.set(run.attempt, run);
            else kill(-run.pid, "SIGKILL");
            if (run.missing !== undefined && code === 127 && rmIfThere(run.missing)) {
                const message = "The program does not exist on the node.";
                this.report({
                    is: "failed",
                    attempt: run.attempt,
                    at: Date.now(),
                    reason: "notFound",
                    message,
                });
                return;
            }
            const exitCode = code ?? 128 + (signal ? constants.signals[signal] : 0);
            const at = Date.now();
            this.report({
                is: "ended",
                attempt: run.attempt,
                at,
                exitCode,
                ...(run.stopped && { stopped: true as const }),
            });
        });
    }

    private environmentOf({ environment, root, node, attempt }: SpawnRequest): Record<string, string> {
        const result: Record<string, string> = {};
        for (const source of [this.environment, environment]) {
            for (const name in source) {
                const value = source[name] ?? "";
                result[name] = value.includes("{root}") ? value.replaceAll("{root}", root) : value;
            }
        }
        result[markVariable] = markOf(this.mark, node, attempt);
        return result;
    }

    /** Where the kernel does not end everything with us, the next life must find what a kill -9 left behind. */
    private note(pid: number): void {
        if (this.ledger === undefined) return;
        writeSync(this.ledger, `${pid} ${processInfo(pid)?.startTime ?? ""}\n`);
    }

    stop(attempts: readonly string[]): void {
        const leaders = new Set<number>();
        const marks = new Set<string>();
        const directories: string[] = [];
        for (const attempt of attempts) {
            const run = this.byAttempt.get(attempt);
            this.entering.delete(attempt);
            if (!run) continue;
            run.stopped = true;
            leaders.add(run.pid);
            marks.add(markOf(this.mark, run.node, attempt));
            directories.push(run.directory);
        }
        if (leaders.size === 0) return;
        endTrees({
            leaders,
            also: ({ pid }) =>
                marks.has(markOfProcess(pid) ?? "") ||
                directories.some((directory) => writesBelow(pid, directory)),
        });
    }

    endLeft(attempt: string): void {
        const run = this.left.get(attempt);
        if (!run || !this.left.delete(attempt)) return;
        const mark = markOf(this.mark, run.node, attempt);
        // Its own process is gone, so its id may be another's by now: only what carries the mark or writes to its files is it.
        endTrees({
            leaders: new Set(),
            also: ({ pid }) => markOfProcess(pid) === mark || writesBelow(pid, run.directory),
        });
    }

    clear(node: string, ticket: number): void {
        for (const [attempt, run] of this.left) if (run.node === node) this.left.delete(attempt);
        const runs = [...this.byAttempt.values()].filter((run) => run.node === node);
        for (const run of runs) run.stopped = true;
        for (const [attempt, other] of this.entering) if (other === node) this.entering.delete(attempt);
        const mark = markOf(this.mark, node, "");
        const root = this.roots.get(node);
        endTrees({
            leaders: new Set(runs.map((run) => run.pid)),
            also: ({ pid }) =>
                (markOfProcess(pid)?.startsWith(mark) ?? false) ||
                (root !== undefined && writesBelow(pid, root)),
        });
        // After their `ended`, which come when the event loop has seen them exit, as has the holder of the sandbox.
        const wait = () => {
            if (this.sandboxes.has(node) || runs.some((run) => this.byAttempt.has(run.attempt)))
                setTimeout(wait, 5);
            else this.report({ is: "cleared", ticket });
        };
        wait();
    }

    endAll(): void {
        if (!this.mark) return;
        endTrees({
            leaders: new Set([...this.byAttempt.values()].map((run) => run.pid)),
            also: belongsTo(`${this.mark}:`, this.nodes),
        });
    }
}

function rmIfThere(path: string): boolean {
    try {
        unlinkSync(path);
        return true;
    } catch {
        return false;
    }
}

function makeDirectory(path: string): void {
    mkdirSync(path, { recursive: true, mode: 0o770 });
}

function launchFailure(code: string | undefined): SpawnFailure {
    if (code === "ENOENT" || code === "ENOTDIR") return "notFound";
    if (code === "EACCES" || code === "EPERM") return "denied";
    return "launch";
}
