"use strict";
// The arguments of `npm start`. Plain JavaScript, so that a wrong flag is told before minutes of set-up.
const fs = require("node:fs");
const path = require("node:path");

const USAGE = `Usage: npm start [-- [FILE...] [--top N] [--keep] [--results FILE] [--json]]
  FILE            files whose words are counted; without one, the project's own documents
  --top N         how many words of each file (default 3)
  --keep          leave Batch Local serving and the stack deployed
  --results FILE  write the result as JSON
  --json          print the result as JSON alone on stdout, progress on stderr
  --help          print this`;

/**
 * @typedef {object} StartArguments
 * @property {string[]} files as given
 * @property {number} top
 * @property {boolean} keep
 * @property {string | undefined} results
 * @property {boolean} json
 * @property {boolean} help
 */

/**
 * @param {string[]} argv
 * @returns {{arguments: StartArguments} | {error: string}} the error is one line that says what was given and what is allowed
 */
function parseStartArguments(argv) {
    /** @type {StartArguments} */
    const parsed = { files: [], top: 3, keep: false, results: undefined, json: false, help: false };
    for (let index = 0; index < argv.length; index++) {
        const given = argv[index];
        const [flag, inline] =
            given.startsWith("--") && given.includes("=") ? splitOnce(given) : [given, undefined];
        if (flag === "--top" || flag === "--results") {
            const value = inline ?? argv[++index];
            if (value === undefined || value === "") return { error: `${flag} needs a value` };
            if (flag === "--results") {
                parsed.results = value;
            } else {
                if (!/^[0-9]{1,9}$/.test(value) || Number(value) < 1) {
                    return { error: `--top ${value}: it must be a whole number from 1 on` };
                }
                parsed.top = Number(value);
            }
        } else if (given === "--keep" || given === "--json" || given === "--help") {
            parsed[/** @type {"keep" | "json" | "help"} */ (given.slice(2))] = true;
        } else if (given === "--") {
            parsed.files.push(...argv.slice(index + 1));
            break;
        } else if (given.startsWith("-") && given !== "-") {
            return { error: `unknown flag ${given}` };
        } else {
            parsed.files.push(given);
        }
    }
    const bad = [...parsed.files.map(whyUnreadable), whyUnwritable(parsed.results)].find(
        (reason) => reason !== undefined,
    );
    return bad === undefined ? { arguments: parsed } : { error: bad };
}

/** @param {string} given */
function splitOnce(given) {
    const at = given.indexOf("=");
    return [given.slice(0, at), given.slice(at + 1)];
}

/** @param {string} file */
function whyUnreadable(file) {
    try {
        if (!fs.statSync(file).isFile()) return `${file} is not a file`;
        fs.accessSync(file, fs.constants.R_OK);
        return undefined;
    } catch (error) {
        const code = /** @type {NodeJS.ErrnoException} */ (error).code;
        return code === "ENOENT" || code === "ENOTDIR"
            ? `${file}: there is no such file`
            : `${file} cannot be read (${code})`;
    }
}

/**
 * What would lose the result at the end is told before anything starts.
 * @param {string | undefined} file
 */
function whyUnwritable(file) {
    if (file === undefined) return undefined;
    const there = fs.statSync(file, { throwIfNoEntry: false });
    if (there?.isDirectory()) return `--results ${file} is a folder: give the name of a file`;
    const folder = path.dirname(path.resolve(file));
    if (!fs.existsSync(folder)) return `--results ${file}: there is no folder ${folder}`;
    try {
        fs.accessSync(there === undefined ? folder : file, fs.constants.W_OK);
        return undefined;
    } catch (error) {
        return `--results ${file} cannot be written (${/** @type {NodeJS.ErrnoException} */ (error).code})`;
    }
}

module.exports = { USAGE, parseStartArguments };
