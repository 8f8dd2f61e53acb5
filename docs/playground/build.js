"use strict";

// Writes dist/playground/index.html: one page with parser, checker, simulator and charts in it.
const fs = require("fs");
const path = require("path");
const esbuild = require("esbuild");

const root = path.join(__dirname, "..", "..");

async function main() {
    const result = await esbuild.build({
        entryPoints: [path.join(__dirname, "main.js")],
        bundle: true,
        minify: true,
        write: false,
        format: "iife",
        target: "es2022",
        legalComments: "inline",
    });
    const program = result.outputFiles[0].text.replace(/<\/script/gi, "<\\/script");
    const style = fs.readFileSync(require.resolve("uplot/dist/uPlot.min.css"), "utf8");
    // Functions as replacements: "$" in the program must not be read as a pattern.
    const page = fs
        .readFileSync(path.join(__dirname, "page.html"), "utf8")
        .replace("/*CHART-STYLE*/", () => style)
        .replace("/*PROGRAM*/", () => program);
    const file = path.join(process.argv[2] ?? path.join(root, "dist", "playground"), "index.html");
    fs.mkdirSync(path.dirname(file), { recursive: true });
    fs.writeFileSync(file, page);
    console.log(`${path.relative(process.cwd(), file)}: ${Math.round(page.length / 1024)} KB`);
}

main().catch((error) => {
    console.error(error.message);
    process.exitCode = 1;
});
