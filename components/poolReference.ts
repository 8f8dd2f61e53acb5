import type { BatchSignIn } from "../client";
import * as batch from "@pulumi/azure-native/batch";
import * as pulumi from "@pulumi/pulumi";
import type { AccountOutputs, AccountReference } from "./accountParts";
import { accountOf } from "./accountParts";
import type { VmImage } from "./vmImage";

/** A pool, of this stack or of elsewhere. What is not known of one is not there. */
export interface PoolReference {
    readonly account: AccountReference;
    /** Id of the pool in the account. */
    readonly poolId: pulumi.Output<string>;
    /** Resource id. */
    readonly id: pulumi.Output<string>;
    /** The resource itself, when it is of this stack. */
    readonly pool?: batch.Pool;
    readonly image?: VmImage;
    readonly taskSlotsPerNode?: pulumi.Output<number>;
}

/** What a stack says of its pool to others. */
export interface PoolOutputs {
    readonly poolId: string;
    readonly taskSlotsPerNode: number;
    readonly account: AccountOutputs;
}

/** A pool that exists already; the account is asked for it. */
export function existingPool(
    name: string,
    args: { readonly account: AccountReference; readonly poolId: pulumi.Input<string> },
    opts?: pulumi.CustomResourceOptions,
): PoolReference {
    const id = pulumi.interpolate`${args.account.id}/pools/${args.poolId}`;
    const found = batch.Pool.get(name, id, opts);
    return {
        account: args.account,
        poolId: pulumi.output(args.poolId),
        id: found.id,
        taskSlotsPerNode: found.taskSlotsPerNode.apply((slots) => slots ?? 1),
    };
}

/** A pool that another stack exports; nobody is asked. */
export function poolOfStack(
    stack: pulumi.StackReference,
    output: string,
    batchCredentials: BatchSignIn | undefined,
): PoolReference {
    const said = stack.requireOutput(output) as pulumi.Output<PoolOutputs>;
    const account = accountOf(
        said.apply((pool) => pool.account),
        batchCredentials,
    );
    const poolId = said.apply((pool) => pool.poolId);
    return {
        account,
        poolId,
        id: pulumi.interpolate`${account.id}/pools/${poolId}`,
        taskSlotsPerNode: said.apply((pool) => pool.taskSlotsPerNode),
    };
}
