"use strict";
// Finds or gets a Node that is new enough and goes on under it.
const { spawn } = require("node:child_process");
const fs = require("node:fs");
const os = require("node:os");
const path = require("node:path");
const {
    SetupError,
    cacheFolder,
    firstOnPath,
    isAtLeast,
    logToStderr,
    makeFolder,
    onPath,
    run,
    step,
    tail,
    withLock,
} = require("./common");

const MINIMUM = "22.13.0";
const WANTED = "24";

// Settings of an outer `npm start` that would send an install elsewhere or change what is installed.
const NPM_PLACES =
    /^npm_config_(local_prefix|prefix|global_prefix|global|location|workspaces?|include_workspace_root|dir|omit|include|only|production|ignore_scripts|dry_run|package_lock|package_lock_only|save.*|nodedir)$/i;

/** The environment for an npm of our own. @param {NodeJS.ProcessEnv} [env] @returns {NodeJS.ProcessEnv} */
function npmEnvironment(env = process.env) {
    const clean = Object.fromEntries(Object.entries(env).filter(([name]) => !NPM_PLACES.test(name)));
    delete clean.NODE_ENV; // "production" would leave the development tools out
    return clean;
}

/**
 * The npm that belongs to this command: the one that runs us, else the one on PATH.
 * @returns {{command: string, args: string[]}}
 */
function npm() {
    const script = process.env.npm_execpath;
    if (script && path.basename(script).startsWith("npm-cli") && fs.existsSync(script)) {
        return { command: process.execPath, args: [script] };
    }
    const program = onPath("npm");
    if (!program) {
        throw new SetupError("No npm on PATH.", `Install Node ${MINIMUM} or newer with its npm.`);
    }
    return { command: program, args: [] };
}

/** @param {string} program @returns {Promise<string | undefined>} its version when it runs */
async function versionOf(program) {
    const { code, stdout } = await run(program, ["--version"], { timeout: 20_000 });
    return code === 0 ? stdout.trim() : undefined;
}

/** @param {string} folder */
function binFolder(folder) {
    return path.join(folder, "node_modules", "node", "bin");
}

/**
 * The program of a Node that is new enough: this one, else the one in the cache, else the npm package `node`.
 * @param {{log?: (line: string) => void, cache?: string, current?: string}} [options] `current` is the version of this Node
 * @returns {Promise<string>}
 * @throws {SetupError}
 */
async function findNode(options = {}) {
    const current = options.current ?? process.version;
    if (isAtLeast(current, MINIMUM)) return process.execPath;
    const log = options.log ?? logToStderr;
    const cache = options.cache ?? cacheFolder();
    const folder = path.join(cache, "node", `${WANTED}-${process.platform}-${process.arch}`);
    const program = path.join(binFolder(folder), process.platform === "win32" ? "node.exe" : "node");
    const cached = async () => fs.existsSync(program) && isAtLeast((await versionOf(program)) ?? "", MINIMUM);
    if (await cached()) return program;
    await withLock(path.join(cache, "node.lock"), log, async () => {
        if (await cached()) return;
        await step(log, `get Node ${WANTED} (this one is ${current}, ${MINIMUM} or newer is needed)`, () =>
            makeFolder(folder, install),
        );
    });
    if (!(await cached())) {
        throw new SetupError(
            `Node ${WANTED} was installed from npm but ${program} does not run.`,
            `Install Node ${MINIMUM} or newer and put it first on PATH.`,
        );
    }
    return program;
}

/** @param {string} folder */
async function install(folder) {
    // A package.json of its own: without one npm looks for the project above, wherever it is run.
    fs.writeFileSync(path.join(folder, "package.json"), '{ "private": true }\n');
    const { command, args } = npm();
    const flags = ["--prefix", folder, "--global=false", "--workspaces=false", "--ignore-scripts=false"];
    flags.push("--no-audit", "--no-fund", "--no-save", "--loglevel=error");
    const result = await run(command, [...args, "install", ...flags, `node@${WANTED}`], {
        cwd: folder,
        env: npmEnvironment(),
        timeout: 600_000,
        long: true,
    });
    if (result.code !== 0) {
        throw new SetupError(
            `Node ${process.version} is too old, ${MINIMUM} or newer is needed, and npm could not get one:\n${tail(result.stderr || result.stdout)}`,
            `Install Node ${MINIMUM} or newer and put it first on PATH, or make the npm registry reachable.`,
        );
    }
}

/**
 * Returns when this process runs under a Node that is new enough, with its folder first on PATH for children.
 * Otherwise runs the script under one and never returns: the process ends with the script's exit code.
 * @param {string} scriptFile
 * @param {string[]} args
 * @param {{log?: (line: string) => void, cache?: string, current?: string}} [options]
 * @returns {Promise<void>}
 */
async function underRightNode(scriptFile, args, options = {}) {
    const program = await findNode(options);
    firstOnPath(path.dirname(program));
    if (program === process.execPath) return;
    process.exit(await runForeground(program, [scriptFile, ...args]));
}

/**
 * Runs a program in our place: its standard streams are ours, signals reach it, its end is ours.
 * @param {string} program
 * @param {string[]} args
 * @param {NodeJS.ProcessEnv} [env]
 * @returns {Promise<number>} its exit code, 128 + n when signal n ended it
 */
function runForeground(program, args, env = process.env) {
    return new Promise((resolve, reject) => {
        const child = spawn(program, args, { stdio: "inherit", env });
        // The terminal sends Ctrl-C to the whole group, so the child has it already; sent by `kill` it reaches us
        // alone. Told twice, a child would take it as "at once", so a terminal's is not passed on.
        const forward = (/** @type {NodeJS.Signals} */ signal) => {
            if (signal !== "SIGINT" || !process.stdin.isTTY) child.kill(signal);
        };
        const signals = /** @type {NodeJS.Signals[]} */ (["SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT"]);
        signals.forEach((signal) => process.on(signal, forward));
        const done = () => signals.forEach((signal) => process.removeListener(signal, forward));
        child.on("error", (error) => (done(), reject(error)));
        child.on("close", (code, signal) => {
            done();
            resolve(code ?? 128 + (signal ? os.constants.signals[signal] : 0));
        });
    });
}

module.exports = { MINIMUM, findNode, npm, npmEnvironment, runForeground, underRightNode };
