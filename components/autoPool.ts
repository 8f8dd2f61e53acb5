import type * as pulumi from "@pulumi/pulumi";
import { Problems } from "./diagnostics";
import type { PoolSettings } from "./poolArgs";
import { readPool } from "./poolChecks";
import { poolArgs } from "./raw/pool";
import { poolSpecification } from "./raw/dataPlanePool";

/** What a job's own pool is told: all that a pool is told, but for what only the management plane knows. */
export interface AutoPoolArgs extends Omit<PoolSettings, "identities" | "resourceTags" | "certificates"> {
    /** Whether the pool ends with the job, or with the schedule that makes the jobs. @default "job" */
    readonly lifetime?: "job" | "jobschedule";
    /** Start of the pool's id, up to 20 characters. @default none */
    readonly idPrefix?: string;
    /** Whether the pool stays when its lifetime ends. @default false */
    readonly keepAlive?: boolean;
}

const PREFIX = /^[A-Za-z0-9_-]{0,20}$/;

/**
 * A pool that the service makes for a job and takes away with it.
 * @example
 * const pool = AutoPool.of({ image: VmImage.ubuntu2404(), vmSize: "Standard_D2s_v5", scale: Scale.spot(4) });
 */
export class AutoPool {
    private constructor(
        /** As the data plane takes it: `poolInfo.autoPoolSpecification` of a job. */
        readonly body: Readonly<Record<string, unknown>>,
        readonly taskSlotsPerNode: pulumi.Input<number>,
    ) {}

    /**
     * Checks the arguments as {@link Pool} does.
     * @throws pulumi.InputPropertiesError with all that is wrong
     */
    static of(args: AutoPoolArgs): AutoPool {
        const problems = new Problems("AutoPool");
        const spec = readPool(args, problems);
        if (!PREFIX.test(args.idPrefix ?? "")) {
            problems.add(
                "BATCH1003",
                "idPrefix",
                `'${args.idPrefix}': use up to 20 letters, digits, hyphens and underscores`,
            );
        }
        args.userAccounts?.forEach(({ options }, index) => {
            if (options.password !== undefined) return;
            problems.add(
                "BATCH1001",
                `userAccounts[${index}].password`,
                "a job's pool draws no passwords: give one",
            );
        });
        problems.tellOrThrow();
        const pool = poolSpecification(poolArgs(spec, () => ""));
        return new AutoPool(
            {
                autoPoolIdPrefix: args.idPrefix,
                poolLifetimeOption: args.lifetime ?? "job",
                keepAlive: args.keepAlive ?? false,
                pool,
            },
            spec.taskSlotsPerNode,
        );
    }
}
