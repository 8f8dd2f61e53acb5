"use strict";
// Preloaded into every process of a deployment: notes each HTTP request that is sent, in the file REQUESTS.
const { subscribe } = require("node:diagnostics_channel");
const fs = require("node:fs");

subscribe("http.client.request.start", ({ request }) => {
    fs.appendFileSync(process.env.REQUESTS, `${request.method} ${request.path.split("?")[0]}\n`);
});
