#!/usr/bin/env node
"use strict";

const fs = require("fs");
const path = require("path");

const built = path.join(__dirname, "..", "dist", "autoscale", "cli", "main.js");
if (fs.existsSync(built)) {
    require(built).main();
} else {
    console.error("batch-autoscale: the package is not built; run `npm run build` first.");
    process.exitCode = 2;
}
