import { limits } from "../../catalog";
import type { BatchClient } from "../batchClient";
import { segment } from "../core";
import { BatchServiceError } from "../errors";
import type { BatchCreateTaskCollectionResult, BatchTask, BatchTaskCreateResult } from "../models";
import { attemptsFor, defaultRetryPolicy, isThrottled, isTransient, retryDelay } from "../retry";
import type { RetryPolicy } from "../retry";
import { withLinks } from "../sas";
import { abortReason } from "../transport";
import type { Ledger } from "./ledger";
import { packsOfList, ReadyPacks } from "./listPacks";
import { Pack, Packer } from "./pack";
import type { Packs } from "./pack";
import { Pace } from "./pace";
import { SubmissionError } from "./result";
import { makeRoom } from "./replace";
import type { Different, Replaced } from "./replace";
import type { SubmitOptions, SubmitResult, TaskFailure } from "./result";
import { isList, preparedTasks } from "./sources";
import type { TaskSource } from "./sources";
import type { PreparedTask } from "./task";
import { compareWithService } from "./verify";

const MAX_FAILURES = 1000;

/** Packs that wait for another try at most before no new one is begun: what fails must not fill the memory. */
const MAX_AGAIN = 64;

/** Refusals of one pack after which the service is thought to take nothing any more. */
const MAX_REFUSALS = 100;

/** Tasks of a wrong shape after which all are thought to have it. */
const MAX_BAD_TASKS = 100;

/** What is known of the tasks of a submission. */
export interface Plan {
    /** Tasks in all, where that is known. */
    readonly total?: number;
    readonly checked?: boolean;
    readonly wanted?: (task: PreparedTask) => boolean;
    /** All of them, where they have been made ready already. */
    readonly packs?: readonly Pack[];
    readonly ledger?: Ledger;
}

/** Brings the tasks of a source to the service and settles each. */
export class Submission {
    readonly #client: BatchClient;
    readonly #jobId: string;
    readonly #options: SubmitOptions;
    readonly #total: number | undefined;
    readonly #packs: Packs;
    readonly #pace: Pace;
    readonly #retry: RetryPolicy;
    readonly #path: string;
    readonly #url: URL;
    readonly #failures: TaskFailure[] = [];
    #again: Pack[] = [];
    #underWay = 0;
    #fatal: { error: unknown } | undefined;
    #wake: () => void = () => undefined;
    #failed = 0;
    #badTasks = 0;
    #start = 0;
    readonly #ledger: Ledger | undefined;
    #counts = { submitted: 0, existing: 0, resumed: 0, replaced: 0, requests: 0, retried: 0, throttled: 0 };

    constructor(client: BatchClient, jobId: string, source: TaskSource, options: SubmitOptions, plan: Plan) {
        this.#client = client;
        this.#jobId = jobId;
        this.#options = options;
        this.#total = plan.total;
        this.#ledger = plan.ledger;
        this.#counts.resumed = this.#counts.submitted = plan.ledger?.resumed ?? 0;
        this.#packs = packsOf(source, plan);
        this.#pace = new Pace(options.pace);
        this.#retry = { ...defaultRetryPolicy, ...options.retry };
        this.#path = `/jobs/${segment(jobId)}/addtaskcollection`;
        this.#url = client.core.url(this.#path);
    }

    async run(): Promise<SubmitResult> {
        this.#start = Date.now();
        const { signal } = this.#options;
        const onAbort = (): void => this.#wake();
        signal?.addEventListener("abort", onAbort);
        try {
            await this.#loop();
        } finally {
            signal?.removeEventListener("abort", onAbort);
            await this.#packs.close();
        }
        if (this.#failed > 0) throw this.#refusal();
        return this.#result();
    }

    #result(): SubmitResult {
        return { ...this.#counts, duration: Date.now() - this.#start };
    }

    #refusal(stopped = false): SubmissionError {
        return new SubmissionError(this.#failures, this.#failed, this.#result(), stopped);
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
            const pack = this.#due() ?? (this.#takesMore() ? await this.#packs.next() : undefined);
            if (pack !== undefined) {
                if (await this.#turn()) void this.#deliver(pack);
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

    /** Waits until the pace lets a request start, which an answer may make sooner; false when the submission has ended meanwhile. */
    async #turn(): Promise<boolean> {
        while (this.#fatal === undefined && this.#options.signal?.aborted !== true) {
            const now = Date.now();
            const delay = this.#pace.claim(now);
            if (delay <= 0) return true;
            await this.#sleep(now + delay);
        }
        return false;
    }

    /** An endpoint that has never answered gets its first packs until one is in. */
    #takesMore(): boolean {
        return this.#again.length < (this.#client.core.reached ? MAX_AGAIN : 1);
    }

    #due(): Pack | undefined {
        const now = Date.now();
        const index = this.#again.findIndex((pack) => pack.notBefore <= now);
        return index < 0 ? undefined : this.#again.splice(index, 1)[0];
    }

    async #deliver(pack: Pack): Promise<void> {
        this.#underWay += 1;
        this.#counts.requests += 1;
        if (pack.attempts + pack.refusals > 0) this.#counts.retried += 1;
        pack.attempts += 1;
        let sent = Date.now();
        try {
            const body = this.#body(pack);
            const text = typeof body === "string" ? body : await body;
            sent = Date.now();
            const options = { signal: this.#options.signal };
            const answer = await this.#client.core.once(
                { method: "POST", path: this.#path, options },
                this.#url,
                text,
            );
            this.#pace.answered(Date.now(), sent, this.#underWay);
            const told = answer.body.toString("utf8");
            if (successes(told) === pack.size) this.#taken(pack);
            else await this.#settle(pack, (JSON.parse(told) as BatchCreateTaskCollectionResult).value ?? []);
        } catch (error) {
            this.#refused(pack, error, sent);
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

    #body(pack: Pack): string | Promise<string> {
        const body = `{"value":${pack.text()}}`;
        if (!pack.linked) return body;
        const { sas } = this.#options;
        if (sas === undefined)
            throw new Error("there are tasks with links to be made: give `sas`, which signs them");
        return withLinks(body, sas);
    }

    #taken(pack: Pack): void {
        this.#counts.submitted += pack.size;
        this.#ledger?.add(pack.tasks());
    }

    async #settle(pack: Pack, results: readonly BatchTaskCreateResult[]): Promise<void> {
        const byId = new Map(results.map((result) => [result.taskId, result]));
        const isPresent = (task: PreparedTask): boolean => byId.get(task.id)?.error?.code === "TaskExists";
        const tasks = pack.tasks();
        const present = tasks.filter(isPresent);
        // Asked before anything is counted: when asking fails, the whole pack goes again.
        const { equal, different } =
            present.length > 0
                ? await compareWithService(this.#client, this.#jobId, present, this.#options.signal)
                : { equal: new Set<string>(), different: new Map<string, BatchTask>() };
        const { changed, removed } = await this.#makeRoom(tasks, different);
        const again: PreparedTask[] = [];
        const settled: PreparedTask[] = [];
        for (const task of tasks) {
            const result = byId.get(task.id);
            const status = result?.status?.toLowerCase();
            if (equal.has(task.id)) {
                settled.push(task);
                this.#counts.existing += 1;
            } else if (different.has(task.id)) {
                if (this.#options.different === "replace") continue;
                this.#fail(
                    task,
                    "TaskExists",
                    "the job has another task with this id; use another id or delete that task",
                );
            } else if (status === "success") {
                settled.push(task);
            } else if (status === "clienterror" && !isPresent(task)) {
                const reason = result?.error?.message?.value?.split("\n", 1)[0] ?? "refused without a reason";
                this.#fail(task, result?.error?.code ?? "ClientError", reason);
            } else {
                // The service failed on it, forgot to answer for it, or does not list it (yet).
                again.push(task);
            }
        }
        settled.push(...changed);
        this.#counts.submitted += settled.length;
        this.#counts.replaced += changed.length + removed.length;
        this.#ledger?.add(settled);
        if (removed.length > 0) this.#addAfter(pack, removed);
        if (again.length > 0) this.#postpone(Pack.of(again, pack.attempts), undefined);
    }

    async #makeRoom(
        tasks: readonly PreparedTask[],
        different: ReadonlyMap<string, BatchTask>,
    ): Promise<Replaced> {
        if (this.#options.different !== "replace") return { changed: [], removed: [] };
        const found = (task: PreparedTask): Different[] => {
            const other = different.get(task.id);
            return other === undefined ? [] : [{ task, found: other }];
        };
        return makeRoom(this.#client, this.#jobId, tasks.flatMap(found), this.#options.signal);
    }

    /** Tasks for which there is room now are sent at once, unless there was room before. */
    #addAfter(pack: Pack, tasks: readonly PreparedTask[]): void {
        const next = Pack.of(tasks, pack.attempts);
        if (pack.attempts > 1) this.#postpone(next, undefined);
        else this.#again.push(next);
    }

    #refused(pack: Pack, error: unknown, sent: number): void {
        const { signal } = this.#options;
        if (signal?.aborted === true) {
            this.#fatal ??= { error: abortReason(signal) };
        } else if (isThrottled(error)) {
            this.#counts.throttled += 1;
            const { retryAfter } = error;
            this.#pace.refused(Date.now(), sent, retryAfter);
            this.#throttled(pack, error, retryAfter ?? 0);
        } else if (error instanceof BatchServiceError && error.status === 413) {
            this.#tooLarge(pack, error);
        } else if (error instanceof BatchServiceError && isAboutTasks(error)) {
            this.#badTask(pack, error);
        } else if (isTransient(error)) {
            this.#postpone(pack, error);
        } else {
            this.#fatal ??= { error };
        }
    }

    #tooLarge(pack: Pack, error: BatchServiceError): void {
        if (pack.size === 1) {
            const reason = `the service takes no request of ${pack.bytes} bytes, which this task alone needs`;
            for (const only of pack.tasks()) this.#fail(only, error.code, reason);
            return;
        }
        if (pack.size < limits.tasksPerCollection.value) this.#packs.tooLarge(pack.bytes);
        this.#again.push(...pack.halves());
    }

    /** A request that holds a task of a wrong shape is refused as a whole: it is halved until the task is found. */
    #badTask(pack: Pack, error: BatchServiceError): void {
        if (pack.size > 1) {
            pack.attempts -= 1;
            this.#again.push(...pack.halves());
            return;
        }
        const [said = ""] = error.message.split("\n", 1);
        const reason = said.replace(`${error.code}: `, "").replace(/ \[POST [^\]]*\]$/, "");
        for (const only of pack.tasks()) this.#fail(only, error.code, reason);
        this.#badTasks += 1;
        if (this.#badTasks < MAX_BAD_TASKS) return;
        this.#fatal ??= { error: this.#refusal(true) };
    }

    /** Being refused is no failure: the pack did not use up a try, and the pace says when it goes again. */
    #throttled(pack: Pack, error: unknown, retryAfter: number): void {
        pack.attempts -= 1;
        pack.refusals += 1;
        if (pack.refusals > MAX_REFUSALS) this.#fatal ??= { error };
        pack.notBefore = Date.now() + retryAfter;
        this.#again.push(pack);
    }

    #postpone(pack: Pack, error: unknown): void {
        if (pack.attempts >= attemptsFor(this.#retry, error, this.#client.core.reached)) {
            const reason =
                error ??
                new Error(`the service could not add task ${pack.tasks()[0]?.id} in ${pack.attempts} tries`);
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

/** What a plan leaves to be sent. */
function packsOf(source: TaskSource, plan: Plan): Packs {
    if (isList(source) && plan.wanted === undefined)
        return new ReadyPacks(plan.packs ?? packsOfList(source, plan.checked !== true));
    return new Packer(preparedTasks(source, plan));
}

// The specification has it in small letters, the examples of its documentation have not.
const SUCCESS = /"status"\s*:\s*"success"/gi;

/** Tasks of an answer that were taken; nearly always all, and counting them takes a quarter of the time that parsing does. */
const successes = (answer: string): number => answer.match(SUCCESS)?.length ?? 0;

/** Whether a request was refused for what is in its body. */
const isAboutTasks = ({ status, code }: BatchServiceError): boolean =>
    status === 400 && /Property|RequestBody|Input$/.test(code);
