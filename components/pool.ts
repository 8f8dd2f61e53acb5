import * as batch from "@pulumi/azure-native/batch";
import * as pulumi from "@pulumi/pulumi";
import { poolProperties, replacingPoolProperties } from "../catalog";
import type { RoleName } from "../catalog";
import type * as authorization from "@pulumi/azure-native/authorization";
import type { AccountReference } from "./accountParts";
import { grantVaults } from "./certificate";
import type { Container } from "./container";
import { estimateCost, tellCost } from "./cost";
import type { CostEstimate, Price } from "./cost";
import { Problems } from "./diagnostics";
import type { IdentityReference } from "./identity";
import { checkId, drawPassword, generatedId } from "./names";
import type { PoolArgs } from "./poolArgs";
import { readPool, tellSupport } from "./poolChecks";
import { grantToNodes, registryId } from "./poolGrants";
import type { RegistryReference } from "./poolGrants";
import { existingPool, poolOfStack } from "./poolReference";
import type { PoolOutputs, PoolReference } from "./poolReference";
import { watchQuota } from "./quota";
import { poolArgs } from "./raw/pool";
import { reported } from "./reported";
import { readRollout, rollOut } from "./rollout";
import { made } from "./traces";
import type { Scale } from "./scale";
import { unknownIsUnchanged } from "./unknowns";
import type { VmImage } from "./vmImage";

/**
 * Nodes of one image and size that run tasks.
 * @example
 * const pool = new Pool("cpu", { account, image: VmImage.ubuntu2404(), vmSize: "Standard_D4s_v5", scale: Scale.dedicated(2) });
 */
@reported()
export class Pool extends pulumi.ComponentResource implements PoolReference {
    readonly #name: string;
    readonly #identities: readonly IdentityReference[];
    readonly pool: batch.Pool;
    readonly account: AccountReference;
    readonly image: VmImage;
    /** Id of the pool in the account. */
    readonly poolId: pulumi.Output<string>;
    /** The resource that brings running nodes up to date; only with `rollout`. */
    readonly rollout?: pulumi.CustomResource;
    /** Resource id. */
    readonly id: pulumi.Output<string>;
    readonly taskSlotsPerNode: pulumi.Output<number>;
    readonly #price: Price | undefined;
    readonly #scale: Scale;

    constructor(name: string, args: PoolArgs, opts?: pulumi.ComponentResourceOptions) {
        const problems = new Problems(`Pool '${name}'`);
        const spec = readPool(args, problems);
        const poolId =
            args.poolId === undefined
                ? undefined
                : problems.check(args.poolId, (id, found) => checkId(id, "poolId", found));
        const rollout = readRollout(args.rollout, problems);
        problems.throwIfAny();

        super("pulumi-azure-batch:index:Pool", name, {}, opts);
        this.#name = name;
        // A certificate's identity is one of the nodes' too.
        const certificates = (args.certificates ?? []).flatMap((one) => one.args?.identity ?? []);
        this.#identities = [...new Set([...(args.identities ?? []), ...certificates])];
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
        if (rollout !== undefined) {
            const changed = { args: final, account: args.account, poolId: this.poolId, resource: this.pool };
            this.rollout = rollOut(name, rollout, changed, this);
        }
        this.id = this.pool.id;
        this.taskSlotsPerNode = pulumi.output(spec.taskSlotsPerNode);
        this.#price = args.price;
        this.#scale = spec.scale;
        if (args.price !== undefined) tellCost(name, args.price, spec.scale, this.cost, this);
        watchQuota(args.account, { name, ...spec });
        this.registerOutputs({ poolId: this.poolId, id: this.id });
    }

    /** Estimate from `price`; undefined without one, or when the number of nodes is a formula's. */
    get cost(): pulumi.Output<CostEstimate | undefined> {
        return estimateCost(this.#price, this.#scale);
    }

    /** What another stack needs for {@link Pool.fromStack}: export it. */
    get reference(): pulumi.Output<PoolOutputs> {
        const { id, endpoint } = this.account;
        return pulumi.output({
            poolId: this.poolId,
            taskSlotsPerNode: this.taskSlotsPerNode,
            account: { id, endpoint },
        });
    }

    /** A pool that exists already: the account is asked for it. */
    static fromExisting(
        name: string,
        args: { readonly account: AccountReference; readonly poolId: pulumi.Input<string> },
        opts?: pulumi.CustomResourceOptions,
    ): PoolReference {
        return existingPool(name, args, opts);
    }

    /** The pool of another stack, which exports {@link Pool.reference}. @param output name of that export */
    static fromStack(
        stack: pulumi.StackReference,
        output = "pool",
        { batchCredentials }: Pick<AccountReference, "batchCredentials"> = {},
    ): PoolReference {
        return poolOfStack(stack, output, batchCredentials);
    }

    /** Lets the pool's identities pull images of a registry. @throws pulumi.InputPropertiesError when it has none */
    grantPull(registry: RegistryReference, name = "pull"): authorization.RoleAssignment[] {
        return this.#grant(name, "AcrPull", registryId(registry));
    }

    /** Lets the pool's identities read the blobs of a container. @param name @default `read-` and the container's name @throws as `grantPull` */
    grantRead(container: Container, name?: string): authorization.RoleAssignment[] {
        return this.#grantOn(container, "read", "Storage Blob Data Reader", name);
    }

    /** Lets the pool's identities read, write and delete the blobs of a container. @param name @default `write-` and the container's name @throws as `grantPull` */
    grantWrite(container: Container, name?: string): authorization.RoleAssignment[] {
        return this.#grantOn(container, "write", "Storage Blob Data Contributor", name);
    }

    #grantOn(
        { blobContainer, logicalName, formerNames }: Container,
        verb: string,
        role: RoleName,
        name: string | undefined,
    ): authorization.RoleAssignment[] {
        // Named after the container, the assignment is the same one when that has another name: the service takes it once only.
        const former = name === undefined ? formerNames.map((one) => `${verb}-${one}`) : [];
        return this.#grant(name ?? `${verb}-${logicalName}`, role, blobContainer.id, former);
    }

    #grant(
        name: string,
        role: RoleName,
        scope: pulumi.Input<string>,
        former: readonly string[] = [],
    ): authorization.RoleAssignment[] {
        return grantToNodes(
            { name: this.#name, identities: this.#identities },
            { name, former },
            role,
            scope,
            this,
        );
    }
}

/** The arguments whose change needs a new pool. */
function replacingPart(args: batch.PoolArgs): Record<string, unknown> {
    const names = new Set<string>(replacingPoolProperties);
    const part = Object.entries(args).filter(([name]) => names.has(name) && name in poolProperties);
    return Object.fromEntries(part) as Record<string, unknown>;
}
