"use strict";
// npm test [-- [--full] [PATTERN...]]: set-up, lint, type check, unit tests, end-to-end tests. The last line is the sum.
const { spawn } = require("node:child_process");
const fs = require("node:fs");
const os = require("node:os");
const path = require("node:path");
const { describe, duration, packageProgram, repositoryRoot, run } = require("./common");
const { ensureReady } = require("./ready");

const USAGE = `Usage: npm test [-- [--full] [PATTERN...]]
  --full    the long form: FULL=1 and CASES=100000 for the tests
  PATTERN   run only the test files whose path contains it (no lint, no type check)`;
const END_TO_END = path.join("test", "e2e");
/**
 * Folders and files of tests that run beside the others: they compute, or deploy and wait for the engine. Whatever watches a clock or kills
 * processes stays in the one lane beside which nothing but these runs. A new folder comes there too.
 */
const BESIDE = [
    "catalog/",
    "complaints/",
    "components/",
    "constructs/",
    "docs/",
    "dynamic/lifecycle.test.ts",
    "dynamic/updateTable.test.ts",
    "graph/",
    "policy/",
];
/** Milliseconds a mocha may take to end after its last test. */
const GRACE = 20_000;

/** @param {string[]} argv */
function parseArguments(argv) {
    const unknown = argv.find((argument) => argument.startsWith("-") && argument !== "--full");
    return {
        unknown,
        full: argv.includes("--full"),
        patterns: argv.filter((argument) => !argument.startsWith("-")),
    };
}

/** @param {string} root @param {string[]} patterns @returns {{unit: string[], endToEnd: string[]}} */
function findTestFiles(root, patterns) {
    const all = fs
        .readdirSync(path.join(root, "test"), { recursive: true, encoding: "utf8" })
        .filter((name) => name.endsWith(".test.ts") && !name.includes("node_modules"))
        .map((name) => path.join("test", name))
        .filter((name) => patterns.length === 0 || patterns.some((pattern) => name.includes(pattern)))
        .sort();
    const endToEnd = all.filter((name) => name.startsWith(END_TO_END + path.sep));
    return { unit: all.filter((name) => !endToEnd.includes(name)), endToEnd };
}

/** What has passed and failed so far. */
class Sum {
    passed = 0;
    failed = 0;
    /** @type {{title: string, reason: string}[]} */
    skipped = [];
    /** @type {string[]} */
    failures = [];

    /** @param {string} title */
    fail(title) {
        this.failed++;
        this.failures.push(title);
    }

    /** @param {Sum} other */
    add(other) {
        this.passed += other.passed;
        this.failed += other.failed;
        this.skipped.push(...other.skipped);
        this.failures.push(...other.failures);
    }

    lastLine() {
        const skipped = this.skipped.length > 0 ? `, ${this.skipped.length} skipped` : "";
        return `${this.passed} passed, ${this.failed} failed${skipped}`;
    }

    print() {
        if (this.skipped.length > 0) say("\nSkipped:");
        for (const { title, reason } of this.skipped) say(`  - ${title}: ${reason}`);
        if (this.failures.length > 0) say("\nFailed:");
        for (const title of this.failures) say(`  - ${title}`);
        say(`\n${this.lastLine()}`);
    }
}

/** @param {string} line */
function say(line) {
    process.stdout.write(`${line}\n`);
}

/**
 * Steps that count as one test each, side by side. Each says all that it has to say at once, in their order.
 * @param {Sum} sum
 * @param {string} root
 * @param {Record<string, string[]>} checks a script of an installed package, then its arguments, by title
 * @param {NodeJS.ProcessEnv} env
 */
async function checkSteps(sum, root, checks, env) {
    const start = Date.now();
    const running = Object.entries(checks).map(async ([title, [script, ...args]]) => {
        const command = [require.resolve(script, { paths: [root] }), ...args];
        const result = await run(process.execPath, command, { cwd: root, env });
        return { title, ...result, took: duration(Date.now() - start) };
    });
    for (const check of running) {
        const { title, code, stdout, stderr, took } = await check;
        if (code === 0) {
            sum.passed++;
            say(`passed  ${title} (${took})`);
        } else {
            sum.fail(title);
            say(`${stdout}${stderr}`.trimEnd());
            say(`FAILED  ${title} (${took})`);
        }
    }
}

/** @type {NodeJS.Signals | undefined} */
let ended;

/**
 * Runs test files in a mocha of their own and adds its counts.
 * @param {Sum} sum
 * @param {string} title
 * @param {string} root
 * @param {string[]} files
 * @param {{timeout: number, env: NodeJS.ProcessEnv, grace?: number, output?: number}} options `output`: the open file for all
 * that it says; none: this terminal
 */
async function mochaStep(sum, title, root, files, options) {
    if (options.output === undefined) say(`\n${title}`);
    else fs.writeSync(options.output, `\n${title}\n`);
    if (files.length === 0) {
        sum.fail(`${title}: there is no test file`);
        return;
    }
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), "npm-test-"));
    const counts = path.join(folder, "counts.json");
    try {
        const args = [packageProgram(root, "mocha"), "--require", "ts-node/register"];
        args.push("--require", path.join(__dirname, "mocha-ends-with.js"));
        args.push("--extension", "ts", "--timeout", String(options.timeout));
        // Of itself it takes CI for a terminal, and a file for none.
        args.push(process.stdout.isTTY ? "--color" : "--no-color");
        args.push(
            "--reporter",
            path.join(__dirname, "mocha-reporter.js"),
            "--reporter-option",
            `counts=${counts}`,
        );
        const outcome = await runMocha([...args, ...files], root, options, counts);
        if (ended) return;
        if (!fs.existsSync(counts)) {
            sum.fail(`${title}: the run broke off (exit code ${outcome.code})`);
            return;
        }
        const result = JSON.parse(fs.readFileSync(counts, "utf8"));
        sum.add(result);
        if (result.passed + result.failed + result.skipped.length === 0) sum.fail(`${title}: no test ran`);
        if (outcome.hung)
            sum.fail(`${title}: it did not end after its last test, so a test leaves something open`);
        else if (result.failed === 0 && outcome.code !== 0) sum.fail(`${title}: exit code ${outcome.code}`);
    } finally {
        fs.rmSync(folder, { recursive: true, force: true });
    }
}

/**
 * @param {string[]} args
 * @param {string} root
 * @param {{env: NodeJS.ProcessEnv, grace?: number, output?: number}} options
 * @param {string} counts its appearance tells that the last test has ended
 * @returns {Promise<{code: number, hung: boolean}>}
 */
function runMocha(args, root, options, counts) {
    return new Promise((resolve, reject) => {
        const { env, output } = options;
        /** @type {import("node:child_process").StdioOptions} */
        const stdio = output === undefined ? "inherit" : ["ignore", output, output];
        const child = spawn(process.execPath, args, { cwd: root, env, stdio });
        let hung = false;
        /** @type {number | undefined} */
        let since;
        const watch = setInterval(() => {
            if (!fs.existsSync(counts)) return;
            since ??= Date.now();
            if (Date.now() - since > (options.grace ?? GRACE)) {
                hung = true;
                child.kill("SIGKILL");
            }
        }, 500);
        const forward = (/** @type {NodeJS.Signals} */ signal) => {
            ended = signal;
            child.kill(signal);
        };
        const signals = /** @type {NodeJS.Signals[]} */ (["SIGINT", "SIGTERM", "SIGHUP"]);
        signals.forEach((signal) => process.on(signal, forward));
        const done = () => {
            clearInterval(watch);
            signals.forEach((signal) => process.removeListener(signal, forward));
        };
        child.on("error", (error) => (done(), reject(error)));
        child.on("close", (code) => (done(), resolve({ code: code ?? 1, hung })));
    });
}

/**
 * Runs two lanes side by side: what the first one says is seen at once, what the other one says is kept and shown as a whole after it.
 * @param {Sum} sum
 * @param {(sum: Sum) => Promise<void>} first
 * @param {(sum: Sum, output: number) => Promise<void>} beside
 */
async function sideBySide(sum, first, beside) {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), "npm-test-"));
    const kept = path.join(folder, "output");
    const output = fs.openSync(kept, "a");
    try {
        const sums = [new Sum(), new Sum()];
        const lanes = await Promise.allSettled([first(sums[0]), beside(sums[1], output)]);
        process.stdout.write(fs.readFileSync(kept));
        for (const one of sums) sum.add(one);
        for (const lane of lanes) if (lane.status === "rejected") throw lane.reason;
    } finally {
        fs.closeSync(output);
        fs.rmSync(folder, { recursive: true, force: true });
    }
}

/** @param {Sum} sum @param {string} root @param {ReturnType<typeof parseArguments>} options @param {NodeJS.ProcessEnv} env */
async function runSteps(sum, root, options, env) {
    const { unit, endToEnd } = findTestFiles(root, options.patterns);
    const all = options.patterns.length === 0;
    if (all) {
        const checks = {
            "lint (eslint)": [packageProgram(root, "eslint"), "."],
            "format (prettier)": [packageProgram(root, "prettier"), "--check", "--log-level", "warn", "."],
            "type check (tsc)": ["typescript/bin/tsc", "--noEmit", "-p", "tsconfig.json"],
        };
        await checkSteps(sum, root, checks, env);
    }
    const unitOptions = { timeout: options.full ? 600_000 : 60_000, env };
    /** @param {Sum} its @param {string[]} files */
    const mainLane = async (its, files) => {
        if (!ended && (all || files.length > 0)) await mochaStep(its, "Unit tests", root, files, unitOptions);
        if (!ended && (all || endToEnd.length > 0))
            await mochaStep(its, "End-to-end tests", root, endToEnd, { timeout: 900_000, env });
    };
    // The long form loads the machine as it is, and some files alone are soon through.
    if (!all || options.full) return mainLane(sum, unit);
    const beside = unit.filter((name) => BESIDE.some((place) => name.startsWith(path.join("test", place))));
    const others = unit.filter((name) => !beside.includes(name));
    await sideBySide(
        sum,
        (its) => mainLane(its, others),
        async (its, output) => {
            if (ended) return;
            await mochaStep(its, "Unit tests beside them", root, beside, { ...unitOptions, output });
        },
    );
}

/**
 * Tests start some thousand programs of Node, most of them with the same large libraries: what V8 has made of those is kept for the
 * time of a run.
 * @template T
 * @param {NodeJS.ProcessEnv} env
 * @param {(env: NodeJS.ProcessEnv) => Promise<T>} work
 */
async function withCompileCache(env, work) {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), "npm-test-"));
    try {
        return await work({ NODE_COMPILE_CACHE: folder, ...env });
    } finally {
        fs.rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
    }
}

async function main() {
    const argv = process.argv.slice(2);
    const options = parseArguments(argv);
    if (options.unknown) {
        process.stderr.write(`error: unknown option ${options.unknown}\n${USAGE}\n`);
        return 2;
    }
    const root = repositoryRoot();
    if (options.patterns.length > 0) {
        const { unit, endToEnd } = findTestFiles(root, options.patterns);
        if (unit.length + endToEnd.length === 0) {
            process.stderr.write(`error: no test file matches ${options.patterns.join(" ")}\n${USAGE}\n`);
            return 2;
        }
    }
    const start = Date.now();
    const sum = new Sum();
    try {
        await ensureReady(__filename, argv, { engine: true });
        const env = { ...process.env, ...(options.full ? { FULL: "1", CASES: "100000" } : {}) };
        await withCompileCache(env, (itsEnv) => runSteps(sum, root, options, itsEnv));
    } catch (error) {
        process.stderr.write(`${describe(error)}\n`);
        sum.fail("set-up");
    }
    if (ended) {
        say(`\nended by ${ended} after ${duration(Date.now() - start)}`);
        return 128 + os.constants.signals[ended];
    }
    say(`\nAll of it took ${duration(Date.now() - start)}.`);
    sum.print();
    return sum.failed > 0 ? 1 : 0;
}

module.exports = { BESIDE, Sum, findTestFiles, mochaStep, parseArguments, sideBySide };

if (require.main === module) {
    void main().then(
        (code) => (process.exitCode = code),
        (error) => {
            process.stderr.write(`${describe(error)}\n`);
            process.exitCode = 1;
        },
    );
}
