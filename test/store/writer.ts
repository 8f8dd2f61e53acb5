import { openStore } from "../../local/store";

/**
 * Adds tasks to job 1 for ever, and lets those of jobs 2 to 4 come, wait, run, end and go; prints the number of job 1's last task
 * once it is durable: the test kills it.
 */
async function write(file: string): Promise<void> {
    const store = openStore(file);
    const task = (job: number, id: string, requiredSlots = 1) => ({
        job, id, spec: { id }, state: "active" as const, stateTransitionTime: 1, creationTime: 1, lastModified: 1, blockedBy: 0,
        requiredSlots, attempt: 0, retryCount: 0, requeueCount: 0,
    }); // prettier-ignore
    const become = (
        job: number,
        id: string,
        state: "preparing" | "running" | "completed",
        failed = false,
    ) => {
        const found = store.tasks.get(job, id);
        if (!found) throw new Error(`no task ${id}`);
        const result = failed ? "failure" : "success";
        store.tasks.update({ ...found, state, ...(state === "completed" && { result }) });
    };
    const lifeOfJob = (job: number, number: number) => {
        const id = `task-${number}`;
        store.tasks.add(task(job, id, 1 + (number % 3)));
        store.tasks.add(task(job, `after-${number}`), { taskIds: [id], taskIdRanges: [] });
        if (number % 2 === 0) become(job, id, "preparing");
        if (number % 4 === 0) become(job, id, "running");
        if (number % 8 === 0) {
            become(job, id, "completed", number % 16 === 0);
            store.tasks.satisfy(job, id);
        }
        if (number % 7 === 0) store.tasks.delete(job, id);
        if (number % 500 === 0) store.tasks.deleteJob(job);
    };
    for (let number = 1; ; number += 1) {
        store.tasks.add(task(1, `task-${number}`));
        const job = 2 + (number % 3);
        try {
            store.atomically(() => {
                lifeOfJob(job, number);
                if (number % 5 === 0) throw new RangeError("none of this is to stay");
            });
        } catch (error) {
            if (!(error instanceof RangeError)) throw error;
        }
        if (number % 50 !== 0) continue;
        await store.committed();
        process.stdout.write(`${number}\n`);
    }
}

void write(process.argv[2] ?? "");
