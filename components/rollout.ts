import type * as batch from "@pulumi/azure-native/batch";
import * as pulumi from "@pulumi/pulumi";
import { poolProperties } from "../catalog";
import type { PoolChange, PoolProperty } from "../catalog";
import type { AccountReference } from "./accountParts";
import type { Problems } from "./diagnostics";
import { readDuration, seconds } from "./durations";
import type { Duration } from "./durations";
import { poolRolloutProvider } from "./dynamic/providers";
import { digest } from "./resolve";

/** How nodes that run already take over a new start task, new packages or new identities. */
export type RolloutKind = "none" | "reboot" | "reimage";

/** How running nodes are brought up to date. */
export interface RolloutSettings {
    /**
     * `reboot` for start task and packages, `reimage` for identities too; `none` leaves the nodes as they are. Each tells at preview what
     * a change of the pool means, and how many nodes stay behind.
     */
    readonly kind: RolloutKind;
    /** Nodes at once, a number or a part of all such as `"25%"`; one at least. @default "25%" */
    readonly atOnce?: number | `${number}%`;
    /** What happens to tasks that run on a node. @default "taskcompletion": they end first */
    readonly tasks?: "requeue" | "terminate" | "taskcompletion" | "retaineddata";
    /** Time for all nodes. @default "1h" */
    readonly timeout?: Duration;
}

/** A kind, or all settings. */
export type Rollout = RolloutKind | RolloutSettings;

/** The rollout of a pool, checked; undefined where none was asked for. */
export function readRollout(
    given: Rollout | undefined,
    problems: Problems,
): Required<RolloutSettings> | undefined {
    if (given === undefined) return undefined;
    const settings = typeof given === "string" ? { kind: given } : given;
    const { kind, atOnce = "25%", tasks = "taskcompletion", timeout = "1h" } = settings;
    const part = typeof atOnce === "number" ? atOnce : Number(/^(\d+(?:\.\d+)?)%$/.exec(atOnce)?.[1]);
    const good = typeof atOnce === "number" ? Number.isInteger(part) && part >= 1 : part > 0 && part <= 100;
    if (!good) {
        problems.add(
            "BATCH1004",
            "rollout.atOnce",
            `${atOnce}: give a whole number of nodes above 0, or a part such as "25%"`,
        );
    }
    readDuration(timeout, "rollout.timeout", problems, { min: 60 });
    return { kind, atOnce, tasks, timeout };
}

class PoolRolloutResource extends pulumi.dynamic.Resource {
    constructor(name: string, props: Record<string, unknown>, opts: pulumi.CustomResourceOptions) {
        const all = { ...props, since: undefined, settled: undefined };
        super(poolRolloutProvider, name, all, opts, "pulumi-azure-batch", "PoolRollout");
    }
}

const rows: readonly PoolProperty[] = Object.values(poolProperties);

/** Digest of the arguments that nodes take over at some point; what is not there does not count. */
function digestOf(args: batch.PoolArgs, change: PoolChange): pulumi.Output<string> {
    const all = args as unknown as Record<string, unknown>;
    const taken = rows.filter((row) => row.change === change && all[row.path] !== undefined);
    return digest(Object.fromEntries(taken.map(({ path }) => [path, all[path]])));
}

/** Few digits of a digest: enough to see a change, too few to guess a password by. */
const SHORT = 6;

/** Digests of all arguments of the pool that the table has. */
function partsOf(args: batch.PoolArgs): Record<string, pulumi.Output<string>> {
    const all = args as unknown as Record<string, unknown>;
    const given = rows.filter(({ path }) => all[path] !== undefined);
    return Object.fromEntries(
        given.map(({ path }) => [path, digest(all[path]).apply((text) => text.slice(0, SHORT))]),
    );
}

/** The resource that brings the nodes of a pool up to date after the pool has changed. */
export function rollOut(
    name: string,
    settings: Required<RolloutSettings>,
    pool: {
        args: batch.PoolArgs;
        account: AccountReference;
        poolId: pulumi.Input<string>;
        resource: batch.Pool;
    },
    parent: pulumi.Resource,
): pulumi.CustomResource {
    return new PoolRolloutResource(
        `${name}-rollout`,
        {
            endpoint: pool.account.endpoint,
            batchCredentials: pool.account.batchCredentials,
            poolId: pool.poolId,
            kind: settings.kind,
            digest: digestOf(pool.args, "afterReboot"),
            imageDigest: digestOf(pool.args, "afterReimage"),
            parts: partsOf(pool.args),
            atOnce: String(settings.atOnce),
            tasks: settings.tasks,
            timeout: seconds(settings.timeout),
        },
        { parent, dependsOn: [pool.resource], deletedWith: pool.resource },
    );
}
