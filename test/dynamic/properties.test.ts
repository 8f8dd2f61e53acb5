// Every property of job, schedule and task in the service's own description: accepted by the types, sent, and seen in Batch Local.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import ts from "typescript";
import { BatchClient, sharedKeyCredential } from "../../client";
import type {
    BatchJobCreateOptions,
    BatchJobScheduleCreateOptions,
    BatchTaskCreateOptions,
} from "../../client";

interface Schema {
    readonly $ref?: string;
    readonly allOf?: readonly Schema[];
    readonly type?: string;
    readonly format?: string;
    readonly enum?: readonly string[];
    readonly properties?: Readonly<Record<string, Schema>>;
    readonly items?: Schema;
}

type Body = Record<string, unknown>;

const root = path.resolve(__dirname, "../..");
const file = path.resolve(root, "../shared/specs/data-plane-2025-06-01.json");

// A pool that is made for a job is the pools' own matter; of two that exclude each other one is sent.
const left = new Set([
    "autoPoolSpecification",
    "username",
    "autoStorageContainerName",
    "httpUrl",
    "filePath",
]);
const values: Readonly<Record<string, unknown>> = {
    poolId: "pool",
    numberOfInstances: 2,
    requiredSlots: 1,
    maxTaskRetryCount: 3,
    start: 1,
    end: 4,
    priority: 10,
    maxParallelTasks: 5,
    fileMode: "0770",
    taskIds: ["other"],
    scope: "task",
    onTaskFailure: "performexitoptionsjobaction",
    onAllTasksComplete: "noaction",
    usesTaskDependencies: true,
    maxWallClockTime: "PT10M",
    doNotRunUntil: "2030-01-01T00:00:00Z",
    doNotRunAfter: "2031-01-01T00:00:00Z",
    startWindow: "PT5M",
    recurrenceInterval: "PT30M",
    subnetId:
        "/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/g/providers/Microsoft.Network/virtualNetworks/v/subnets/s",
};

function sample(schemas: Readonly<Record<string, Schema>>, schema: Schema, name: string): unknown {
    const ref = schema.$ref ?? schema.allOf?.[0]?.$ref;
    if (ref !== undefined) {
        const target = schemas[ref.split("/").at(-1) ?? ""];
        assert.ok(target, ref);
        return sample(schemas, target, name);
    }
    if (name in values) return values[name];
    if (schema.properties !== undefined) {
        const entries = Object.entries(schema.properties).filter(([key]) => !left.has(key));
        return Object.fromEntries(entries.map(([key, inner]) => [key, sample(schemas, inner, key)]));
    }
    if (schema.type === "array") return [sample(schemas, schema.items ?? {}, name)];
    if (schema.enum !== undefined) return schema.enum[0];
    if (schema.type === "boolean") return true;
    if (schema.type === "integer" || schema.type === "number") return 7;
    if (schema.format === "duration") return "PT10M";
    if (/url$/i.test(name)) return "https://acc.blob.core.windows.net/container";
    return `a-${name.toLowerCase()}`;
}

/** Paths of all that is in a value, `a.b[].c`. */
function paths(value: unknown, before = ""): string[] {
    if (Array.isArray(value)) return value.flatMap((item) => paths(item, `${before}[]`));
    if (typeof value !== "object" || value === null) return [before];
    return Object.entries(value).flatMap(([name, inner]) =>
        paths(inner, before === "" ? name : `${before}.${name}`),
    );
}

/** Sent and not seen again, or seen as something else. */
function unseen(sent: unknown, seen: unknown, before = ""): string[] {
    if (Array.isArray(sent))
        return sent.flatMap((item, index) =>
            unseen(item, (seen as unknown[] | undefined)?.[index], `${before}[]`),
        );
    if (typeof sent === "object" && sent !== null) {
        return Object.entries(sent).flatMap(([name, inner]) =>
            unseen(inner, (seen as Body | undefined)?.[name], `${before}.${name}`),
        );
    }
    const plain = (value: unknown): unknown =>
        typeof value === "string" && /^\d{4}-.*Z$/.test(value) ? Date.parse(value) : value;
    return plain(sent) === plain(seen)
        ? []
        : [`${before}: ${JSON.stringify(sent)} came as ${JSON.stringify(seen)}`];
}

// A package has to exist in the account; they have tests of their own.
function withoutPackages(value: unknown): unknown {
    return JSON.parse(
        JSON.stringify(value, (name, inner: unknown) =>
            name === "applicationPackageReferences" ? undefined : inner,
        ),
    );
}

describe("the properties of job, schedule and task of api-version 2025-06-01", function () {
    this.timeout(120_000);
    const names = [
        "BatchJobCreateOptions",
        "BatchJobScheduleCreateOptions",
        "BatchTaskCreateOptions",
    ] as const;
    const bodies: Record<string, Body> = {};

    before(function () {
        if (!fs.existsSync(file)) {
            console.log("      skipped: the service's description, ../shared/specs, is not there");
            this.skip();
        }
        const { components } = JSON.parse(fs.readFileSync(file, "utf8")) as {
            components: { schemas: Record<string, Schema> };
        };
        for (const name of names)
            bodies[name] = sample(components.schemas, components.schemas[name] ?? {}, name) as Body;
        const count = new Set(names.flatMap((name) => paths(bodies[name]).map((one) => `${name}.${one}`)))
            .size;
        console.log(`      ${count} properties; left out: those below ${[...left].join(", ")}`);
        assert.ok(count > 150, String(count));
    });

    it("are accepted by the types", () => {
        const program = path.join(__dirname, "all-properties.generated.ts");
        const lines = names.map(
            (name) => `export const a${name}: c.${name} = ${JSON.stringify(bodies[name])};`,
        );
        const text = [`import type * as c from "../../client";`, ...lines].join("\n");
        const options: ts.CompilerOptions = {
            strict: true,
            noEmit: true,
            skipLibCheck: true,
            target: ts.ScriptTarget.ES2022,
            module: ts.ModuleKind.Node16,
            moduleResolution: ts.ModuleResolutionKind.Node16,
            types: ["node"],
        };
        const host = ts.createCompilerHost(options);
        const read = host.getSourceFile.bind(host);
        const exists = host.fileExists.bind(host);
        host.getSourceFile = (name, ...rest) =>
            path.resolve(name) === program
                ? ts.createSourceFile(name, text, ts.ScriptTarget.ES2022)
                : read(name, ...rest);
        host.fileExists = (name) => path.resolve(name) === program || exists(name);
        const compiled = ts.createProgram([program], options, host);
        const faults = compiled.getSemanticDiagnostics(compiled.getSourceFile(program));
        assert.deepEqual(
            faults.map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, " ")),
            [],
        );
    });

    it("are sent, and seen in Batch Local, but for references to packages", async () => {
        const data = fs.mkdtempSync(path.join(os.tmpdir(), "properties-"));
        const batchlocal = (...args: string[]): Promise<string> =>
            new Promise((resolve, reject) => {
                const child = spawn(process.execPath, [path.join(root, "local/bin/batchlocal.js"), ...args], {
                    env: { ...process.env, BATCHLOCAL_DATA: data },
                    stdio: ["ignore", "pipe", "pipe"],
                });
                let [text, errors] = ["", ""];
                child.stdout.on("data", (chunk: Buffer) => (text += chunk.toString()));
                child.stderr.on("data", (chunk: Buffer) => (errors += chunk.toString()));
                child.once("close", (code) =>
                    code === 0 ? resolve(text) : reject(new Error(text + errors)),
                );
            });
        await batchlocal("start", "--detach");
        try {
            const env = JSON.parse(await batchlocal("env", "--shell", "json")) as Record<string, string>;
            const endpoint = (env["AZURE_BATCH_ENDPOINT"] ?? "").replace(/^https:/, "http:");
            const key = env["AZURE_BATCH_ACCESS_KEY"] ?? "";
            const client = new BatchClient(
                endpoint,
                sharedKeyCredential(env["AZURE_BATCH_ACCOUNT"] ?? "", key),
            );
            try {
                await addAndCompare(client);
            } finally {
                client.close();
            }
        } finally {
            await batchlocal("stop");
            fs.rmSync(data, { recursive: true, force: true });
        }
    });

    async function addAndCompare(client: BatchClient): Promise<void> {
        const [jobBody, scheduleBody, taskBody] = names.map((name) => withoutPackages(bodies[name]) as Body);
        await client.core.send({
            method: "POST",
            path: "/pools",
            body: {
                id: "pool",
                vmSize: "Standard_D2s_v5",
                targetDedicatedNodes: 0,
                enableInterNodeCommunication: true,
                virtualMachineConfiguration: {
                    imageReference: {
                        publisher: "canonical",
                        offer: "ubuntu-24_04-lts",
                        sku: "server",
                        version: "latest",
                    },
                    nodeAgentSKUId: "batch.node.ubuntu 24.04",
                },
            },
            options: {},
        });
        const secret = (one: string): boolean => !/\.password:/.test(one);
        const job = { ...jobBody, id: "job" };
        await client.jobs.add(job as unknown as BatchJobCreateOptions);
        assert.deepEqual(unseen(job, await client.jobs.get("job")).filter(secret), []);
        const schedule = { ...scheduleBody, id: "schedule" };
        await client.jobSchedules.add(schedule as unknown as BatchJobScheduleCreateOptions);
        assert.deepEqual(unseen(schedule, await client.jobSchedules.get("schedule")).filter(secret), []);
        const task = { ...taskBody, id: "task" };
        await client.tasks.add("job", task as unknown as BatchTaskCreateOptions);
        assert.deepEqual(unseen(task, await client.tasks.get("job", "task")).filter(secret), []);
    }
});
