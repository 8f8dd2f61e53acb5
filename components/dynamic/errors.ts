import { BatchServiceError } from "../../client";

/** An error after the first effect: the engine saves the resource with its reasons, so that nothing is left without an owner. */
export class InitializationError extends Error {
    readonly id: string;
    readonly properties: Record<string, unknown>;
    readonly reasons: string[];

    /** @param inputs the inputs as they came: they hold the provider, which delete needs */
    constructor(
        id: string,
        inputs: Record<string, unknown>,
        outputs: Record<string, unknown>,
        reasons: string[],
    ) {
        super(reasons.join("\n"));
        this.id = id;
        // What is undefined is left out: where one is sent, the engine gets no answer at all and waits for ever.
        this.properties = JSON.parse(JSON.stringify({ ...inputs, ...outputs })) as Record<string, unknown>;
        this.reasons = reasons;
    }
}

/** A message with what to do, for the failures that people meet; the client's own says it for sign-in, roles and connections. */
export function advice(error: unknown): string {
    const message = error instanceof Error ? error.message : String(error);
    if (error instanceof BatchServiceError) {
        if (error.code === "JobCompleted" || error.code === "JobBeingTerminated") {
            return `${message}\nA job that has ended takes no more tasks: give the Job \`triggers\` that change with its tasks, so that a new job is made for them. Where they have only been renamed in the program, give them \`aliases\` with their old name.`;
        }
        if (error.code === "JobNotFound")
            return `${message}\nThe job is gone, deleted by somebody else: run \`pulumi refresh\`, and the next \`pulumi up\` makes it again with its tasks.`;
        if (error.code === "PoolNotFound")
            return `${message}\nThe pool of the job is gone: make it again, or give the job another one.`;
    }
    return message;
}

/** The error, with advice in its message. */
export function withAdvice(error: unknown): Error {
    return new Error(advice(error), { cause: error });
}
