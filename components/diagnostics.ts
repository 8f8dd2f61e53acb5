import * as pulumi from "@pulumi/pulumi";

/** Every code that the constructs report, with what it is about. `docs/diagnostics.md` lists them for people. */
export const diagnosticCodes = {
    BATCH1001: "a required argument is missing",
    BATCH1002: "two arguments exclude each other",
    BATCH1003: "an id or name has characters or a length that the service refuses",
    BATCH1004: "a number is out of its range",
    BATCH1005: "a duration cannot be read or is out of its range",
    BATCH1010: "the image and the VM size do not fit each other",
    BATCH1011: "the image is past its end of support",
    BATCH1012: "more task slots than the VM size's cores allow",
    BATCH1013: "the image cannot run containers",
    BATCH1014: "two parts of a pool have one name, number or port, or there are too many",
    BATCH1015: "a port, priority or number of a disk is out of its range",
    BATCH1016: "a part of a pool does not fit its operating system",
    BATCH1017: "certificates of the Batch account were retired",
    BATCH1018: "a part of a pool needs another one that is not there",
    BATCH1020: "a file to upload cannot be read",
    BATCH1021: "two files to upload have one name",
    BATCH1030: "a task is not valid",
    BATCH1031: "a job is closed by two task collections",
    BATCH1040: "the autoscale formula is not valid",
    BATCH2001: "warning: the end of support of an image is near",
    BATCH2002: "warning: the VM size is not in the catalogue, so it was not checked",
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

    /** @throws pulumi.InputPropertiesError when something was added */
    throwIfAny(): void {
        if (this.#found.length > 0) throw toError(this.#component, this.#found);
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
            later.throwIfAny();
            return value;
        }) as pulumi.Output<T>;
    }
}

/** True for Outputs and promises: values that are not there yet. */
export function isEventual(input: unknown): boolean {
    return pulumi.Output.isInstance(input) || input instanceof Promise;
}

function toError(component: string, problems: readonly Problem[]): pulumi.InputPropertiesError {
    const lines = problems.map(({ code, path, reason }) => `  ${path}: ${code}: ${reason}`);
    // The message says it all too: an error that a program throws is printed by it.
    return new pulumi.InputPropertiesError({
        message: [
            `${component} has ${problems.length === 1 ? "a problem" : `${problems.length} problems`}:`,
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
    void pulumi.log.warn(`${code}: ${message} [acknowledge: "${code}"]`, options.resource);
}
