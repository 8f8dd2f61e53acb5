import * as batch from "@pulumi/azure-native/batch";
import * as pulumi from "@pulumi/pulumi";
import { poolProperties, replacingPoolProperties } from "../catalog";
import type { AccountReference } from "./accountParts";
import { grantVaults } from "./certificate";
import { Problems } from "./diagnostics";
import { checkId, drawPassword, generatedId } from "./names";
import type { PoolArgs } from "./poolArgs";
import { readPool, tellSupport } from "./poolChecks";
import { poolArgs } from "./raw/pool";
import { reported } from "./reported";
import { made } from "./traces";
import { unknownIsUnchanged } from "./unknowns";
import type { VmImage } from "./vmImage";

/**
 * Nodes of one image and size that run tasks.
 * @example
 * const pool = new Pool("cpu", { account, image: VmImage.ubuntu2404(), vmSize: "Standard_D4s_v5", scale: Scale.dedicated(2) });
 */
@reported()
export class Pool extends pulumi.ComponentResource {
    readonly pool: batch.Pool;
    readonly account: AccountReference;
    readonly image: VmImage;
    /** Id of the pool in the account. */
    readonly poolId: pulumi.Output<string>;
    /** Resource id. */
    readonly id: pulumi.Output<string>;
    readonly taskSlotsPerNode: pulumi.Output<number>;

    constructor(name: string, args: PoolArgs, opts?: pulumi.ComponentResourceOptions) {
        const problems = new Problems(`Pool '${name}'`);
        const spec = readPool(args, problems);
        const poolId =
            args.poolId === undefined
                ? undefined
                : problems.check(args.poolId, (id, found) => checkId(id, "poolId", found));
        problems.throwIfAny();

        super("pulumi-azure-batch:index:Pool", name, {}, opts);
        this.account = args.account;
        this.image = args.image;
        tellSupport(`Pool '${name}'`, args, this);
        const raw: batch.PoolArgs = {
            ...poolArgs(spec, (user) => drawPassword(`${name}-${user.name}`, this)),
            resourceGroupName: args.account.resourceGroupName,
            accountName: args.account.name,
            tags: args.tags,
        };
        const final = args.transform?.pool?.(raw) ?? raw;
        // Nodes fetch certificates before their start task, so the role comes before the pool.
        const vaults = grantVaults(name, args.certificates ?? [], this);
        const id = poolId ?? generatedId(name, replacingPart(final), { parent: this, problems });
        this.pool = made(
            () =>
                new batch.Pool(
                    name,
                    { ...final, poolName: id },
                    {
                        parent: this,
                        dependsOn: vaults,
                        transformations: [unknownIsUnchanged(replacingPoolProperties)],
                        replaceOnChanges: [...replacingPoolProperties],
                        // Two pools of one id cannot exist at once; with a generated id the new one comes first.
                        deleteBeforeReplace: poolId !== undefined,
                    },
                ),
        );
        this.poolId = this.pool.name;
        this.id = this.pool.id;
        this.taskSlotsPerNode = pulumi.output(spec.taskSlotsPerNode);
        this.registerOutputs({ poolId: this.poolId, id: this.id });
    }
}

/** The arguments whose change needs a new pool. */
function replacingPart(args: batch.PoolArgs): Record<string, unknown> {
    const names = new Set<string>(replacingPoolProperties);
    const part = Object.entries(args).filter(([name]) => names.has(name) && name in poolProperties);
    return Object.fromEntries(part) as Record<string, unknown>;
}
