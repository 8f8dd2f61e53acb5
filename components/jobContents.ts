import * as pulumi from "@pulumi/pulumi";
import { digestOf } from "./digest";

/** The tasks that one resource gives a job. */
export interface TasksClaim {
    /** Digest of the tasks as far as they are known at once. */
    readonly digest: string;
    /** Whether one of them has an id. */
    has(id: string): boolean;
}

/**
 * What a program gives a job. The job is registered first and takes no tasks once it has completed, so it must hear of them: from what is
 * made in the same turn of the program. Whoever comes later is not waited for, since that might be for ever; then the collection itself
 * says that the job has completed.
 */
export class JobContents {
    readonly #claims: TasksClaim[] = [];
    readonly digest: pulumi.Output<string | undefined>;

    constructor() {
        this.digest = pulumi.output(Promise.resolve().then(() => this.#digest()));
    }

    claim(claim: TasksClaim): void {
        this.#claims.push(claim);
    }

    has(id: string): boolean {
        return this.#claims.some((claim) => claim.has(id));
    }

    #digest(): string | undefined {
        // Whoever brings them may be renamed: that is no reason to run them again.
        const all = this.#claims.map(({ digest }) => digest).sort();
        return all.length === 0 ? undefined : digestOf(all);
    }
}
