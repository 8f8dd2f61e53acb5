"use strict";
// A job manager: adds tasks to its own job with the account's key, then waits until they are done.
const crypto = require("node:crypto");
const https = require("node:https");

const {
    AZ_BATCH_ACCOUNT_NAME: account,
    AZ_BATCH_ACCOUNT_URL: base,
    AZ_BATCH_JOB_ID: job,
    KEY: key,
} = process.env;

function ask(method, path, body) {
    const text = body === undefined ? "" : JSON.stringify(body);
    const date = new Date().toUTCString();
    const type = text === "" ? "" : "application/json; odata=minimalmetadata";
    const length = text === "" ? "" : String(Buffer.byteLength(text));
    const lines = [method, "", "", length, "", type, date, "", "", "", "", ""];
    const signed = [...lines, `/${account}${path}\napi-version:2025-06-01`].join("\n");
    const signature = crypto
        .createHmac("sha256", Buffer.from(key, "base64"))
        .update(signed, "utf8")
        .digest("base64");
    const headers = { date, authorization: `SharedKey ${account}:${signature}` };
    if (text !== "") Object.assign(headers, { "content-type": type, "content-length": length });
    return new Promise((resolve, reject) => {
        const request = https.request(
            `${base}${path}?api-version=2025-06-01`,
            { method, headers },
            (response) => {
                let all = "";
                response.on("data", (chunk) => (all += chunk));
                response.on("end", () => {
                    if (response.statusCode >= 400)
                        reject(new Error(`${method} ${path}: ${response.statusCode} ${all}`));
                    else resolve(all === "" ? {} : JSON.parse(all));
                });
            },
        );
        request.on("error", reject);
        request.end(text);
    });
}

async function main() {
    const value = ["a", "b", "c"].map((id) => ({ id, commandLine: `/bin/sh -c "echo $AZ_BATCH_TASK_ID"` }));
    await ask("POST", `/jobs/${job}/addtaskcollection`, { value });
    for (;;) {
        const { taskCounts } = await ask("GET", `/jobs/${job}/taskcounts`);
        if (taskCounts.succeeded === value.length) break;
        await new Promise((resolve) => setTimeout(resolve, 50));
    }
    console.log("all done");
}

main().catch((error) => {
    console.error(error);
    process.exitCode = 1;
});
