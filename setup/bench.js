"use strict";
// npm run bench [-- NAME [ARGUMENT...]]: runs bench/NAME.ts; without a name it lists them.
const fs = require("node:fs");
const path = require("node:path");
const { repositoryRoot, runMain } = require("./common");
const { runForeground } = require("./node");
const { ensureReady } = require("./ready");

/** @param {string} folder @returns {{name: string, file: string, needsEngine: boolean, title: string}[]} */
function listBenches(folder) {
    if (!fs.existsSync(folder)) return [];
    return fs
        .readdirSync(folder)
        .filter((name) => name.endsWith(".ts") && !name.endsWith(".d.ts"))
        .sort()
        .map((name) => {
            const file = path.join(folder, name);
            const comments = /^(?:\/\/[^\n]*\n|\s*\n)*/.exec(`${fs.readFileSync(file, "utf8")}\n`)?.[0] ?? "";
            const lines = comments.split("\n").map((line) => line.replace(/^\/\/\s?/, "").trim());
            return {
                name: name.slice(0, -".ts".length),
                file,
                needsEngine: lines.some((line) => /^needs:.*\bengine\b/.test(line)),
                title: lines.find((line) => line !== "" && !line.startsWith("needs:")) ?? "",
            };
        });
}

/** @param {string[]} argv @param {string} folder @returns {Promise<number>} */
async function bench(argv, folder) {
    const benches = listBenches(folder);
    const list = benches.map(({ name, title }) => `  ${name.padEnd(20)} ${title}`.trimEnd()).join("\n");
    const [name, ...args] = argv;
    if (name === undefined) {
        process.stdout.write(
            `npm run bench -- NAME, where NAME is one of\n${list || "  (there is none yet)"}\n`,
        );
        return 0;
    }
    const chosen = benches.find((candidate) => candidate.name === name);
    if (!chosen) {
        process.stderr.write(`error: there is no bench "${name}"; there are\n${list || "  none yet"}\n`);
        return 2;
    }
    await ensureReady(__filename, argv, { engine: chosen.needsEngine });
    const register = require.resolve("ts-node/register", { paths: [repositoryRoot()] });
    return runForeground(process.execPath, ["--require", register, chosen.file, ...args]);
}

module.exports = { bench, listBenches };

if (require.main === module) {
    void runMain(() => bench(process.argv.slice(2), path.join(repositoryRoot(), "bench")));
}
