import * as pulumi from "@pulumi/pulumi";
import { SAS_HOURS_MAX, sasReference } from "../client";
import type { Container } from "./container";
import { isEventual } from "./diagnostics";

/** How long a link lives. */
export interface SasOptions {
    /**
     * Hours from the moment that the task is sent, at most 168. It must be more than the task waits and runs. Changing it changes no task.
     * @default 24
     */
    readonly hours?: number;
}

const HOURS = 24;

/**
 * A link to a blob or a container with a shared access signature, for storage that the pool has no identity for. It is signed when its
 * task is sent, by whoever deploys, with a user delegation key or else a key of the account: no state, plan or file ever holds it. For
 * tasks and jobs; a pool's files need an identity, since its nodes come at any time. Links of a schedule's job are signed when the schedule
 * is made or what it runs changes: jobs that it starts after their `hours` find them expired, so that those need an identity as well.
 */
export class Sas {
    /** What stands for the link until it is made; secret. */
    readonly reference: pulumi.Output<string>;

    private constructor(url: pulumi.Input<string>, permissions: string, { hours = HOURS }: SasOptions) {
        if (!(hours > 0 && hours <= SAS_HOURS_MAX))
            throw new RangeError(`hours: ${hours}: it can be more than 0 and at most ${SAS_HOURS_MAX}`);
        this.reference = pulumi.secret(
            pulumi.output(url).apply((address) => sasReference(address, permissions, hours)),
        );
    }

    /** Reads a blob by its address, such as `container.blobUrl("a.txt")`, or all blobs of a container. */
    static read(source: pulumi.Input<string> | Container, options: SasOptions = {}): Sas {
        return isContainer(source) ? new Sas(source.url, "rl", options) : new Sas(source, "r", options);
    }

    /** Writes blobs of a container. */
    static write(container: Container, options: SasOptions = {}): Sas {
        return new Sas(container.url, "cw", options);
    }
}

const isContainer = (source: pulumi.Input<string> | Container): source is Container =>
    typeof source === "object" && !isEventual(source);
