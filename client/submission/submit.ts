import type { BatchClient } from "../batchClient";
import { segment } from "../core";
import { BatchServiceError } from "../errors";
import type { BatchCreateTaskCollectionResult, BatchTaskCreateResult } from "../models";
import { defaultRetryPolicy, isThrottled, isTransient, retryDelay, wait } from "../retry";
import type { RetryPolicy } from "../retry";
import { abortReason } from "../transport";
import { makePack, packBody, Packer, splitPack } from "./pack";
import type { Pack } from "./pack";
import { Pace } from "./pace";
import type { PaceOptions } from "./pace";
import { checkSource, isRepeatable, preparedTasks } from "./sources";
import type { PreparedTask, TaskSource } from "./sources";
import { compareWithService, countsReach, missingTasks } from "./verify";

/** How far a submission is. */
export interface SubmitProgress {
    /** Tasks that the service has. */
    readonly submitted: number;
    /** Tasks that it refused. */
    readonly failed: number;
    /** Tasks in all, where the source says so before its end. */
    readonly total: number | undefined;
}

/** A task that the service refused, and why. */
export interface TaskFailure {
    readonly taskId: string;
    /** Place in the source, counted from 1. */
    readonly position: number;
    readonly code: string;
    readonly message: string;
}

/** What a submission did. */
export interface SubmitResult {
    /** Tasks that the service has now, those that it had already included. */
    readonly submitted: number;
    /** Of those, tasks that were there before, equal to ours. */
    readonly existing: number;
    readonly requests: number;
    /** Requests that were sent again, for whatever reason. */
    readonly retried: number;
    /** Requests that the service refused with 429 or 503. */
    readonly throttled: number;
    /** Milliseconds. */
    readonly duration: number;
}

/** Options of {@link submitTasks}. */
export interface SubmitOptions {
    readonly signal?: AbortSignal;
    /** Called after every answer. */
    readonly onProgress?: (progress: SubmitProgress) => void;
    /** Concurrency, which adapts itself to the service. */
    readonly pace?: PaceOptions;
    readonly retry?: Partial<RetryPolicy>;
    /**
     * How the end is checked against the service: by its counts and, where these disagree, its list; or not at all.
     * @default "counts"
     */
    readonly verify?: "counts" | "none";
}

/** Some tasks were not taken. `failures` holds the first thousand with their reasons; all others were submitted. */
export class SubmissionError extends Error {
    override readonly name = "SubmissionError";
    readonly failures: readonly TaskFailure[];
    readonly failed: number;
    readonly result: SubmitResult;

    constructor(failures: readonly TaskFailure[], failed: number, result: SubmitResult) {
        const first = failures
            .slice(0, 10)
            .map((task) => `  ${task.taskId} (at ${task.position}): ${task.code}: ${task.message}`);
        const more = failed > first.length ? [`  and ${failed - first.length} more`] : [];
        super(
            [`${failed} of ${failed + result.submitted} tasks were refused:`, ...first, ...more].join("\n"),
        );
        this.failures = failures;
        this.failed = failed;
        this.result = result;
    }
}

const MAX_FAILURES = 1000;

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
    const total = isRepeatable(source) ? await checkSource(source) : undefined;
    const result = await new Submission(client, jobId, source, options, total).run();
    if (options.verify !== "none" && isRepeatable(source))
        await verify(client, jobId, source, result.submitted, options.signal);
    return result;
}

async function verify(
    client: BatchClient,
    jobId: string,
    source: TaskSource,
    submitted: number,
    signal?: AbortSignal,
): Promise<void> {
    if (submitted === 0 || (await countsReach(client, jobId, submitted, 2000, signal))) return;
    const missing = await missingTasks(client, jobId, source, 10, signal);
    if (missing.length === 0) return;
    throw new Error(
        `the service accepted ${submitted} tasks but does not list ${missing.join(", ")}: were tasks of job ${jobId} deleted meanwhile?`,
    );
}

class Submission {
    readonly #client: BatchClient;
    readonly #jobId: string;
    readonly #options: SubmitOptions;
    readonly #total: number | undefined;
    readonly #packer: Packer;
    readonly #pace: Pace;
    readonly #retry: RetryPolicy;
    readonly #path: string;
    readonly #failures: TaskFailure[] = [];
    #again: Pack[] = [];
    #underWay = 0;
    #fatal: { error: unknown } | undefined;
    #wake: () => void = () => undefined;
    #failed = 0;
    #counts = { submitted: 0, existing: 0, requests: 0, retried: 0, throttled: 0 };

    constructor(
        client: BatchClient,
        jobId: string,
        source: TaskSource,
        options: SubmitOptions,
        total: number | undefined,
    ) {
        this.#client = client;
        this.#jobId = jobId;
        this.#options = options;
        this.#total = total;
        this.#packer = new Packer(preparedTasks(source, total !== undefined));
        this.#pace = new Pace(options.pace);
        this.#retry = { ...defaultRetryPolicy, ...options.retry };
        this.#path = `/jobs/${segment(jobId)}/addtaskcollection`;
    }

    async run(): Promise<SubmitResult> {
        const start = Date.now();
        const { signal } = this.#options;
        const onAbort = (): void => this.#wake();
        signal?.addEventListener("abort", onAbort);
        try {
            await this.#loop();
        } finally {
            signal?.removeEventListener("abort", onAbort);
            await this.#packer.close();
        }
        const result = { ...this.#counts, duration: Date.now() - start };
        if (this.#failed > 0) throw new SubmissionError(this.#failures, this.#failed, result);
        return result;
    }

    async #loop(): Promise<void> {
        const { signal } = this.#options;
        for (;;) {
            if (this.#fatal !== undefined) throw this.#fatal.error;
            if (signal?.aborted === true) throw abortReason(signal);
            if (this.#underWay >= this.#pace.limit) {
                await this.#sleep();
                continue;
            }
            const pack = this.#due() ?? (await this.#packer.next());
            if (pack !== undefined) {
                await this.#turn();
                void this.#deliver(pack);
            } else if (this.#underWay === 0 && this.#again.length === 0) {
                return;
            } else {
                await this.#sleep(
                    this.#again.length === 0
                        ? undefined
                        : Math.min(...this.#again.map((one) => one.notBefore)),
                );
            }
        }
    }

    /** Until an answer comes, the signal is aborted, or an instant. */
    async #sleep(until?: number): Promise<void> {
        let timer: NodeJS.Timeout | undefined;
        await new Promise<void>((resolve) => {
            this.#wake = resolve;
            if (until !== undefined) timer = setTimeout(resolve, Math.max(1, until - Date.now()));
        });
        clearTimeout(timer);
    }

    async #turn(): Promise<void> {
        for (;;) {
            const delay = this.#pace.claim(Date.now());
            if (delay <= 0) return;
            await wait(delay, this.#options.signal);
        }
    }

    #due(): Pack | undefined {
        const now = Date.now();
        const index = this.#again.findIndex((pack) => pack.notBefore <= now);
        return index < 0 ? undefined : this.#again.splice(index, 1)[0];
    }

    async #deliver(pack: Pack): Promise<void> {
        this.#underWay += 1;
        this.#counts.requests += 1;
        if (pack.attempts > 0) this.#counts.retried += 1;
        pack.attempts += 1;
        const sent = Date.now();
        try {
            const url = this.#client.core.url(this.#path);
            const options = { signal: this.#options.signal };
            const answer = await this.#client.core.once(
                { method: "POST", path: this.#path, options },
                url,
                packBody(pack),
            );
            this.#pace.answered(Date.now(), Date.now() - sent, this.#underWay);
            const { value } = JSON.parse(answer.body.toString("utf8")) as BatchCreateTaskCollectionResult;
            await this.#settle(pack, value ?? []);
        } catch (error) {
            this.#refused(pack, error);
        } finally {
            this.#underWay -= 1;
            this.#options.onProgress?.({
                submitted: this.#counts.submitted,
                failed: this.#failed,
                total: this.#total,
            });
            this.#wake();
        }
    }

    async #settle(pack: Pack, results: readonly BatchTaskCreateResult[]): Promise<void> {
        const byId = new Map(results.map((result) => [result.taskId, result]));
        const isPresent = (task: PreparedTask): boolean => byId.get(task.id)?.error?.code === "TaskExists";
        const present = pack.tasks.filter(isPresent);
        // Asked before anything is counted: when asking fails, the whole pack goes again.
        const { equal, different } =
            present.length > 0
                ? await compareWithService(this.#client, this.#jobId, present, this.#options.signal)
                : { equal: new Set(), different: new Set() };
        const again: PreparedTask[] = [];
        for (const task of pack.tasks) {
            const result = byId.get(task.id);
            if (equal.has(task.id)) {
                this.#counts.submitted += 1;
                this.#counts.existing += 1;
            } else if (different.has(task.id)) {
                this.#fail(
                    task,
                    "TaskExists",
                    "the job has another task with this id; use another id or delete that task",
                );
            } else if (result?.status === "success") {
                this.#counts.submitted += 1;
            } else if (result?.status === "clienterror" && !isPresent(task)) {
                const reason = result.error?.message?.value?.split("\n", 1)[0] ?? "refused without a reason";
                this.#fail(task, result.error?.code ?? "ClientError", reason);
            } else {
                // The service failed on it, forgot to answer for it, or does not list it (yet).
                again.push(task);
            }
        }
        if (again.length > 0) this.#postpone(makePack(again, pack.attempts), undefined);
    }

    #refused(pack: Pack, error: unknown): void {
        const { signal } = this.#options;
        if (signal?.aborted === true) {
            this.#fatal ??= { error: abortReason(signal) };
        } else if (isThrottled(error)) {
            this.#counts.throttled += 1;
            this.#pace.refused(Date.now(), (error as BatchServiceError).retryAfter);
            // Being refused is no failure: the pack did not use up a try.
            this.#postpone(pack, error, pack.attempts > 100);
        } else if (error instanceof BatchServiceError && error.status === 413) {
            this.#tooLarge(pack, error);
        } else if (isTransient(error)) {
            this.#postpone(pack, error);
        } else {
            this.#fatal ??= { error };
        }
    }

    #tooLarge(pack: Pack, error: BatchServiceError): void {
        const [only] = pack.tasks;
        if (pack.tasks.length === 1 && only !== undefined) {
            this.#fail(
                only,
                error.code,
                `the service takes no request of ${pack.bytes} bytes, which this task alone needs`,
            );
            return;
        }
        if (pack.tasks.length < 100) this.#packer.tooLarge(pack.bytes);
        this.#again.push(...splitPack(pack));
    }

    #postpone(
        pack: Pack,
        error: unknown,
        giveUp = pack.attempts >= this.#retry.attempts && !isThrottled(error),
    ): void {
        if (giveUp) {
            const reason =
                error ??
                new Error(`the service could not add task ${pack.tasks[0]?.id} in ${pack.attempts} tries`);
            this.#fatal ??= { error: reason };
            return;
        }
        pack.notBefore = Date.now() + retryDelay(this.#retry, pack.attempts, error);
        this.#again.push(pack);
    }

    #fail(task: PreparedTask, code: string, message: string): void {
        this.#failed += 1;
        if (this.#failures.length < MAX_FAILURES)
            this.#failures.push({ taskId: task.id, position: task.position, code, message });
    }
}
