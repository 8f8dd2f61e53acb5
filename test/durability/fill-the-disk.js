"use strict";
// Runs within `batchlocal exec`: adds tasks until the service keeps no more, waits for its end, and ends with a code of its own.
const { BatchClient, sharedKeyCredential } = require("../../dist/client");

const { env } = process;
const credential = sharedKeyCredential(env.AZURE_BATCH_ACCOUNT, env.AZURE_BATCH_ACCESS_KEY);
const client = new BatchClient(env.AZURE_BATCH_ENDPOINT, credential, { retry: { attempts: 1 } });

async function main() {
    await client.jobs.add({ id: "fill", poolInfo: { poolId: "none" } });
    const commandLine = `/bin/true ${"x".repeat(20_000)}`;
    for (let round = 0; ; round++) {
        try {
            const tasks = Array.from({ length: 20 }, (_, index) => ({
                id: `r${round}t${index}`,
                commandLine,
            }));
            await client.tasks.addCollection("fill", tasks);
        } catch (error) {
            process.stdout.write(`refused: ${error.status} ${error.code} ${JSON.stringify(error.details)}\n`);
            break;
        }
    }
    for (;;) {
        try {
            await client.jobs.get("fill");
        } catch (error) {
            if (error.code === "ECONNREFUSED") return;
        }
        await new Promise((resolve) => setTimeout(resolve, 50));
    }
}

main().then(
    () => process.exit(7),
    (error) => {
        process.stderr.write(`${error.stack}\n`);
        process.exit(1);
    },
);
