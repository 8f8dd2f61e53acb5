import * as pulumi from "@pulumi/pulumi";

/** Every code that the constructs report, with what it is about. `docs/diagnostics.md` lists them for people. */
export const diagnosticCodes = {
    BATCH1001: "a required argument is missing",
    BATCH1002: "two arguments exclude each other",
    BATCH1003: "an id or name has characters or a length that the service refuses",
    BATCH1004: "a number is out of its range",
    BATCH1005: "a duration cannot be read or is out of its range",
    BATCH1006: "a word that an argument does not take",
    BATCH1009: "the image and its node agent do not fit each other",
    BATCH1010: "the image and the VM size do not fit each other",
    BATCH1011: "the image is past its end of support",
    BATCH1012: "more task slots than the VM size's cores allow",
    BATCH1013: "the image cannot run containers",
    BATCH1014: "two parts of a pool have one name, number or port, or there are too many",
    BATCH1015: "a port, priority or number of a disk is out of its range",
    BATCH1016: "a part of a pool does not fit its operating system",
    BATCH1017: "certificates of the Batch account were retired",
    BATCH1018: "an argument needs another one that is not there",
    BATCH1019: "an extension that pools cannot have, or not on this size",
    BATCH1020: "a file cannot be read",
    BATCH1021: "two files to upload have one name",
    BATCH1022: "a link that is signed when tasks are sent, where no task is sent",
    BATCH1030: "a task is not valid",
    BATCH1031: "a job is closed by two task collections",
    BATCH1032: "two task collections of one job have one name",
    BATCH1040: "the autoscale formula is not valid",
    BATCH2001: "warning: the end of support of an image is near",
    BATCH2002: "warning: the VM size is not in the catalogue, so it was not checked",
    BATCH2004: "warning: the pools of the stack want more than the account's quota",
    BATCH2010: "warning: the size is made for what the image has no drivers for",
    BATCH2011: "warning: an extension that Batch does not list",
    BATCH2040: "warning: the autoscale formula is valid and may not do what is meant",
    BATCH2003: "warning: something of the service ends or has ended",
} as const;

/** A code of {@link diagnosticCodes}. */
export type DiagnosticCode = keyof typeof diagnosticCodes;

/** What can be acknowledged: a code of the constructs, or one of the formula's review. */
export type Acknowledged = DiagnosticCode | `AS${number}`;

/** One thing that is wrong with the arguments of a component. */
export interface Problem {
    readonly code: DiagnosticCode;
    /** Path of the argument, such as `tasks[3].id`. */
    readonly path: string;
    /** What was given, what is allowed, and how to fix it. */
    readonly reason: string;
}

/** Something that a component tells: an error, or a warning. */
export interface Diagnostic {
    readonly severity: "error" | "warning";
    /** Code, or the codes of all errors of one component. */
    readonly codes: readonly DiagnosticCode[];
    readonly message: string;
}

type Listener = (diagnostic: Diagnostic) => void;
let listener: Listener | undefined;

/** Gives what is told to a listener, in place of the engine. @returns a function that ends it */
export function listenTo(heard: Listener): () => void {
    listener = heard;
    return () => {
        listener = undefined;
    };
}

/** Tells something to people. */
export function tell(diagnostic: Diagnostic, resource?: pulumi.Resource): void {
    if (listener !== undefined) listener(diagnostic);
    else if (diagnostic.severity === "error") void pulumi.log.error(diagnostic.message, resource);
    else void pulumi.log.warn(diagnostic.message, resource);
}

/** True where the run can go on after an error: at preview, with somebody who hears of it. */
export function goesOn(): boolean {
    return pulumi.runtime.isDryRun() && (listener !== undefined || pulumi.runtime.hasEngine());
}

/** Collects what is wrong with a component's arguments, so that all of it is told at once. */
export class Problems {
    readonly #component: string;
    readonly #found: Problem[] = [];

    /** @param component kind and name, such as `Pool 'cpu'` */
    constructor(component: string) {
        this.#component = component;
    }

    add(code: DiagnosticCode, path: string, reason: string): void {
        this.#found.push({ code, path, reason });
    }

    /** True while nothing is wrong. */
    get none(): boolean {
        return this.#found.length === 0;
    }

    /** The first of what was found. */
    first(count: number): readonly Problem[] {
        return this.#found.slice(0, count);
    }

    /** @throws pulumi.InputPropertiesError when something was added */
    throwIfAny(): void {
        if (this.#found.length > 0) throw toError(this.#component, this.#found);
    }

    /** At preview tells what was added and goes on, so that the preview fails with the problems of all components. */
    tellOrThrow(): void {
        if (this.#found.length === 0) return;
        const error = toError(this.#component, this.#found);
        if (!goesOn()) throw error;
        tellError(error);
    }

    /**
     * Checks an argument now if its value is known, and else when it comes.
     * @returns the argument; what depends on it waits for the check
     */
    check<T>(input: pulumi.Input<T>, check: (value: T, problems: Problems) => void): pulumi.Input<T> {
        if (!isEventual(input)) {
            check(input as T, this);
            return input;
        }
        return pulumi.output(input).apply((value) => {
            const later = new Problems(this.#component);
            check(value as T, later);
            later.tellOrThrow();
            return value;
        }) as pulumi.Output<T>;
    }
}

/** True for Outputs and promises: values that are not there yet. */
export function isEventual(input: unknown): boolean {
    return pulumi.Output.isInstance(input) || input instanceof Promise;
}

/** True for what {@link Problems} throws. */
export function isProblem(error: unknown): error is pulumi.InputPropertiesError {
    return pulumi.InputPropertiesError.isInstance(error);
}

let failing = false;

/** Tells what {@link Problems} would throw; the run goes on and fails. */
export function tellError(error: pulumi.InputPropertiesError, resource?: pulumi.Resource): void {
    const codes = (error.errors ?? []).map(({ reason }) => reason.split(":")[0] as DiagnosticCode);
    tell({ severity: "error", codes, message: error.message }, resource);
    if (failing || listener !== undefined) return;
    failing = true;
    // The engine takes an error of the log for words alone; what nobody catches makes the program fail when it has run to its end.
    void Promise.reject(new pulumi.RunError("the arguments of a component are wrong, see the other errors"));
}

/** Of a million bad tasks the first ones tell enough. */
const TOLD = 50;

function toError(component: string, all: readonly Problem[]): pulumi.InputPropertiesError {
    const problems = all.slice(0, TOLD);
    const lines = problems.map(({ code, path, reason }) => `  ${path}: ${code}: ${reason}`);
    if (all.length > TOLD) lines.push(`  and ${all.length - TOLD} more`);
    // The message says it all too: an error that a program throws is printed by it.
    return new pulumi.InputPropertiesError({
        message: [
            `${component} has ${all.length === 1 ? "a problem" : `${all.length} problems`}:`,
            ...lines,
        ].join("\n"),
        errors: problems.map(({ code, path, reason }) => ({
            propertyPath: path,
            reason: `${code}: ${reason}`,
        })),
    });
}

/** Says something that is legal but should be known, unless its code was acknowledged. */
export function warn(
    code: DiagnosticCode,
    message: string,
    options: { acknowledge?: readonly Acknowledged[]; resource?: pulumi.Resource },
): void {
    if (options.acknowledge?.includes(code) === true) return;
    tell(
        { severity: "warning", codes: [code], message: `${code}: ${message} [acknowledge: "${code}"]` },
        options.resource,
    );
}
