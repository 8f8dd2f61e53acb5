import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { skip } from "../support/skip";
import { newerPython, olderPython, outcomesOf, Running, table, type Outcome } from "./support";
import { goProgram, javaClasses, withPython } from "./toolchains";

const programs = path.join(__dirname, "programs");

interface Client {
    name: string;
    /** From PyPI. */
    packages?: readonly string[];
    /** Gives what is run; throws where its tools or packages cannot be had. */
    command: readonly string[] | (() => Promise<readonly string[]>);
    /** Fewer operations than that were not all that the program has. */
    least: number;
    /** Too much for every run: why. */
    full?: string;
}

const script = (name: string) => path.join(programs, name);
const toolchain = "a toolchain and its packages are fetched; FULL=1 runs it";

/** PyPI azure-batch and azure-mgmt-batch of one time. */
const python = (batch: string, management: string): Client[] => {
    const packages = [`azure-batch==${batch}.0`, `azure-mgmt-batch==${management}.0`, "azure-identity==1.27.0", "azure-storage-blob==12.31.1"]; // prettier-ignore
    const full = "older than what most use; FULL=1 runs it";
    return [
        { name: `PyPI azure-batch ${batch}`, packages, command: ["python", script("batch14.py")], least: 34, full },
        { name: `PyPI azure-mgmt-batch ${management}`, packages, command: ["python", script("management.py")], least: 36, full },
    ]; // prettier-ignore
};

const java = (main: string, artifacts: readonly string[]) => async () => {
    const classes = await javaClasses(artifacts, [script("Steps.java"), script(`${main}.java`)]);
    return ["/bin/sh", script("java.sh"), classes, main];
};
const go = (modules: readonly string[], source: string) => async () => [
    await goProgram(modules, script(source)),
];

const az = { packages: ["azure-cli==2.91.0"], full: "az is big to install; FULL=1 runs it" };

const clients: Client[] = [
    { name: "PyPI azure-batch 15.1", packages: newerPython, command: ["python", script("batch15.py")], least: 45 },
    { name: "PyPI azure-batch 14.2", packages: olderPython, command: ["python", script("batch14.py")], least: 34 },
    { name: "PyPI azure-mgmt-batch 19", packages: newerPython, command: ["python", script("management.py")], least: 36 },
    { name: "PyPI azure-mgmt-batch 17.3", packages: olderPython, command: ["python", script("management.py")], least: 36 },
    { name: "PyPI azure-identity, azure-storage-blob", packages: newerPython, command: ["python", script("identity.py")], least: 17 },
    { name: "npm @azure/batch 10.2", command: [process.execPath, script("batch10.js")], least: 36 },
    { name: "npm @azure/arm-batch 9.1, @azure/identity", command: [process.execPath, script("management9.js")], least: 22 },
    { name: "curl", command: ["/bin/sh", script("curl.sh")], least: 11 },
    { name: "az CLI", ...az, command: ["/bin/sh", script("az.sh")], least: 42 },
    ...python("10.0", "16.2"),
    ...python("12.0", "17.1"),
    ...python("13.0", "18.0"),
    { name: "Maven com.microsoft.azure:azure-batch 11.2", command: java("Batch11", ["com.microsoft.azure:azure-batch:11.2.0"]), least: 46, full: toolchain },
    { name: "Maven azure-resourcemanager-batch 1.0", command: java("Management1", ["com.azure.resourcemanager:azure-resourcemanager-batch:1.0.0", "com.azure:azure-core-http-netty:1.11.8"]), least: 30, full: toolchain },
    { name: "Go azure-sdk-for-go 68, batch 2020-09-01.12.0", command: go(["github.com/Azure/azure-sdk-for-go/services/batch/2020-09-01.12.0/batch@v68.0.0+incompatible", "github.com/Azure/go-autorest/autorest@v0.11.30"], "batch2020/main.go"), least: 54, full: toolchain },
]; // prettier-ignore

describe("Clients that nobody here wrote, through batchlocal exec", function () {
    this.timeout(300_000);
    const rows = new Map<string, Outcome[]>();
    let running: Running;

    before(async () => {
        running = await Running.start();
    });
    after(async () => {
        await running.stop();
        if (rows.size > 0) process.stdout.write(`\n${table(rows)}\n\n`);
    });

    for (const client of clients) {
        it(`serves ${client.name}`, async function () {
            if (client.full !== undefined && !process.env.FULL) skip(this, client.full);
            if (client.full !== undefined) this.timeout(1_200_000);
            let env: NodeJS.ProcessEnv = {};
            let command: readonly string[];
            try {
                if (client.packages) env = await withPython(client.packages);
                command = typeof client.command === "function" ? await client.command() : client.command;
            } catch (error) {
                skip(this, `it cannot be had: ${String(error).slice(0, 200)}`);
            }
            const { stdout, stderr } = await running.exec(command, env);
            const outcomes = outcomesOf(stdout);
            rows.set(client.name, outcomes);
            const failed = outcomes.filter(({ passed }) => !passed);
            const words = failed.map(({ operation, problem }) => `${operation}: ${problem ?? ""}`);
            assert.deepEqual(words, [], stderr.slice(-2_000));
            assert.ok(
                outcomes.length >= client.least,
                `${outcomes.length} operations: ${stderr.slice(-2_000)}`,
            );
        });
    }

    it("signs az in whatever the secret begins with", async function () {
        if (!process.env.FULL) skip(this, az.full);
        this.timeout(1_200_000);
        let env: NodeJS.ProcessEnv;
        try {
            env = await withPython(az.packages);
        } catch (error) {
            skip(this, `it cannot be had: ${String(error).slice(0, 200)}`);
        }
        // One of 64 secrets begins with a dash, as options do.
        const own = await Running.start();
        try {
            await own.restart((data) => {
                const file = path.join(data, "identity", "identity.json");
                const text = readFileSync(file, "utf8").replace(/("clientSecret": ")./, "$1-");
                writeFileSync(file, text);
            });
            const { stdout, stderr } = await own.exec(["az", "account", "show", "--query", "user.type"], env);
            assert.equal(stdout.trim(), '"servicePrincipal"', stderr);
        } finally {
            await own.stop();
        }
    });
});
