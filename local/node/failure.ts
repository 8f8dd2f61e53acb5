import { taskFailureCodes } from "../../catalog";
import type { FailureInfo } from "../model/pool";

export type TaskFailureCode = keyof typeof taskFailureCodes;

/** A `failureInfo` with the category and message of its code. */
export function failure(code: TaskFailureCode, details: Record<string, string> = {}): FailureInfo {
    const { category, message } = taskFailureCodes[code];
    return {
        category,
        code,
        message,
        details: Object.entries(details).map(([name, value]) => ({ name, value })),
    };
}

/** What failed while a run was prepared or its results were taken away. */
export class RunFailure extends Error {
    constructor(
        readonly code: TaskFailureCode,
        readonly details: Record<string, string> = {},
    ) {
        super(details.Message ?? code);
    }

    get info(): FailureInfo {
        return failure(this.code, this.details);
    }
}

/** First line of an error's message. Those of storage libraries quote addresses, signatures and all: their queries are left out. */
export function messageOf(error: unknown): string {
    const text = error instanceof Error ? error.message : String(error);
    return text.replace(/\?\S*/g, "").split("\n", 1)[0] ?? "";
}

/** A URL without its query: a shared access signature is a secret. */
export function withoutSecrets(url: string): string {
    const at = url.search(/[?#]/);
    return at < 0 ? url : url.slice(0, at);
}
