import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import ts from "typescript";
import { diagnosticCodes } from "../../components";
import { examplesOf, pages, root } from "./examples";

describe("the documentation", function () {
    this.timeout(120_000);

    it("has an example on every page, and every example compiles under strict settings", () => {
        const sources = new Map(
            examplesOf(pages).map(({ name, text }) => [path.join(root, "test", `${name}.ts`), text]),
        );
        assert.ok(sources.size >= pages.length);
        const options: ts.CompilerOptions = {
            strict: true,
            noEmit: true,
            skipLibCheck: true,
            target: ts.ScriptTarget.ES2022,
            module: ts.ModuleKind.CommonJS,
            moduleResolution: ts.ModuleResolutionKind.Node10,
            ignoreDeprecations: "5.0",
            esModuleInterop: true,
            types: ["node"],
            baseUrl: root,
            // The sources themselves, so that the pages are checked against what is being written.
            paths: {
                "pulumi-azure-batch": ["components/index.ts"],
                "pulumi-azure-batch/client": ["client/index.ts"],
                "pulumi-azure-batch/testing": ["components/testing/index.ts"],
            },
        };
        const host = ts.createCompilerHost(options);
        const { readFile, fileExists, getSourceFile } = host;
        host.readFile = (file) => sources.get(file) ?? readFile(file);
        host.fileExists = (file) => sources.has(file) || fileExists(file);
        host.getSourceFile = (file, version, ...rest) => {
            const text = sources.get(file);
            return text === undefined
                ? getSourceFile(file, version, ...rest)
                : ts.createSourceFile(file, text, version);
        };
        const program = ts.createProgram([...sources.keys()], options, host);
        const problems = [...sources.keys()].flatMap((file) => {
            const source = program.getSourceFile(file);
            return source === undefined
                ? [`${file} was not read`]
                : [...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source)].map(
                      (problem) =>
                          `${path.basename(file)}: ${ts.flattenDiagnosticMessageText(problem.messageText, "\n")}`,
                  );
        });
        assert.deepEqual(problems, []);
    });

    it("lists every code that the constructs report", () => {
        const text = fs.readFileSync(path.join(root, "docs/diagnostics.md"), "utf8");
        for (const [code, about] of Object.entries(diagnosticCodes))
            assert.ok(text.includes(`| \`${code}\` | ${about} |`), code);
    });

    it("lists no code that nothing reports", () => {
        const text = fs.readFileSync(path.join(root, "docs/diagnostics.md"), "utf8");
        const sources = fs
            .readdirSync(path.join(root, "components"), { recursive: true, encoding: "utf8" })
            .filter((name) => name.endsWith(".ts") && name !== "diagnostics.ts")
            .map((name) => fs.readFileSync(path.join(root, "components", name), "utf8"))
            .join("\n");
        const listed = [...text.matchAll(/^\| `(BATCH\d{4})`/gm)].map(([, code]) => code ?? "");
        assert.equal(new Set(listed).size, listed.length, "each code once");
        for (const code of listed) {
            assert.ok(code in diagnosticCodes, `${code} is none`);
            assert.ok(sources.includes(`"${code}"`), `nothing reports ${code}`);
        }
    });

    it("links only to pages that are there", () => {
        const index = fs.readFileSync(path.join(root, "docs/README.md"), "utf8");
        for (const [, link] of index.matchAll(/\]\(([^)]+)\)/g))
            assert.ok(fs.existsSync(path.join(root, "docs", link ?? "")), link);
    });
});
