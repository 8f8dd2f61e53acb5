"use strict";
// Compiles the packages of this repository: the library, Batch Local and the policy pack.
// Plain JavaScript, because it runs before anything is built.
const { spawnSync } = require("node:child_process");
const path = require("node:path");

const root = path.resolve(__dirname, "..");
const projects = ["tsconfig.build.json", "local/tsconfig.json", "policy/tsconfig.json"];

/** @returns {number} 0 when every project compiled */
function build() {
    const tsc = require.resolve("typescript/bin/tsc", { paths: [root] });
    for (const project of projects) {
        const run = spawnSync(process.execPath, [tsc, "-p", project], { cwd: root, stdio: "inherit" });
        if (run.status !== 0) return run.status ?? 1;
    }
    return 0;
}

module.exports = { build };
if (require.main === module) process.exitCode = build();
