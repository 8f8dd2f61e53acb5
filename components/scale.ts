import type * as pulumi from "@pulumi/pulumi";
import type { Duration } from "./durations";

/** What happens to tasks on nodes that leave. */
export type NodeDeallocation = "requeue" | "terminate" | "taskcompletion" | "retaineddata";

/** A fixed number of nodes. */
export interface FixedScale {
    readonly kind: "fixed";
    readonly dedicated: pulumi.Input<number>;
    readonly spot: pulumi.Input<number>;
    readonly resizeTimeout: Duration | undefined;
    readonly nodeDeallocation: NodeDeallocation | undefined;
}

/** A number of nodes that a formula gives. */
export interface AutoScale {
    readonly kind: "auto";
    readonly formula: pulumi.Input<string>;
    readonly interval: Duration | undefined;
}

/** How many nodes a pool has. Changing it, also from fixed to automatic, changes the pool in place. */
export type Scale = FixedScale | AutoScale;

/** Makes scales. */
export const Scale = {
    /**
     * So many nodes.
     * @param nodes `dedicated` and `spot` nodes; spot nodes are cheaper and may be taken away
     */
    fixed(nodes: {
        /** @default 0 */
        dedicated?: pulumi.Input<number>;
        /** @default 0 */
        spot?: pulumi.Input<number>;
        /** Time for nodes to be found, 5 minutes at least. @default 15 minutes, by the service */
        resizeTimeout?: Duration;
        /** What happens to running tasks when the pool shrinks. @default "requeue", by the service */
        nodeDeallocation?: NodeDeallocation;
    }): FixedScale {
        return {
            kind: "fixed",
            dedicated: nodes.dedicated ?? 0,
            spot: nodes.spot ?? 0,
            resizeTimeout: nodes.resizeTimeout,
            nodeDeallocation: nodes.nodeDeallocation,
        };
    },

    /** Dedicated nodes only. */
    dedicated(count: pulumi.Input<number>): FixedScale {
        return Scale.fixed({ dedicated: count });
    },

    /** Spot nodes only. */
    spot(count: pulumi.Input<number>): FixedScale {
        return Scale.fixed({ spot: count });
    },

    /**
     * As a formula says.
     * @param options `interval` between two evaluations, 5 minutes to 7 days. @default 15 minutes, by the service
     */
    auto(
        formula: pulumi.Input<string> | { toString(): string },
        options: { interval?: Duration } = {},
    ): AutoScale {
        const text = isFormula(formula) ? formula.toString() : (formula as pulumi.Input<string>);
        return { kind: "auto", formula: text, interval: options.interval };
    },
};

// Formula objects print themselves; Outputs and promises do not.
function isFormula(value: unknown): value is { toString(): string } {
    return typeof value === "object" && value !== null && !("then" in value) && !("apply" in value);
}
