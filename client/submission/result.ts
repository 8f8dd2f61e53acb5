import type { RetryPolicy } from "../retry";
import type { SasSigner } from "../sas";
import type { PaceOptions } from "./pace";

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
    /** Of those, tasks that the ledger of an earlier run told of, and that the service has. */
    readonly resumed: number;
    /** Of those, tasks that were added or changed in the place of different ones. */
    readonly replaced: number;
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
    /**
     * File that notes which tasks the service has taken, for a list or a file of tasks: when the submission is interrupted, another one with
     * it goes on where this one ended. It goes when all tasks are in. @default none
     */
    readonly ledger?: string;
    /**
     * What happens where the job has another task under the id of one of these: the new one is refused, or takes its place. Where the
     * constraints alone differ they are changed in place; a task that has succeeded stays as it is then, one that has failed is made again.
     * @default "refuse"
     */
    readonly different?: "refuse" | "replace";
    /** The ids are known to differ, so that they need not be remembered to be compared. @default false */
    readonly distinctIds?: boolean;
    /** Signs the links of tasks that hold references (`sasReference`) when they are sent. @default none */
    readonly sas?: SasSigner;
}

/** Some tasks were not taken. `failures` holds the first thousand with their reasons; all others were submitted, unless very many had a wrong shape. */
export class SubmissionError extends Error {
    override readonly name = "SubmissionError";
    readonly failures: readonly TaskFailure[];
    readonly failed: number;
    readonly result: SubmitResult;

    /** @param stopped whether the tasks that were left were not sent any more */
    constructor(failures: readonly TaskFailure[], failed: number, result: SubmitResult, stopped = false) {
        const first = failures
            .slice(0, 10)
            .map((task) => `  ${task.taskId} (at ${task.position}): ${task.code}: ${task.message}`);
        const more = failed > first.length ? [`  and ${failed - first.length} more`] : [];
        super(
            [
                `${failed} of ${failed + result.submitted} tasks were refused:`,
                ...first,
                ...more,
                ...(stopped ? ["The rest was not sent: correct these tasks and run it again."] : []),
            ].join("\n"),
        );
        this.failures = failures;
        this.failed = failed;
        this.result = result;
    }
}
