"use strict";
// npm start: makes all ready, then hands over to the compiled dist/setup/start/main.js.
const path = require("node:path");
const { repositoryRoot, runMain } = require("./common");
const { runForeground } = require("./node");
const { ensureReady } = require("./ready");
const { USAGE, parseStartArguments } = require("./start-arguments");

// npm runs scripts in the repository's root; paths are meant from where the user stands.
if (process.env.INIT_CWD && process.env.npm_lifecycle_event) process.chdir(process.env.INIT_CWD);

void runMain(async () => {
    const argv = process.argv.slice(2);
    const parsed = parseStartArguments(argv);
    if ("error" in parsed) {
        process.stderr.write(`error: ${parsed.error}\n${USAGE}\n`);
        return 2;
    }
    if (parsed.arguments.help) {
        process.stdout.write(`${USAGE}\n`);
        return 0;
    }
    await ensureReady(__filename, argv, { engine: true });
    return runForeground(process.execPath, [
        path.join(repositoryRoot(), "dist", "setup", "start", "main.js"),
        ...argv,
    ]);
});
