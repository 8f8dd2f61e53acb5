"use strict";
// The entries of the library: one that loads a construct when it is first used, and one for ES modules.
const fs = require("node:fs");
const path = require("node:path");

const IMPORT = /^(?:var|const) (\w+_\d+) = require\("(\.[^"]+)"\);\n/gm;
const STAR = /^exports\.(\w+) = __importStar\(require\("(\.[^"]+)"\)\);$/gm;

/**
 * A compiled entry that loads each of its modules when something of it is first asked for. What was done already stays as it is.
 * @param {string} text what the compiler made of a file that has nothing but exports
 */
function loadedOnUse(text) {
    /** @type {Map<string, string>} */
    const modules = new Map();
    const without = text.replace(IMPORT, (_all, name, file) => {
        modules.set(name, file);
        return "";
    });
    return without
        .replace(/return (\w+_\d+)\.(\w+);/g, (all, name, member) =>
            modules.has(name) ? `return require("${modules.get(name)}").${member};` : all,
        )
        .replace(
            STAR,
            (_all, name, file) =>
                `Object.defineProperty(exports, "${name}", { enumerable: true, get: function () { return require("${file}"); } });`,
        );
}

/**
 * An ES module that gives what the CommonJS entry gives, so that a program has every class once however it asks.
 * @param {string} file name of the CommonJS entry beside it
 * @param {string} text its text
 */
function asModule(file, text) {
    const names = [...text.matchAll(/^Object\.defineProperty\(exports, "(\w+)", \{ enumerable/gm)].map(
        ([, name]) => name,
    );
    return `import entry from "./${file}";\nexport const {\n${names.map((name) => `    ${name},\n`).join("")}} = entry;\n`;
}

/**
 * Finishes the entry that the compiler has written.
 * @param {string} folder
 */
function finishEntry(folder) {
    const file = path.join(folder, "index.js");
    const text = loadedOnUse(fs.readFileSync(file, "utf8"));
    fs.writeFileSync(file, text);
    fs.writeFileSync(path.join(folder, "index.mjs"), asModule("index.js", text));
    fs.writeFileSync(path.join(folder, "index.d.mts"), 'export * from "./index.js";\n');
}

module.exports = { asModule, finishEntry, loadedOnUse };
