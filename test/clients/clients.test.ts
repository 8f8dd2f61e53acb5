import assert from "node:assert/strict";
import path from "node:path";
import { skip } from "../support/skip";
import { newerPython, olderPython, outcomesOf, Running, table, withPython, type Outcome } from "./support";

const programs = path.join(__dirname, "programs");

interface Client {
    name: string;
    /** From PyPI. */
    packages?: readonly string[];
    command: readonly string[];
    /** Fewer operations than that were not all that the program has. */
    least: number;
    /** Too much for every run: why. */
    full?: string;
}

const script = (name: string) => path.join(programs, name);
const clients: Client[] = [
    {
        name: "PyPI azure-batch 15.1",
        packages: newerPython,
        command: ["python", script("batch15.py")],
        least: 45,
    },
    {
        name: "PyPI azure-batch 14.2",
        packages: olderPython,
        command: ["python", script("batch14.py")],
        least: 34,
    },
    {
        name: "PyPI azure-mgmt-batch 19",
        packages: newerPython,
        command: ["python", script("management.py")],
        least: 36,
    },
    {
        name: "PyPI azure-mgmt-batch 17.3",
        packages: olderPython,
        command: ["python", script("management.py")],
        least: 36,
    },
    {
        name: "PyPI azure-identity, azure-storage-blob",
        packages: newerPython,
        command: ["python", script("identity.py")],
        least: 17,
    },
    { name: "npm @azure/batch 10.2", command: [process.execPath, script("batch10.js")], least: 36 },
    {
        name: "npm @azure/arm-batch 9.1, @azure/identity",
        command: [process.execPath, script("management9.js")],
        least: 22,
    },
    { name: "curl", command: ["/bin/sh", script("curl.sh")], least: 11 },
    {
        name: "az CLI",
        packages: ["azure-cli==2.91.0"],
        command: ["/bin/sh", script("az.sh")],
        least: 42,
        full: "az is big to install; FULL=1 runs it",
    },
];

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
            if (client.packages) {
                try {
                    env = await withPython(client.packages);
                } catch (error) {
                    skip(this, `it cannot be installed: ${String(error).slice(0, 200)}`);
                }
            }
            const { stdout, stderr } = await running.exec(client.command, env);
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
});
