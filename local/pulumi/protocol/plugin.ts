// What a stand-in implements. `serve` puts it behind the provider protocol.
import type { PropertyChange } from "./diff";
import type { Opened, Properties } from "./values";

export interface ResourceRef {
    urn: string;
    /** The type token, as in `azure-native:batch:Pool`. */
    type: string;
    /** The logical name. */
    name: string;
}

export interface Autonaming {
    mode: "propose" | "enforce" | "disable";
    proposedName: string;
}

export interface CheckFailure {
    property: string;
    reason: string;
}

export interface Diff {
    changes: PropertyChange[];
    deleteBeforeReplace: boolean;
}

export interface State {
    id: string;
    outputs: Properties;
    /** Outputs that are secret whatever the inputs were. */
    secrets?: string[];
}

/** How long an operation may take and how it is ended early. */
export interface Limits {
    signal: AbortSignal;
}

export interface Plugin {
    /** The real plugin's name, as in `azure-native`. */
    readonly name: string;
    /** Said once, when the plugin is configured. */
    readonly notice: string;
    /** @param config the provider's inputs, without the plugin's prefix */
    configure(config: Properties): void;
    check(
        resource: ResourceRef,
        inputs: Properties,
        old: Properties,
        autonaming: Autonaming | undefined,
        limits: Limits,
    ): Promise<{ inputs: Properties; failures: CheckFailure[] }>;
    diff(
        resource: ResourceRef,
        state: { id: string; inputs: Properties; outputs: Properties },
        news: Properties,
    ): Diff;
    /** What is known of the outputs before anything is made. */
    preview(resource: ResourceRef, inputs: Properties, old: Properties | undefined): Properties;
    create(resource: ResourceRef, inputs: Properties, limits: Limits): Promise<State>;
    /** @returns undefined when it is gone */
    read(
        resource: ResourceRef,
        id: string,
        state: { inputs: Properties; outputs: Properties },
        limits: Limits,
    ): Promise<(State & { inputs: Properties }) | undefined>;
    update(
        resource: ResourceRef,
        id: string,
        state: { inputs: Properties; outputs: Properties },
        news: Properties,
        limits: Limits,
    ): Promise<State>;
    delete(
        resource: ResourceRef,
        id: string,
        state: { inputs: Properties; outputs: Properties },
        limits: Limits,
    ): Promise<void>;
    invoke(token: string, args: Properties, limits: Limits): Promise<Properties>;
}

/** The resource was made (or changed) but did not come up: it stays in the state, and the next update mends it. */
export class PartialState extends Error {
    constructor(
        message: string,
        readonly state: State,
    ) {
        super(message);
        this.name = "PartialState";
    }
}

export type { Opened };
