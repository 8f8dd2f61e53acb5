"use strict";
// All that a command needs before it can start: the right Node, the dependencies, the build, the engine.
const { logToStderr } = require("./common");
const { ensureBuild } = require("./build");
const { ensureDependencies } = require("./dependencies");
const { ensureEngine } = require("./engine");
const { underRightNode } = require("./node");

/**
 * @param {string} scriptFile the command's own file, run again under the right Node when this one is too old
 * @param {string[]} args
 * @param {{engine: boolean, build?: boolean, log?: (line: string) => void}} needs
 * @returns {Promise<import("./engine").Engine | undefined>} the engine when asked for; it is first on PATH then
 */
async function ensureReady(scriptFile, args, needs) {
    const log = needs.log ?? logToStderr;
    await underRightNode(scriptFile, args, { log });
    await ensureDependencies({ log });
    if (needs.build ?? true) await ensureBuild({ log });
    return needs.engine ? ensureEngine({ log }) : undefined;
}

module.exports = { ensureReady };
