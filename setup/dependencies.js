"use strict";
// Installs the npm dependencies of the repository when they are missing or not those of package-lock.json.
const crypto = require("node:crypto");
const fs = require("node:fs");
const path = require("node:path");
const {
    SetupError,
    cacheFolder,
    logToStderr,
    repositoryRoot,
    run,
    step,
    tail,
    withLock,
} = require("./common");
const { npm, npmEnvironment } = require("./node");

/** @param {string} root */
function files(root) {
    return {
        lock: path.join(root, "package-lock.json"),
        installed: path.join(root, "node_modules", ".package-lock.json"),
        stamp: path.join(root, "node_modules", ".pulumi-azure-batch-lock"),
    };
}

/** @param {string} file */
function digest(file) {
    return crypto.createHash("sha256").update(fs.readFileSync(file)).digest("hex");
}

/**
 * The reason why `npm ci` must run, or undefined. The stamp holds the digest of the lock file that was installed;
 * after a plain `npm ci` there is none, and npm's own record of what it installed is compared with the lock file.
 * @param {string} root
 * @returns {string | undefined}
 */
function whyStale(root) {
    const { lock, installed, stamp } = files(root);
    if (!fs.existsSync(installed)) return "node_modules is missing";
    const current = digest(lock);
    if (fs.existsSync(stamp) && fs.readFileSync(stamp, "utf8").trim() === current) return undefined;
    const wanted = JSON.parse(fs.readFileSync(lock, "utf8")).packages ?? {};
    const present = JSON.parse(fs.readFileSync(installed, "utf8")).packages ?? {};
    for (const [place, entry] of Object.entries(wanted)) {
        if (!place.startsWith("node_modules/") && !place.includes("/node_modules/")) continue; // a workspace itself
        if (entry.link) {
            if (!fs.existsSync(path.join(root, place))) return `${place} is missing`;
        } else if (!present[place]) {
            if (!entry.optional && !entry.devOptional && !entry.peer) return `${place} is missing`;
        } else if (present[place].version !== entry.version) {
            return `${place} is ${present[place].version}, package-lock.json has ${entry.version}`;
        }
    }
    fs.writeFileSync(stamp, `${current}\n`);
    return undefined;
}

/** What npm says before it explains its own usage. @param {string} output */
function npmMessage(output) {
    const lines = output.split("\n").filter((line) => line.trim() !== "npm error");
    const usage = lines.findIndex((line) => /^npm error (Usage:|Clean install a project)/.test(line));
    return tail(lines.slice(0, usage === -1 ? undefined : usage).join("\n"));
}

/** One lock per work tree, outside of it: `npm ci` removes node_modules. @param {string} root */
function lockFile(root) {
    const id = crypto.createHash("sha256").update(root).digest("hex").slice(0, 12);
    return path.join(cacheFolder(), "locks", `${id}.lock`);
}

/**
 * @param {{log?: (line: string) => void, root?: string}} [options]
 * @returns {Promise<boolean>} whether anything was installed
 * @throws {SetupError}
 */
async function ensureDependencies(options = {}) {
    const log = options.log ?? logToStderr;
    const root = options.root ?? repositoryRoot();
    if (!fs.existsSync(files(root).lock)) {
        throw new SetupError(`${files(root).lock} is missing.`, "Restore it: git checkout package-lock.json");
    }
    if (!whyStale(root)) return false;
    return withLock(lockFile(root), log, async () => {
        const reason = whyStale(root);
        if (!reason) return false;
        await step(log, `install the npm dependencies (${reason})`, async () => {
            const { command, args } = npm();
            const flags = [
                "--global=false",
                "--include=dev",
                "--include=optional",
                "--no-audit",
                "--no-fund",
            ];
            // The build is a step of its own, with its own message; no dependency needs an install script.
            const result = await run(
                command,
                [...args, "ci", "--ignore-scripts", "--loglevel=error", ...flags],
                {
                    cwd: root,
                    env: npmEnvironment(),
                    long: true,
                },
            );
            if (result.code !== 0) {
                throw new SetupError(
                    `npm ci failed:\n${npmMessage(result.stderr || result.stdout)}`,
                    "Look whether the npm registry can be reached and the disk has 1 GB free, then run again.",
                );
            }
            fs.writeFileSync(files(root).stamp, `${digest(files(root).lock)}\n`);
        });
        return true;
    });
}

module.exports = { ensureDependencies, lockFile, whyStale };
