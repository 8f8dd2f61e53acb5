import type { BatchClient, BatchJob } from "../../client";
import { limits } from "../../catalog";
import { cancelled } from "./cancel";
import { batchClient } from "./connections";
import type { Faults } from "./faults";
import { isGone } from "./gone";
import type { JobBody, JobInputs } from "./job";
import { changesOf, isUpdatable } from "./job";
import { differs, known } from "./known";
import type { Unsure } from "./known";
import { ofOneStack, ownerOf } from "./owner";

type Settled = Partial<Pick<JobInputs, "jobId" | "wantedId" | "rerun">>;

/**
 * Which job the inputs mean. A job that has completed takes no change and no tasks: then it is another one, whose id has another end,
 * so that it is made before the old one goes; with an id of one's own the old one goes first.
 */
export async function settleId(
    olds: Partial<JobInputs>,
    news: Unsure<JobInputs>,
    faults: Faults,
): Promise<Settled> {
    const [endpoint, wantedId] = [known(news.endpoint), known(news.jobId)];
    if (wantedId === undefined || endpoint === undefined) return {};
    const client = await batchClient({ endpoint, batchCredentials: known(news.batchCredentials) }).catch(
        () => undefined,
    );
    // Without an answer the plan is as if nothing had completed; what is done then asks again.
    if (client === undefined) return { wantedId };
    const owner = known(news.owner);
    const free = (): Promise<string> => firstFree(client, wantedId, owner).catch(() => wantedId);
    const before = olds.wantedId ?? olds.jobId;
    if (olds.jobId === undefined || before !== wantedId || olds.endpoint !== endpoint)
        return { wantedId, jobId: known(news.generatedId) === true ? await free() : wantedId };
    const same = { wantedId, jobId: olds.jobId, ...(olds.rerun === undefined ? {} : { rerun: olds.rerun }) };
    const what = changes(olds, news);
    if (what.length === 0 || !(await hasCompleted(client, olds.jobId))) return same;
    switch (known(news.afterCompletion)) {
        case "keep":
            return same;
        case "refuse":
            faults.add(
                "jobId",
                `job ${olds.jobId} has completed, and ${what.join(" and ")} would change: leave it as it is, or set afterCompletion to "replace" to run its tasks in a new job`,
            );
            return same;
        default:
            return known(news.generatedId) === true
                ? { wantedId, jobId: await free() }
                : { ...same, rerun: (olds.rerun ?? 0) + 1 };
    }
}

/** What changes that a completed job cannot take: what would change in place otherwise, and its tasks. */
function changes(olds: Partial<JobInputs>, news: Unsure<JobInputs>): string[] {
    const job = news.job as unknown as JobBody;
    const parts = changesOf(olds, { job }).filter((part) => isUpdatable(part, olds.job, job));
    // A state of before there were digests of the contents says nothing of them, nor does a program that gives them only later.
    const told = olds.contents !== undefined && news.contents !== undefined;
    const contents = told && differs(olds.contents, news.contents);
    return contents ? [...parts, "its tasks"] : parts;
}

/** True for a job that takes no change and no tasks any more. */
export const isOver = (job: BatchJob | undefined): boolean =>
    job?.state === "completed" || job?.state === "terminating" || job?.state === "deleting";

/** True when a job has completed or is about to. What cannot be asked has not. */
export async function hasCompleted(client: BatchClient, jobId: string): Promise<boolean> {
    return isOver(await find(client, jobId).catch(() => undefined));
}

async function find(client: BatchClient, jobId: string): Promise<BatchJob | undefined> {
    try {
        return await client.jobs.get(jobId, { select: "id,state,metadata", signal: cancelled });
    } catch (error) {
        if (isGone(error)) return undefined;
        throw error;
    }
}

/** The first of an id, the id with -2, with -3 and so on that no completed job of this stack has. */
async function firstFree(client: BatchClient, wanted: string, owner: string | undefined): Promise<string> {
    for (let run = 1; ; run++) {
        const end = run === 1 ? "" : `-${run}`;
        const id = wanted.slice(0, limits.idLength.value - end.length) + end;
        const job = await find(client, id);
        if (job === undefined || !ofOneStack(ownerOf(job), owner) || !isOver(job)) return id;
    }
}
