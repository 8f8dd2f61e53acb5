import { openStore } from "../../local/store";

/** Adds tasks for ever and prints the number of each group once it is durable: the test kills it. */
async function write(file: string): Promise<void> {
    const store = openStore(file);
    for (let number = 1; ; number += 1) {
        const id = `task-${number}`;
        store.tasks.add({
            job: 1, id, spec: { id }, state: "active", stateTransitionTime: 1, creationTime: 1, lastModified: 1, blockedBy: 0,
            requiredSlots: 1, attempt: 0, retryCount: 0, requeueCount: 0,
        }); // prettier-ignore
        if (number % 50 !== 0) continue;
        await store.committed();
        process.stdout.write(`${number}\n`);
    }
}

void write(process.argv[2] ?? "");
