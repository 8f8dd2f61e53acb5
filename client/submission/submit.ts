import { setMaxListeners } from "node:events";
import type { BatchClient } from "../batchClient";
import { Submission } from "./delivery";
import { Ledger } from "./ledger";
import type { SubmitOptions, SubmitResult } from "./result";
import { assertSource, isRepeatable } from "./sources";
import type { TaskSource } from "./sources";
import { surveySource } from "./survey";
import type { Survey } from "./survey";
import type { PreparedTask } from "./task";
import { countsReach, missingTasks } from "./verify";

/**
 * Adds any number of tasks to a job: fast, in little memory, and each exactly once.
 * @throws InvalidTaskError before anything is sent, where the source can be read twice (a list, a file)
 * @throws SubmissionError when the service refused some of the tasks
 * @throws BatchServiceError when it refused the job or us
 */
export async function submitTasks(
    client: BatchClient,
    jobId: string,
    source: TaskSource,
    options: SubmitOptions = {},
): Promise<SubmitResult> {
    assertSource(source);
    return submitWith(client, jobId, source, { ...options, signal: ownSignal(options.signal) });
}

/** A signal that as many requests may listen to as are under way. */
function ownSignal(signal: AbortSignal | undefined): AbortSignal | undefined {
    if (signal === undefined) return undefined;
    const own = AbortSignal.any([signal]);
    setMaxListeners(200, own);
    return own;
}

async function submitWith(
    client: BatchClient,
    jobId: string,
    source: TaskSource,
    options: SubmitOptions,
): Promise<SubmitResult> {
    const { distinctIds, signal } = options;
    const survey = isRepeatable(source)
        ? await surveySource(source, { digested: options.ledger !== undefined, distinctIds, signal })
        : undefined;
    if (survey?.linked === true && options.sas === undefined)
        throw new Error(
            "there are tasks with links to be made when they are sent: give `sas`, which signs them",
        );
    if (survey === undefined)
        return new Submission(client, jobId, source, options, { checked: distinctIds }).run();
    const { total, packs } = survey;
    const ledger = await openLedger(client, jobId, survey, options);
    try {
        const wanted = ledger && ((task: PreparedTask): boolean => !ledger.has(task));
        const first = new Submission(client, jobId, source, options, {
            total,
            ledger,
            packs,
            checked: true,
            wanted,
        });
        const result = await first.run();
        const done =
            options.verify === "none" ? result : await verify(client, jobId, source, result, options);
        ledger?.remove();
        return done;
    } finally {
        ledger?.close();
    }
}

async function openLedger(
    client: BatchClient,
    jobId: string,
    { total, last, digest }: Survey,
    { ledger, signal }: SubmitOptions,
): Promise<Ledger | undefined> {
    if (ledger === undefined) return undefined;
    const { creationTime } = await client.jobs.get(jobId, { select: "id,creationTime", signal });
    const endpoint = client.core.endpoint.href;
    return Ledger.open(ledger, { endpoint, jobId, created: creationTime, digest, total }, last);
}

/** Asks the service for what was submitted; what only a ledger told of, and is not there, is submitted now. */
async function verify(
    client: BatchClient,
    jobId: string,
    source: TaskSource,
    result: SubmitResult,
    options: SubmitOptions,
): Promise<SubmitResult> {
    const { signal } = options;
    const { submitted, resumed } = result;
    // Counts tell nothing of who is counted: where a ledger was believed, the tasks themselves are asked for.
    const counted =
        resumed === 0 && (submitted === 0 || (await countsReach(client, jobId, submitted, 2000, signal)));
    if (counted) return result;
    const missing = await missingTasks(client, jobId, source, signal);
    if (missing.ids.length === 0) return result;
    if (resumed > 0) {
        const wanted = (task: PreparedTask): boolean => missing.has(task);
        const more = await new Submission(client, jobId, source, options, { checked: true, wanted }).run();
        if ((await missingTasks(client, jobId, source, signal)).ids.length === 0) return sum(result, more);
    }
    throw new Error(
        `the service accepted ${submitted} tasks but does not list ${missing.ids.join(", ")}: were tasks of job ${jobId} deleted meanwhile?`,
    );
}

/** What two submissions did, the second one of tasks that the first took for submitted. */
const sum = (first: SubmitResult, second: SubmitResult): SubmitResult => ({
    submitted: first.submitted,
    existing: first.existing + second.existing,
    resumed: first.resumed - second.submitted,
    replaced: first.replaced + second.replaced,
    requests: first.requests + second.requests,
    retried: first.retried + second.retried,
    throttled: first.throttled + second.throttled,
    duration: first.duration + second.duration,
});
