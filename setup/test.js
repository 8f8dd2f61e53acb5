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
 * A step that counts as one test.
 * @param {Sum} sum
 * @param {string} title
 * @param {string} root
 * @param {string[]} command a script of an installed package, then its arguments
 */
async function checkStep(sum, title, root, command) {
    const start = Date.now();
    const [script, ...args] = command;
    const result = await run(process.execPath, [require.resolve(script, { paths: [root] }), ...args], {
        cwd: root,
    });
    if (result.code === 0) {
        sum.passed++;
        say(`passed  ${title} (${duration(Date.now() - start)})`);
    } else {
        sum.fail(title);
        say(`${result.stdout}${result.stderr}`.trimEnd());
        say(`FAILED  ${title} (${duration(Date.now() - start)})`);
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
 * @param {{timeout: number, env: NodeJS.ProcessEnv, grace?: number}} options
 */
async function mochaStep(sum, title, root, files, options) {
    say(`\n${title}`);
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
        // Of itself it takes CI for a terminal.
        if (!process.stdout.isTTY) args.push("--no-color");
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
        sum.passed += result.passed;
        sum.failed += result.failed;
        sum.skipped.push(...result.skipped);
        sum.failures.push(...result.failures);
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
 * @param {{env: NodeJS.ProcessEnv, grace?: number}} options
 * @param {string} counts its appearance tells that the last test has ended
 * @returns {Promise<{code: number, hung: boolean}>}
 */
function runMocha(args, root, options, counts) {
    return new Promise((resolve, reject) => {
        const child = spawn(process.execPath, args, { cwd: root, env: options.env, stdio: "inherit" });
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

/** @param {Sum} sum @param {string} root @param {ReturnType<typeof parseArguments>} options */
async function runSteps(sum, root, options) {
    const { unit, endToEnd } = findTestFiles(root, options.patterns);
    const env = { ...process.env, ...(options.full ? { FULL: "1", CASES: "100000" } : {}) };
    const all = options.patterns.length === 0;
    if (all) {
        await checkStep(sum, "lint (eslint)", root, [packageProgram(root, "eslint"), "."]);
        const prettier = [packageProgram(root, "prettier"), "--check", "--log-level", "warn", "."];
        await checkStep(sum, "format (prettier)", root, prettier);
        await checkStep(sum, "type check (tsc)", root, [
            "typescript/bin/tsc",
            "--noEmit",
            "-p",
            "tsconfig.json",
        ]);
    }
    if (!ended && (all || unit.length > 0)) {
        await mochaStep(sum, "Unit tests", root, unit, { timeout: options.full ? 600_000 : 60_000, env });
    }
    if (!ended && (all || endToEnd.length > 0)) {
        await mochaStep(sum, "End-to-end tests", root, endToEnd, { timeout: 900_000, env });
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
        await runSteps(sum, root, options);
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

module.exports = { Sum, findTestFiles, mochaStep, parseArguments };

if (require.main === module) {
    void main().then(
        (code) => (process.exitCode = code),
        (error) => {
            process.stderr.write(`${describe(error)}\n`);
            process.exitCode = 1;
        },
    );
}
