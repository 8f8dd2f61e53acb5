// Every property of job, schedule and task in the service's own description: accepted by the types, sent, and seen in Batch Local.
import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import ts from "typescript";
import { skip } from "../support/skip";
import { bodiesOf, pathsOf, programOf, unseen } from "./propertyArgs";
import type { Body } from "./propertyArgs";
import { OpenApi } from "../support/openApi";
import { root, Stack } from "./stack";

const options: ts.CompilerOptions = {
    strict: true,
    noEmit: true,
    skipLibCheck: true,
    esModuleInterop: true,
    target: ts.ScriptTarget.ES2022,
    module: ts.ModuleKind.CommonJS,
    moduleResolution: ts.ModuleResolutionKind.Node10,
    ignoreDeprecations: "5.0",
    types: ["node"],
    baseUrl: root,
    // The sources themselves, so that the types that are being written are checked.
    paths: { "pulumi-azure-batch": ["components/index.ts"] },
};

/** What the compiler says of programs that lie nowhere. */
function faultsOf(...texts: string[]): string[][] {
    const files = new Map(
        texts.map((text, at) => [path.join(__dirname, `all-properties-${at}.generated.ts`), text]),
    );
    const host = ts.createCompilerHost(options);
    const { getSourceFile, fileExists } = host;
    host.getSourceFile = (name, ...rest) => {
        const text = files.get(path.resolve(name));
        return text === undefined
            ? getSourceFile(name, ...rest)
            : ts.createSourceFile(name, text, ts.ScriptTarget.ES2022);
    };
    host.fileExists = (name) => files.has(path.resolve(name)) || fileExists(name);
    const compiled = ts.createProgram([...files.keys()], options, host);
    return [...files.keys()].map((file) =>
        compiled
            .getSemanticDiagnostics(compiled.getSourceFile(file))
            .map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, " ")),
    );
}

/** What the service says of some things; asked by a process that signs in as the deployment does. */
async function read(stack: Stack, endpoint: string, paths: readonly string[]): Promise<Body[]> {
    const program = `
        const batch = require("pulumi-azure-batch/client");
        const read = async ([endpoint, ...paths]) => {
            const { credential, batchScope } = await batch.signIn();
            const client = new batch.BatchClient(endpoint, batch.entraCredential(credential, batchScope));
            const found = [];
            for (const path of paths) found.push(await client.core.json({ method: "GET", path }));
            client.close();
            console.log(JSON.stringify(found));
        };
        read(process.argv.slice(1));`;
    const child = stack.batchlocal(["exec", "--", process.execPath, "-e", program, endpoint, ...paths]);
    const { code, text } = await stack.finish(child);
    assert.equal(code, 0, text);
    return JSON.parse(text.slice(text.indexOf("["))) as Body[];
}

describe("the properties of job, schedule and task of api-version 2025-06-01", function () {
    this.timeout(300_000);
    const names = {
        jobs: "BatchJobCreateOptions",
        schedules: "BatchJobScheduleCreateOptions",
        tasks: "BatchTaskCreateOptions",
    } as const;
    const schemas = OpenApi.read("data-plane-2025-06-01")?.schemas;
    let bodies = { jobs: [] as Body[], schedules: [] as Body[], tasks: [] as Body[] };
    let text = "";

    before(function () {
        if (schemas === undefined) skip(this, "the service's description, ../shared/specs, is not there");
        bodies = {
            jobs: bodiesOf(schemas, names.jobs),
            schedules: bodiesOf(schemas, names.schedules),
            tasks: bodiesOf(schemas, names.tasks),
        };
        text = programOf(bodies);
        const counts = (["jobs", "schedules", "tasks"] as const).map((kind) => {
            const paths = new Set(bodies[kind].flatMap((body) => pathsOf(body)));
            return [kind, paths.size] as const;
        });
        const all = counts.reduce((sum, [, count]) => sum + count, 0);
        console.log(
            `      ${all} properties: ${counts.map(([kind, count]) => `${count} of ${kind}`).join(", ")}; what excludes each other in ${bodies.jobs.length} variants`,
        );
        assert.ok(all > 200, String(all));
        // Nothing of the description is left out by all variants.
        for (const [kind, name] of Object.entries(names) as [keyof typeof names, string][]) {
            const missing: string[] = Object.keys(schemas[name]?.properties ?? {}).filter(
                (one) => !bodies[kind].some((body) => one in body),
            );
            assert.deepEqual(missing, [], name);
        }
    });

    it("are accepted by the types of this library's arguments", () => {
        const [faults, others] = faultsOf(text, text.replaceAll("rerunOnReboot:", "rerunOnReboots:"));
        assert.deepEqual(faults, []);
        assert.match(others?.[0] ?? "", /'rerunOnReboots' does not exist/);
    });

    it("are sent by the resources, and seen in Batch Local", async () => {
        const compiled = ts.transpileModule(text, {
            compilerOptions: { module: ts.ModuleKind.CommonJS, target: ts.ScriptTarget.ES2022 },
        });
        const program = path.join(fs.mkdtempSync(path.join(fs.realpathSync("/tmp"), "program-")), "index.js");
        fs.writeFileSync(program, compiled.outputText);
        const stack = await Stack.open(program);
        try {
            fs.mkdirSync(path.join(stack.project, "package"));
            fs.writeFileSync(path.join(stack.project, "package", "tool"), "a tool");
            await stack.up();
            const endpoint = String((await stack.outputs())["endpoint"]);
            const seen = await read(stack, endpoint, [
                ...bodies.jobs.map((_, at) => `/jobs/job-${at}`),
                ...bodies.schedules.map((_, at) => `/jobschedules/schedule-${at}`),
                ...bodies.tasks.map((_, at) => `/jobs/job-0/tasks/task-${at}`),
            ]);
            // What is secret is never shown again; what happens after all tasks is the collection's matter.
            const own = (one: string): boolean => !/\.password:|^\.id:|^\.onAllTasksComplete:/.test(one);
            for (const [at, sent] of [...bodies.jobs, ...bodies.schedules, ...bodies.tasks].entries())
                assert.deepEqual(unseen(sent, seen[at]).filter(own), [], String(seen[at]?.["url"]));
            await stack.must(["destroy", "--yes", "--skip-preview"]);
        } finally {
            await stack.close();
            fs.rmSync(path.dirname(program), { recursive: true, force: true });
        }
    });
});
