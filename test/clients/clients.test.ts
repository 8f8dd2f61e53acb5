import assert from "node:assert/strict";
import { mkdtempSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { skip } from "../support/skip";
import { outcomesOf, python, run, table, type Outcome } from "./support";

const batchlocal = path.resolve(__dirname, "../../local/bin/batchlocal.js");
const programs = path.join(__dirname, "programs");
const shared = ["azure-identity==1.27.0", "azure-storage-blob==12.31.1"];

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

const newer = ["azure-batch==15.1.0", "azure-mgmt-batch==19.0.0", ...shared];
const older = ["azure-batch==14.2.0", "azure-mgmt-batch==17.3.0", ...shared];
const script = (name: string) => path.join(programs, name);
const clients: Client[] = [
    { name: "PyPI azure-batch 15.1", packages: newer, command: ["python", script("batch15.py")], least: 45 },
    { name: "PyPI azure-batch 14.2", packages: older, command: ["python", script("batch14.py")], least: 34 },
    {
        name: "PyPI azure-mgmt-batch 19",
        packages: newer,
        command: ["python", script("management.py")],
        least: 36,
    },
    {
        name: "PyPI azure-mgmt-batch 17.3",
        packages: older,
        command: ["python", script("management.py")],
        least: 36,
    },
    {
        name: "PyPI azure-identity, azure-storage-blob",
        packages: newer,
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
    let data: string;

    before(async () => {
        data = realpathSync(mkdtempSync(path.join(tmpdir(), "clients-")));
        const { code, stderr } = await run(process.execPath, [
            batchlocal,
            "start",
            "--detach",
            "--data",
            data,
        ]);
        assert.equal(code, 0, stderr);
    });
    after(async () => {
        await run(process.execPath, [batchlocal, "stop", "--data", data]);
        rmSync(data, { recursive: true, force: true, maxRetries: 5 });
        if (rows.size > 0) process.stdout.write(`\n${table(rows)}\n\n`);
    });

    for (const client of clients) {
        it(`serves ${client.name}`, async function () {
            if (client.full !== undefined && !process.env.FULL) skip(this, client.full);
            if (client.full !== undefined) this.timeout(1_200_000);
            let env: NodeJS.ProcessEnv = {};
            if (client.packages) {
                try {
                    env = {
                        PATH: `${await python(client.packages)}${path.delimiter}${process.env.PATH ?? ""}`,
                    };
                } catch (error) {
                    skip(this, `it cannot be installed: ${String(error).slice(0, 200)}`);
                }
            }
            const { stdout, stderr } = await run(
                process.execPath,
                [batchlocal, "exec", "--data", data, "--", ...client.command],
                env,
            );
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
