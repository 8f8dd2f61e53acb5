"use strict";
// Compiles the packages of this repository: the library, Batch Local and the policy pack.
// Plain JavaScript, because it runs before anything is built.
const crypto = require("node:crypto");
const fs = require("node:fs");
const path = require("node:path");
const {
    SetupError,
    duration,
    logToStderr,
    packageProgram,
    repositoryRoot,
    run,
    runMain,
    step,
    tail,
    withLock,
} = require("./common");
const { finishEntry } = require("./entry");

/**
 * Each package with the folders that its tsconfig reaches, by itself or through imports, and what is done after the compiler.
 * @type {{name: string, config: string, out: string, folders: string[], finish?: (out: string) => void}[]}
 */
const PROJECTS = [
    {
        name: "library",
        config: "tsconfig.build.json",
        out: "dist",
        folders: ["catalog", "autoscale", "client", "components", "setup"],
        finish: (out) => finishEntry(path.join(out, "components")),
    },
    {
        name: "local",
        config: "local/tsconfig.json",
        out: "local/dist",
        folders: ["local", "autoscale", "catalog", "setup"],
    },
    {
        name: "policy",
        config: "policy/tsconfig.json",
        out: "policy/dist",
        folders: ["policy", "autoscale", "catalog"],
    },
];
const STAMP = ".built.json";
const SOURCE = /\.(ts|js|json|html|css|svg)$/;

/**
 * Every source file with size and time of change: what is unchanged need not be read.
 * @param {string} root
 * @param {(typeof PROJECTS)[number]} project
 * @returns {{digest: string, sources: string[]}}
 */
function fingerprint(root, project) {
    /** @type {string[]} */
    const sources = [];
    const hash = crypto.createHash("sha256");
    const add = (/** @type {string} */ file) => {
        const { size, mtimeMs } = fs.statSync(path.join(root, file));
        hash.update(`${file}\0${size}\0${mtimeMs}\n`);
    };
    const walk = (/** @type {string} */ folder) => {
        for (const entry of fs.readdirSync(path.join(root, folder), { withFileTypes: true })) {
            const place = `${folder}/${entry.name}`;
            if (entry.isDirectory()) {
                if (entry.name !== "node_modules" && entry.name !== "dist" && !entry.name.startsWith("."))
                    walk(place);
            } else if (SOURCE.test(entry.name)) {
                sources.push(place);
            }
        }
    };
    for (const folder of project.folders) if (fs.existsSync(path.join(root, folder))) walk(folder);
    sources.sort();
    for (const file of [...sources, project.config, "tsconfig.base.json", "package-lock.json"]) add(file);
    return { digest: hash.digest("hex"), sources };
}

/** @param {string} root @param {(typeof PROJECTS)[number]} project */
function readStamp(root, project) {
    try {
        return JSON.parse(fs.readFileSync(path.join(root, project.out, STAMP), "utf8"));
    } catch {
        return undefined;
    }
}

/**
 * @param {string} root
 * @param {string} [only] the name of a package
 * @returns {(typeof PROJECTS)[number][]} what must be compiled
 */
function outdated(root, only) {
    return PROJECTS.filter(
        (project) =>
            (only === undefined || project.name === only) &&
            readStamp(root, project)?.digest !== fingerprint(root, project).digest,
    );
}

/**
 * The output of a source that is gone would still be found by `require`.
 * @param {string} root
 * @param {(typeof PROJECTS)[number]} project
 * @param {string[]} sources
 */
function removeOutputOfGone(root, project, sources) {
    const present = new Set(sources);
    for (const file of readStamp(root, project)?.sources ?? []) {
        if (present.has(file)) continue;
        const base = path.join(root, project.out, file.replace(/\.(ts|js)$/, ""));
        for (const ending of [".js", ".js.map", ".d.ts"]) fs.rmSync(base + ending, { force: true });
    }
}

/**
 * Compiles what has changed since the last time.
 * @param {{log?: (line: string) => void, root?: string, only?: string}} [options] `only`: this package (library, local or policy)
 * @returns {Promise<boolean>} whether anything was compiled
 * @throws {SetupError} with the compiler's messages
 */
async function ensureBuild(options = {}) {
    const log = options.log ?? logToStderr;
    const root = options.root ?? repositoryRoot();
    if (outdated(root, options.only).length === 0) return false;
    const lock = path.join(root, "node_modules", ".cache", "build.lock");
    return withLock(lock, log, async () => {
        const work = outdated(root, options.only);
        if (work.length === 0) return false;
        await step(log, `compile (${work.map((project) => project.out).join(", ")})`, async () => {
            const tsc = packageProgram(root, "typescript", "tsc");
            for (const project of work) {
                // taken before compiling: what changes meanwhile is compiled next time
                const { digest, sources } = fingerprint(root, project);
                removeOutputOfGone(root, project, sources);
                const result = await run(process.execPath, [tsc, "-p", project.config, "--pretty", "false"], {
                    cwd: root,
                });
                if (result.code !== 0) {
                    throw new SetupError(
                        `${project.config} does not compile:\n${tail(result.stdout + result.stderr, 40)}`,
                        "Mend these errors, then run again.",
                    );
                }
                project.finish?.(path.join(root, project.out));
                fs.writeFileSync(path.join(root, project.out, STAMP), JSON.stringify({ digest, sources }));
            }
        });
        return true;
    });
}

module.exports = { ensureBuild, outdated };

if (require.main === module) {
    const start = Date.now();
    void runMain(async () => {
        const [only] = process.argv.slice(2);
        if (only !== undefined && !PROJECTS.some(({ name }) => name === only)) {
            const names = PROJECTS.map(({ name }) => name).join(", ");
            throw new SetupError(
                `There is no package "${only}" to compile.`,
                `Name one of ${names}, or none.`,
            );
        }
        const built = await ensureBuild({ only });
        if (!built) logToStderr(`set-up: nothing to compile (${duration(Date.now() - start)})`);
    });
}
