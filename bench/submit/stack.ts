// A stack with a very large collection under the real engine on Batch Local: its state, and an `up` that changes nothing.
import path from "node:path";
import { TestStack } from "../../test/constructs/stack";
import { Life } from "../../test/durability/service";
import { MemoryWatch } from "../common/memory";

const ROUNDS = 3;

const program = (collection: string): string => `
const batch = require("pulumi-azure-batch");
const account = batch.BatchAccount.fromExisting("a", process.env.ACCOUNT);
const pool = batch.Pool.fromExisting("p", { account, poolId: "none" });
const job = new batch.Job("j", { pool, onAllTasksComplete: "noaction" });
${collection}`;

const seconds = async (work: () => Promise<unknown>): Promise<number> => {
    const start = performance.now();
    await work();
    return (performance.now() - start) / 1000;
};

/** What a stack takes. */
export interface StackFigures {
    readonly stateBytes: number;
    /** Seconds of the fastest `up` that changes nothing, without the collection. */
    readonly without: number;
    /** The same with it. */
    readonly unchanged: number;
    /** Most memory of the dynamic provider's process in the `up` that submits, in MB; 0 where the system does not tell. */
    readonly providerMegabytes: number;
}

export async function measureStack(
    file: string,
    say: (name: string, text: string) => void,
): Promise<StackFigures> {
    const stack = new TestStack(program(""));
    try {
        await stack.start();
        const data = path.join(stack.folder, "data");
        await Life.makePool(data, "none", 0, 1);
        const { stdout } = await stack.local(["env", "--shell", "json"]);
        const { ARM_SUBSCRIPTION_ID: subscription } = JSON.parse(stdout) as { ARM_SUBSCRIPTION_ID: string };
        const ACCOUNT = `/subscriptions/${subscription}/resourceGroups/batchlocal/providers/Microsoft.Batch/batchAccounts/batchlocal`;
        const up = (): Promise<number> => seconds(() => stack.up({ ACCOUNT }));
        const unchanged = async (): Promise<number> => {
            let fastest = Infinity;
            for (let round = 0; round < ROUNDS; round++)
                fastest = Math.min(
                    fastest,
                    await seconds(() => stack.up({ ACCOUNT }, "--expect-no-changes")),
                );
            return fastest;
        };
        await up();
        const without = await unchanged();
        say("up without change, no collection", `${without.toFixed(1)} s`);
        stack.program(
            program(
                `new batch.TaskCollection("t", { job, tasks: batch.tasks.fromJsonLines(${JSON.stringify(file)}) });`,
            ),
        );
        const watch = new MemoryWatch("dynamic-provider");
        const submitting = await up();
        const providerMegabytes = watch.stop();
        say(
            "up that submits them",
            `${submitting.toFixed(1)} s, provider ${Math.round(providerMegabytes)} MB at most`,
        );
        const withCollection = await unchanged();
        say("up without change, with it", `${withCollection.toFixed(1)} s`);
        const exported = await stack.pulumi(["stack", "export"]);
        const stateBytes = Buffer.byteLength(exported.stdout);
        return { stateBytes, without, unchanged: withCollection, providerMegabytes };
    } finally {
        await stack.close();
    }
}
