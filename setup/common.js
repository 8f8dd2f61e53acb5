"use strict";
// What every set-up step shares: where the cache lies, locks, timed steps, child processes.
// Plain JavaScript without dependencies, because it runs before anything is installed or built.
const { spawn } = require("node:child_process");
const crypto = require("node:crypto");
const fs = require("node:fs");
const os = require("node:os");
const path = require("node:path");

/** A set-up step that failed in a way the user can mend. `fix` says how. */
class SetupError extends Error {
    /**
     * @param {string} message what went wrong, with what was found
     * @param {string} fix what to do about it
     */
    constructor(message, fix) {
        super(message);
        this.name = "SetupError";
        this.fix = fix;
    }
}

/**
 * The folder of the repository (or of the installed package). This file also lies in `dist/setup` and
 * `local/dist/setup`, so it is found by its name, not by counting folders.
 * @returns {string}
 */
function repositoryRoot() {
    for (let folder = __dirname; ; folder = path.dirname(folder)) {
        const file = path.join(folder, "package.json");
        if (fs.existsSync(file) && JSON.parse(fs.readFileSync(file, "utf8")).name === "pulumi-azure-batch") {
            return folder;
        }
        if (path.dirname(folder) === folder) {
            throw new SetupError(
                `No package "pulumi-azure-batch" found above ${__dirname}.`,
                "Run this from a clone of the repository.",
            );
        }
    }
}

/**
 * Where Node and the engine are kept between runs, outside the work tree.
 * @param {NodeJS.ProcessEnv} [env]
 * @returns {string}
 */
function cacheFolder(env = process.env) {
    if (env.PULUMI_AZURE_BATCH_CACHE) return path.resolve(env.PULUMI_AZURE_BATCH_CACHE);
    const home = env.HOME || os.homedir();
    const base =
        process.platform === "darwin"
            ? path.join(home, "Library", "Caches")
            : process.platform === "win32"
              ? env.LOCALAPPDATA || path.join(home, "AppData", "Local")
              : env.XDG_CACHE_HOME || path.join(home, ".cache");
    return path.join(base, "pulumi-azure-batch");
}

/** Set-up talks on stderr: stdout belongs to the command that follows. @param {string} line */
function logToStderr(line) {
    process.stderr.write(`${line}\n`);
}

/** @param {number} milliseconds */
function duration(milliseconds) {
    if (milliseconds < 59_950) return `${(milliseconds / 1000).toFixed(1)} s`;
    const seconds = Math.round(milliseconds / 1000);
    return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}

/**
 * Runs one step, says what it does before and how long it took after.
 * @template T
 * @param {(line: string) => void} log
 * @param {string} title
 * @param {() => Promise<T>} work
 * @returns {Promise<T>}
 */
async function step(log, title, work) {
    log(`set-up: ${title} ...`);
    const start = Date.now();
    try {
        const result = await work();
        log(`set-up: ${title}: done in ${duration(Date.now() - start)}`);
        return result;
    } catch (error) {
        log(`set-up: ${title}: failed after ${duration(Date.now() - start)}`);
        throw error;
    }
}

/** @type {Set<import("node:child_process").ChildProcess>} */
const children = new Set();
let watching = false;

// A set-up that is ended takes its downloads and compilers along, each with its whole process group. Where the program
// around it hears the signal too, the end is that program's: here only the step is broken off.
function watchSignals() {
    if (watching) return;
    watching = true;
    const killAll = () => children.forEach((child) => killGroup(child, "SIGKILL"));
    process.on("exit", killAll);
    for (const signal of /** @type {const} */ (["SIGINT", "SIGTERM", "SIGHUP"])) {
        process.on(signal, () => {
            killAll();
            if (process.listenerCount(signal) === 1) process.exit(128 + os.constants.signals[signal]);
        });
    }
}

/**
 * @param {import("node:child_process").ChildProcess} child
 * @param {NodeJS.Signals} signal
 */
function killGroup(child, signal) {
    if (child.pid === undefined) return;
    try {
        process.kill(-child.pid, signal);
    } catch {
        // it has ended already
    }
}

// Runs "$@" in a group that ends when standard input does, which is when we do, even by SIGKILL.
const LIFELINE = `exec 3<&0
(cat <&3; kill -KILL 0) >/dev/null 2>&1 &
"$@" </dev/null 3<&-
code=$?
kill $! 2>/dev/null
exit $code`;

/**
 * Runs a program to its end and returns what it printed. The program gets a process group of its own.
 * @param {string} command
 * @param {string[]} args
 * @param {{cwd?: string, env?: NodeJS.ProcessEnv, timeout?: number, long?: boolean}} [options] `long`: it must not outlive us
 * @returns {Promise<{code: number, stdout: string, stderr: string}>} code 127 when it could not be started, 124 after the timeout (ms)
 */
function run(command, args, options = {}) {
    watchSignals();
    return new Promise((resolve) => {
        const held = options.long === true && process.platform !== "win32";
        const [program, ...rest] = held
            ? ["/bin/sh", "-c", LIFELINE, "sh", command, ...args]
            : [command, ...args];
        const child = spawn(program, rest, {
            cwd: options.cwd,
            env: options.env ?? process.env,
            stdio: [held ? "pipe" : "ignore", "pipe", "pipe"],
            detached: true,
        });
        children.add(child);
        let stdout = "";
        let stderr = "";
        let timedOut = false;
        const timer = options.timeout
            ? setTimeout(() => {
                  timedOut = true;
                  killGroup(child, "SIGKILL");
              }, options.timeout)
            : undefined;
        child.stdout.on("data", (data) => (stdout += data));
        child.stderr.on("data", (data) => (stderr += data));
        child.on("error", (error) => {
            clearTimeout(timer);
            children.delete(child);
            resolve({ code: 127, stdout, stderr: stderr + error.message });
        });
        child.on("close", (code) => {
            clearTimeout(timer);
            children.delete(child);
            resolve({ code: timedOut ? 124 : (code ?? 1), stdout, stderr });
        });
    });
}

/** The last lines of a program's output, for an error message. @param {string} text @param {number} [lines] */
function tail(text, lines = 15) {
    return text.trimEnd().split("\n").slice(-lines).join("\n");
}

/** @param {number} pid */
function isAlive(pid) {
    try {
        process.kill(pid, 0);
        return true;
    } catch (error) {
        return /** @type {NodeJS.ErrnoException} */ (error).code === "EPERM";
    }
}

const HEARTBEAT = 5_000;

/** A lock is stale when its owner has ended, or has shown no life for a minute. @param {string} file */
function isStale(file) {
    try {
        const pid = Number.parseInt(fs.readFileSync(file, "utf8"), 10);
        const age = Date.now() - fs.statSync(file).mtimeMs;
        return (Number.isInteger(pid) && !isAlive(pid)) || age > 12 * HEARTBEAT;
    } catch {
        return false; // it has just been given back
    }
}

/**
 * Does the work while no other process does it. Waits for the other one, however long it takes.
 * @template T
 * @param {string} file the lock file; its folder is made
 * @param {(line: string) => void} log
 * @param {() => Promise<T>} work
 * @returns {Promise<T>}
 */
async function withLock(file, log, work) {
    fs.mkdirSync(path.dirname(file), { recursive: true });
    for (let said = false; ;) {
        const mine = `${file}.${process.pid}.${crypto.randomBytes(4).toString("hex")}`;
        // link() is atomic and the file is whole from the start, so nobody ever reads a lock without its pid
        fs.writeFileSync(mine, `${process.pid}\n`);
        try {
            fs.linkSync(mine, file);
            break;
        } catch (error) {
            if (/** @type {NodeJS.ErrnoException} */ (error).code !== "EEXIST") throw error;
        } finally {
            fs.rmSync(mine, { force: true });
        }
        if (isStale(file)) {
            // rename first: of two that saw it stale, one alone can move it away
            const away = `${file}.stale.${process.pid}`;
            try {
                fs.renameSync(file, away);
                fs.rmSync(away, { force: true });
            } catch {
                // the other one was faster
            }
            continue;
        }
        if (!said) log(`set-up: another run is at it (${path.basename(file)}), waiting for it`);
        said = true;
        await new Promise((resolve) => setTimeout(resolve, 300));
    }
    const beat = setInterval(() => {
        const now = new Date();
        fs.utimes(file, now, now, () => undefined);
    }, HEARTBEAT);
    const giveBack = () => fs.rmSync(file, { force: true });
    process.once("exit", giveBack);
    try {
        return await work();
    } finally {
        clearInterval(beat);
        process.removeListener("exit", giveBack);
        giveBack();
    }
}

/**
 * Makes a folder whole or not at all: `fill` writes into a temporary one that is then renamed. What a killed run left is removed.
 * @param {string} folder
 * @param {(temporary: string) => Promise<void>} fill
 */
async function makeFolder(folder, fill) {
    const parent = path.dirname(folder);
    fs.mkdirSync(parent, { recursive: true });
    for (const name of fs.readdirSync(parent)) {
        const owner = /^\.making-(\d+)-/.exec(name)?.[1];
        if (owner && !isAlive(Number(owner))) removeFolder(path.join(parent, name));
    }
    const temporary = fs.mkdtempSync(path.join(parent, `.making-${process.pid}-`));
    try {
        await fill(temporary);
        removeFolder(folder);
        fs.renameSync(temporary, folder);
        fs.chmodSync(folder, 0o755);
    } finally {
        removeFolder(temporary);
    }
}

/** Removes a folder, also one with read-only folders in it (Go writes such). @param {string} folder */
function removeFolder(folder) {
    try {
        fs.rmSync(folder, { recursive: true, force: true });
    } catch {
        const makeWritable = (/** @type {string} */ place) => {
            fs.chmodSync(place, 0o755);
            for (const entry of fs.readdirSync(place, { withFileTypes: true })) {
                if (entry.isDirectory()) makeWritable(path.join(place, entry.name));
            }
        };
        makeWritable(folder);
        fs.rmSync(folder, { recursive: true, force: true });
    }
}

/**
 * @param {string} name
 * @param {NodeJS.ProcessEnv} [env]
 * @returns {string | undefined} the first program of that name on PATH
 */
function onPath(name, env = process.env) {
    for (const folder of (env.PATH ?? "").split(path.delimiter)) {
        if (folder === "") continue;
        const file = path.join(folder, process.platform === "win32" ? `${name}.exe` : name);
        try {
            fs.accessSync(file, fs.constants.X_OK);
            if (fs.statSync(file).isFile()) return file;
        } catch {
            // not here
        }
    }
    return undefined;
}

/** Puts a folder first on PATH of this process and so of its children. @param {string} folder */
function firstOnPath(folder) {
    const rest = (process.env.PATH ?? "").split(path.delimiter).filter((entry) => entry !== folder);
    process.env.PATH = [folder, ...rest].join(path.delimiter);
}

/**
 * The file behind a program of an installed package, as its package.json names it.
 * @param {string} root
 * @param {string} name of the package
 * @param {string} [program]
 */
function packageProgram(root, name, program = name) {
    const manifest = require.resolve(`${name}/package.json`, { paths: [root] });
    const { bin } = JSON.parse(fs.readFileSync(manifest, "utf8"));
    return path.join(path.dirname(manifest), typeof bin === "string" ? bin : bin[program]);
}

/** @param {string} text as in "v3.220.0", "22.13" or "go1.26.8" */
function parseVersion(text) {
    const match = /(\d+)\.(\d+)(?:\.(\d+))?/.exec(text);
    return match ? [Number(match[1]), Number(match[2]), Number(match[3] ?? 0)] : undefined;
}

/** @param {string} text @param {string} minimum @returns {boolean} false also for what is no version */
function isAtLeast(text, minimum) {
    const a = parseVersion(text);
    const b = parseVersion(minimum);
    if (!a || !b) return false;
    for (let index = 0; index < 3; index++) {
        if (a[index] !== b[index]) return a[index] > b[index];
    }
    return true;
}

/**
 * Runs the set-up part of a command; what fails is told in one message, without a stack trace, with exit code 1.
 * @param {() => Promise<number | void>} main
 */
async function runMain(main) {
    try {
        process.exitCode = (await main()) ?? 0;
    } catch (error) {
        process.exitCode = 1;
        logToStderr(describe(error));
    }
}

/** @param {unknown} error */
function describe(error) {
    if (error instanceof SetupError) return `error: ${error.message}\nWhat to do: ${error.fix}`;
    const code = /** @type {NodeJS.ErrnoException} */ (error).code;
    if (code === "ENOSPC")
        return `error: no disk space left (${String(error)})\nWhat to do: free some space, run again.`;
    if (code === "EACCES" || code === "EROFS") {
        return `error: ${String(error)}\nWhat to do: make it writable, or set PULUMI_AZURE_BATCH_CACHE to a folder that is.`;
    }
    return `error: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`;
}

module.exports = {
    SetupError,
    cacheFolder,
    describe,
    duration,
    firstOnPath,
    isAlive,
    isAtLeast,
    killGroup,
    logToStderr,
    makeFolder,
    onPath,
    packageProgram,
    removeFolder,
    repositoryRoot,
    run,
    runMain,
    step,
    tail,
    withLock,
};
