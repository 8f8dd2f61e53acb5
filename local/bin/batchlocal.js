#!/usr/bin/env node
"use strict";
// Checks the Node version and loads the compiled command; in a checkout, what has changed since the last time is compiled first.
const fs = require("node:fs");
const path = require("node:path");

const compiled = path.join(__dirname, "..", "dist", "local", "cli", "main.js");
const inCheckout = path.join(__dirname, "..", "..", "setup");
const packed = path.join(__dirname, "..", "dist", "setup");
const isCheckout = fs.existsSync(path.join(__dirname, "..", "tsconfig.json"));
const setup = isCheckout ? inCheckout : packed;

/** node:sqlite says on each start that it is experimental: that is ours to know, not the user's. */
function muteExperimentalWarning() {
    const emit = process.emitWarning;
    process.emitWarning = (warning, ...rest) => {
        if (!/SQLite is an experimental feature/.test(String(warning))) emit.call(process, warning, ...rest);
    };
}

async function main() {
    const args = process.argv.slice(2);
    const { underRightNode } = require(path.join(setup, "node.js"));
    await underRightNode(__filename, args);
    if (isCheckout) await require(path.join(inCheckout, "build.js")).ensureBuild({ only: "local" });
    muteExperimentalWarning();
    return require(compiled).main(args);
}

main().then(
    (code) => process.exit(code),
    (error) => {
        const { describe } = require(path.join(setup, "common.js"));
        process.stderr.write(`${describe(error)}\n`);
        process.exit(1);
    },
);
