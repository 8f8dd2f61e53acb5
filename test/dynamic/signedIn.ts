// Code of the client and the provider in a process that is signed in as a deployment is, beside a Batch Local.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import path from "node:path";
import type { Local } from "../scenarios/local";

const root = path.resolve(__dirname, "../..");

export interface Told {
    /** The error's message; undefined where there was none. */
    message: string | undefined;
    /** Requests to the endpoint, as `POST /jobs`. */
    requests: string[];
}

// Run signed in, beside Batch Local: every request that leaves the process is noted.
const caller = `
const [given] = process.argv.slice(-1).map((text) => JSON.parse(text));
Object.assign(process.env, given.env);
const requests = [];
require("node:diagnostics_channel").subscribe("http.client.request.created", ({ request }) =>
    requests.push(request.getHeader("host") + " " + request.method + " " + request.path.split("?")[0]));
const client = require(given.root + "/dist/client");
const dynamic = require(given.root + "/dist/components/dynamic");
const withToken = (endpoint, token) => new client.BatchClient(endpoint, client.entraCredential({
    getToken: async () => ({ token, expiresOnTimestamp: Date.now() + 3600000 }) }));
const run = new Function("client", "dynamic", "withToken", "return (async () => {" + given.code + "})()");
run(client, dynamic, withToken).then(() => undefined, (error) => error).then((error) => {
    console.log("told " + JSON.stringify({ message: error && [error.message, ...(error.reasons ?? [])].join("\\n"), requests }));
    process.exit();
});
`;

/**
 * What code that uses `client`, `dynamic` or `withToken` is told, and the requests that it made to a host.
 * @param env variables of the code, in the place of those that a deployment gets
 */
export async function runSignedIn(local: Local, code: string, host: string, env: object = {}): Promise<Told> {
    const command = path.join(root, "local/bin/batchlocal.js");
    const given = JSON.stringify({ root, code, env });
    const child = spawn(
        process.execPath,
        [command, "exec", "--", process.execPath, "-e", caller, "--", given],
        { cwd: root, env: { ...process.env, BATCHLOCAL_DATA: local.directory } },
    );
    let text = "";
    child.stdout.on("data", (chunk: Buffer) => (text += chunk.toString()));
    child.stderr.on("data", (chunk: Buffer) => (text += chunk.toString()));
    await new Promise((resolve) => child.once("close", resolve));
    const line = /^told (.*)$/m.exec(text)?.[1];
    assert.ok(line !== undefined, text);
    const found = JSON.parse(line) as Told;
    const requests = found.requests
        .filter((request) => request.startsWith(`${host} `))
        .map((request) => request.slice(host.length + 1));
    return { ...found, requests };
}
