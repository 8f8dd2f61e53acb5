"use strict";
// Runs within `batchlocal exec`, as a stranger would: with nothing but its environment. Prints the status of each attempt.
const { createHmac } = require("node:crypto");

const { env } = process;
const endpoint = env.AZURE_BATCH_ENDPOINT;
const arm = `https://${env.ARM_METADATA_HOSTNAME}`;
const query = "api-version=2025-06-01";
const results = {};

async function signed(name, base, key, date = new Date().toUTCString()) {
    const text = `GET${"\n".repeat(12)}ocp-date:${date}\n/${env.AZURE_BATCH_ACCOUNT}/pools\n${query.replace("=", ":")}`;
    const signature = createHmac("sha256", Buffer.from(key, "base64")).update(text).digest("base64");
    const authorization = `SharedKey ${env.AZURE_BATCH_ACCOUNT}:${signature}`;
    const response = await fetch(`${base}/pools?${query}`, { headers: { "ocp-date": date, authorization } });
    results[name] = response.status;
}

async function bearer(name, url, value) {
    const headers = value === undefined ? {} : { authorization: `Bearer ${value}` };
    results[name] = (await fetch(url, { headers })).status;
}

function managedIdentity(resource, header) {
    const url = `${env.IDENTITY_ENDPOINT}?api-version=2019-08-01&resource=${encodeURIComponent(resource)}`;
    return fetch(url, { headers: { "X-IDENTITY-HEADER": header } });
}

async function token(resource) {
    return (await (await managedIdentity(resource, env.IDENTITY_HEADER)).json()).access_token;
}

async function main() {
    const key = env.AZURE_BATCH_ACCESS_KEY;
    await signed("key https", endpoint, key);
    await signed("key http", endpoint.replace("https:", "http:"), key);
    await signed("wrong key", endpoint, Buffer.from("wrong").toString("base64"));
    await signed("old clock", endpoint, key, new Date(Date.now() - 20 * 60_000).toUTCString());
    const batch = await token("https://batch.core.windows.net/");
    const management = await token("https://management.azure.com/");
    const none = `${Buffer.from('{"alg":"none"}').toString("base64url")}.${batch.split(".")[1]}.`;
    await bearer("token", `${endpoint}/pools?${query}`, batch);
    await bearer("token of another resource", `${endpoint}/pools?${query}`, management);
    await bearer("token with alg none", `${endpoint}/pools?${query}`, none);
    await bearer("nothing", `${endpoint}/pools?${query}`);
    await bearer("resource manager", `${arm}/subscriptions?api-version=2022-12-01`, management);
    await bearer("resource manager, token of Batch", `${arm}/subscriptions?api-version=2022-12-01`, batch);
    await bearer("resource manager, nothing", `${arm}/subscriptions?api-version=2022-12-01`);
    await bearer("metadata", `${arm}/metadata/endpoints?api-version=2022-09-01`);
    const refused = await managedIdentity("https://batch.core.windows.net/", "wrong");
    results["wrong identity header"] = refused.status;
    const account = `${arm}/subscriptions/${env.ARM_SUBSCRIPTION_ID}/resourceGroups/batchlocal/providers/Microsoft.Batch/batchAccounts/batchlocal`;
    const shown = await fetch(`${account}?api-version=2024-07-01`, {
        headers: { authorization: `Bearer ${management}` },
    });
    const regenerated = await fetch(`${account}/regenerateKeys?api-version=2024-07-01`, {
        method: "POST",
        headers: { authorization: `Bearer ${management}`, "content-type": "application/json" },
        body: JSON.stringify({ keyName: "Primary" }),
    });
    await signed("old key", endpoint, key);
    await signed("new key", endpoint, (await regenerated.json()).primary);
    process.stdout.write(JSON.stringify({ results, account: (await shown.json()).properties }));
}

void main();
