import type { BatchClient } from "../../client";
import { isServiceError } from "../../client";
import { cancelled } from "./cancel";
import { untilSettled } from "./gone";
import type { JobInputs } from "./job";
import { secondsOr } from "./time";

const VARIABLE = "PULUMI_AZURE_BATCH_ON_DESTROY";
const CHOICES: readonly string[] = ["terminate", "wait", "refuse"];

/** Deletes a job as its arguments say: what becomes of its unfinished tasks, and whether its end is waited for. */
export async function deleteJob(client: BatchClient, props: JobInputs): Promise<void> {
    const { jobId, deletion } = props;
    const seconds = secondsOr(props.deleteTimeout, 600);
    const late = (doing: string): string =>
        `job ${jobId}: ${doing} after ${seconds} s; run the deployment again, or give it more time with timeouts.delete`;
    const { state } = await client.jobs.get(jobId, { select: "id,state", signal: cancelled });
    if (state !== "completed" && state !== "deleting" && state !== "terminating")
        await settleTasks(client, props, seconds, late("its tasks have not completed"));
    await client.jobs.delete(jobId, { signal: cancelled }).catch((error: unknown) => {
        if (!isServiceError(error, "JobBeingDeleted")) throw error;
    });
    if (deletion === "detach") {
        console.error(`job ${jobId}: the service deletes it; not waited for`);
        return;
    }
    const question = async (): Promise<string> => {
        const job = await client.jobs.get(jobId, { select: "id,state", signal: cancelled });
        return `job ${jobId}: ${job.state}`;
    };
    await untilSettled(question, seconds, late("it is still being deleted"));
}

async function settleTasks(
    client: BatchClient,
    { jobId, onDestroy }: JobInputs,
    seconds: number,
    late: string,
): Promise<void> {
    const left = async (): Promise<number> => {
        const { taskCounts } = await client.jobs.taskCounts(jobId, { signal: cancelled });
        return taskCounts.active + taskCounts.running;
    };
    // Said for this once, where nobody wants to deploy before destroying: a destruction sees the configuration of the last deployment.
    const said = process.env[VARIABLE];
    if (said !== undefined && said !== "" && !CHOICES.includes(said))
        throw new Error(`${VARIABLE} is '${said}': set it to ${CHOICES.join(", ")}, or not at all`);
    const choice = said === undefined || said === "" ? onDestroy : said;
    if (choice === "terminate") return;
    const unfinished = await left();
    if (unfinished === 0) return;
    const tasks = unfinished === 1 ? "1 task that has" : `${unfinished} tasks that have`;
    if (choice === "wait") {
        const question = async (): Promise<string | undefined> => {
            const now = await left();
            return now === 0
                ? undefined
                : `job ${jobId}: waiting for ${now} of its tasks before it is deleted`;
        };
        return untilSettled(question, seconds, late);
    }
    throw new Error(
        choice === "refuse"
            ? `job ${jobId} has ${tasks} not completed, and its onDestroy is "refuse": wait for them, or set it to "terminate" or "wait"`
            : `job ${jobId} has ${tasks} not completed: say what becomes of them with onDestroy: "terminate", "wait" or "refuse" on the Job; for this once with the variable ${VARIABLE}=terminate`,
    );
}
