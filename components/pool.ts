import * as batch from "@pulumi/azure-native/batch";
import * as pulumi from "@pulumi/pulumi";
import { review } from "../autoscale";
import { findVmSize, limits, maxTaskSlots, poolProperties, replacingPoolProperties } from "../catalog";
import type { BatchAccount } from "./batchAccount";
import { Problems, warn } from "./diagnostics";
import type { Acknowledged } from "./diagnostics";
import { readDuration } from "./durations";
import { identityId } from "./identity";
import type { IdentityReference } from "./identity";
import { checkId, generatedId } from "./names";
import { poolArgs } from "./raw/pool";
import type { Scale } from "./scale";
import type { StartTask } from "./startTask";
import type { VmImage } from "./vmImage";

/** Arguments of {@link Pool}. */
export interface PoolArgs {
    /** Changing it replaces the pool. */
    readonly account: BatchAccount;
    /** What nodes boot. Changing it replaces the pool: the new one is made before the old one goes. */
    readonly image: VmImage;
    /** Size of the nodes, such as `Standard_D4s_v5`. Changing it replaces the pool. */
    readonly vmSize: pulumi.Input<string>;
    /** How many nodes. Changes in place, also from fixed to automatic. @default no nodes */
    readonly scale?: Scale;
    /** What every node runs first. Changes in place; nodes that run already take it over when they are rebooted. @default none */
    readonly startTask?: StartTask;
    /** Tasks that a node runs at once, up to 4 a core and 256. Changing it replaces the pool. @default 1 */
    readonly taskSlotsPerNode?: pulumi.Input<number>;
    /** How tasks fill nodes. Changing it replaces the pool. @default "spread" */
    readonly fill?: "spread" | "pack";
    /** Whether nodes may talk to each other, as multi-instance tasks need. Changing it replaces the pool. @default false */
    readonly interNodeCommunication?: boolean;
    /** Subnet of the nodes. Changing it replaces the pool. @default a network of the service */
    readonly subnetId?: pulumi.Input<string>;
    /** User-assigned identities of the nodes. Changes in place. @default none */
    readonly identities?: readonly IdentityReference[];
    /** Changing it replaces the pool. @default none */
    readonly displayName?: pulumi.Input<string>;
    /** Names and values for your own use. Changes in place. @default none */
    readonly metadata?: Readonly<Record<string, pulumi.Input<string>>>;
    /** Changes in place. @default none */
    readonly tags?: pulumi.Input<Record<string, pulumi.Input<string>>>;
    /**
     * Id of the pool, up to 64 letters, digits, hyphens and underscores. With an id of your own a change that replaces the pool must
     * delete the old one first.
     * @default the logical name with a random end that changes when the pool is replaced
     */
    readonly poolId?: pulumi.Input<string>;
    /** Warnings and errors about ends of support that are known and accepted, by their code. @default none */
    readonly acknowledge?: readonly Acknowledged[];
    /** Changes the raw arguments of the pool at last. */
    readonly transform?: { pool?: (args: batch.PoolArgs) => batch.PoolArgs };
}

const NEAR_END_DAYS = 180;

/**
 * Nodes of one image and size that run tasks.
 * @example
 * const pool = new Pool("cpu", { account, image: VmImage.ubuntu2404(), vmSize: "Standard_D4s_v5", scale: Scale.dedicated(2) });
 */
export class Pool extends pulumi.ComponentResource {
    readonly pool: batch.Pool;
    readonly account: BatchAccount;
    readonly image: VmImage;
    /** Id of the pool in the account. */
    readonly poolId: pulumi.Output<string>;
    /** Resource id. */
    readonly id: pulumi.Output<string>;
    readonly taskSlotsPerNode: pulumi.Output<number>;

    constructor(name: string, args: PoolArgs, opts?: pulumi.ComponentResourceOptions) {
        const problems = new Problems(`Pool '${name}'`);
        const scale = args.scale ?? {
            kind: "fixed",
            dedicated: 0,
            spot: 0,
            resizeTimeout: undefined,
            nodeDeallocation: undefined,
        };
        const spec = {
            ...args,
            resourceGroupName: args.account.resourceGroupName,
            accountName: args.account.name,
            scale: checkScale(scale, args, problems),
            resizeTimeout:
                scale.kind === "fixed"
                    ? readDuration(scale.resizeTimeout, "scale.resizeTimeout", problems, {
                          min: limits.resizeTimeoutMin.value,
                      })
                    : undefined,
            evaluationInterval:
                scale.kind === "auto"
                    ? readDuration(scale.interval, "scale.interval", problems, {
                          min: limits.evaluationIntervalMin.value,
                          max: limits.evaluationIntervalMax.value,
                      })
                    : undefined,
            vmSize: problems.check(args.vmSize, (size, found) => checkSize(size, args.image, found)),
            taskSlotsPerNode: checkSlots(args, problems),
            startTask: args.startTask,
            displayName: args.displayName,
            subnetId: args.subnetId,
            tags: args.tags,
            fill: args.fill ?? "spread",
            interNodeCommunication: args.interNodeCommunication ?? false,
            identityIds: (args.identities ?? []).map(identityId),
            metadata: args.metadata ?? {},
        };
        const poolId =
            args.poolId === undefined
                ? undefined
                : problems.check(args.poolId, (id, found) => checkId(id, "poolId", found));
        checkSupport(args, problems);
        problems.throwIfAny();

        super("pulumi-azure-batch:index:Pool", name, {}, opts);
        this.account = args.account;
        this.image = args.image;
        tellSupport(name, args, this);
        const raw = poolArgs(spec);
        const final = args.transform?.pool?.(raw) ?? raw;
        const id = poolId ?? generatedId(name, replacingPart(final), { parent: this, problems });
        this.pool = new batch.Pool(
            name,
            { ...final, poolName: id },
            {
                parent: this,
                replaceOnChanges: [...replacingPoolProperties],
                // Two pools of one id cannot exist at once; with a generated id the new one comes first.
                deleteBeforeReplace: poolId !== undefined,
            },
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

function checkSize(vmSize: string, image: VmImage, problems: Problems): void {
    const size = findVmSize(vmSize);
    if (size === undefined || image.row === undefined) return;
    const { architecture, generation, offer, sku } = image.row;
    if (size.architecture !== architecture) {
        problems.add(
            "BATCH1010",
            "vmSize",
            `${vmSize} has ${size.architecture} processors and ${offer} ${sku} is for ${architecture}: choose another image or size`,
        );
    } else if (!size.generations.includes(generation)) {
        problems.add(
            "BATCH1010",
            "vmSize",
            `${vmSize} boots images of generation ${size.generations.join(" or ")} and ${offer} ${sku} is of generation ${generation}: choose another image or size`,
        );
    }
}

function checkSlots(args: PoolArgs, problems: Problems): pulumi.Input<number> {
    const both = args.taskSlotsPerNode ?? 1;
    const check = (slots: number, vmSize: string | undefined, found: Problems): void => {
        const size = vmSize === undefined ? undefined : findVmSize(vmSize);
        const most = size === undefined ? limits.taskSlotsPerNode.value : maxTaskSlots(size.cores);
        if (Number.isInteger(slots) && slots >= 1 && slots <= most) return;
        const why = size === undefined ? "" : `, as ${size.name} has ${size.cores} cores`;
        found.add(
            "BATCH1012",
            "taskSlotsPerNode",
            `${slots} task slots a node: it can be 1 to ${most}${why}`,
        );
    };
    const plainSize = typeof args.vmSize === "string" ? args.vmSize : undefined;
    return problems.check(both, (slots, found) => check(slots, plainSize, found));
}

function checkScale(scale: Scale, args: PoolArgs, problems: Problems): Scale {
    if (scale.kind === "auto") {
        return {
            ...scale,
            formula: problems.check(scale.formula, (text, found) => checkFormula(text, args, found)),
        };
    }
    const count = (kind: "dedicated" | "spot"): pulumi.Input<number> =>
        problems.check(scale[kind], (nodes, found) => {
            if (Number.isInteger(nodes) && nodes >= 0) return;
            found.add("BATCH1004", `scale.${kind}`, `${nodes} nodes: it can be 0 or a whole number above`);
        });
    return { ...scale, dedicated: count("dedicated"), spot: count("spot") };
}

function checkFormula(text: string, args: PoolArgs, problems: Problems): void {
    const slots = typeof args.taskSlotsPerNode === "number" ? args.taskSlotsPerNode : undefined;
    const acknowledge = args.acknowledge?.filter((code) => code.startsWith("AS"));
    for (const finding of review(text, { taskSlotsPerNode: slots, acknowledge }).diagnostics) {
        const where = `line ${finding.line}, column ${finding.column}`;
        const fix = finding.fix === undefined ? "" : `; ${finding.fix}`;
        if (finding.severity === "error") {
            problems.add(
                "BATCH1040",
                "scale.formula",
                `${finding.message} (${finding.code}, ${where})${fix}`,
            );
        } else if (finding.severity === "warning" && args.acknowledge?.includes("BATCH2040") !== true) {
            void pulumi.log.warn(
                `BATCH2040: the formula, ${where}: ${finding.message}${fix} [acknowledge: "${finding.code}"]`,
            );
        }
    }
}

function daysLeft(endOfSupport: string): number {
    return Math.floor((Date.parse(`${endOfSupport}T23:59:59Z`) - Date.now()) / 86_400_000);
}

function checkSupport(args: PoolArgs, problems: Problems): void {
    const end = args.image.row?.endOfSupport;
    if (end === undefined || daysLeft(end) >= 0 || args.acknowledge?.includes("BATCH1011") === true) return;
    problems.add(
        "BATCH1011",
        "image",
        `support for ${args.image.row?.release} ended on ${end} and the service makes no nodes of it: choose a newer image such as VmImage.ubuntu2404(), or acknowledge BATCH1011`,
    );
}

function tellSupport(name: string, args: PoolArgs, resource: pulumi.Resource): void {
    const { acknowledge } = args;
    const end = args.image.row?.endOfSupport;
    if (end !== undefined && daysLeft(end) >= 0 && daysLeft(end) < NEAR_END_DAYS) {
        warn("BATCH2001", `Pool '${name}': support for ${args.image.row?.release} ends on ${end}`, {
            acknowledge,
            resource,
        });
    }
    pulumi.output(args.vmSize).apply((size) => {
        if (findVmSize(size) === undefined) {
            warn(
                "BATCH2002",
                `Pool '${name}': VM size ${size} is not in the catalogue, so cores and architecture were not checked`,
                {
                    acknowledge,
                    resource,
                },
            );
        }
    });
}
