import type * as batch from "@pulumi/azure-native/batch";
import type * as pulumi from "@pulumi/pulumi";
import type { AccountReference } from "./accountParts";
import type { Certificate } from "./certificate";
import type { Price } from "./cost";
import type { Acknowledged } from "./diagnostics";
import type { IdentityReference } from "./identity";
import type { Mount } from "./mount";
import type {
    Containers,
    DataDisk,
    OsDisk,
    PackageReference,
    PoolNetwork,
    SecurityProfile,
    UpgradePolicy,
    UserAccount,
    VmExtension,
} from "./poolParts";
import type { Rollout } from "./rollout";
import type { Scale } from "./scale";
import type { StartTask } from "./startTask";
import type { VmImage } from "./vmImage";

/** What a pool and a job's own pool are told alike. */
export interface PoolSettings {
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
    /** Network of the nodes besides their subnet. Changing it replaces the pool. @default public addresses of the service */
    readonly network?: PoolNetwork;
    /** Users that every node has. Changing them replaces the pool. @default none */
    readonly userAccounts?: readonly UserAccount[];
    /** Application packages that every node gets, 10 at most. Changes in place; running nodes take it over when they are rebooted. @default none */
    readonly packages?: readonly PackageReference[];
    /** Certificates of a Key Vault that nodes have before their start task. Changing them replaces the pool. @default none */
    readonly certificates?: readonly Certificate[];
    /** File systems that every node mounts, 10 at most. Changing them replaces the pool. @default none */
    readonly mounts?: readonly Mount[];
    /** Containers on the nodes; the image must be able to run them. Changing it replaces the pool. @default none */
    readonly containers?: Containers;
    /** Disk that nodes boot from. Changing it replaces the pool. @default that of the image and size */
    readonly osDisk?: OsDisk;
    /** Empty disks of every node. Changing them replaces the pool. @default none */
    readonly dataDisks?: readonly DataDisk[];
    /** Disks that the service encrypts inside the node. Changing it replaces the pool. @default none */
    readonly diskEncryption?: readonly ("OsDisk" | "TemporaryDisk")[];
    /** Changing it replaces the pool. @default a standard virtual machine */
    readonly security?: SecurityProfile;
    /** In one zone, or over the region's zones. Changing it replaces the pool. @default "regional", by the service */
    readonly placement?: "regional" | "zonal";
    /** Extensions of the virtual machines. Changing them replaces the pool. @default none */
    readonly extensions?: readonly VmExtension[];
    /** How operating systems are upgraded. Changing it replaces the pool. @default "manual", by the service */
    readonly upgradePolicy?: UpgradePolicy;
    /**
     * Service artifact of a gallery, which keeps all nodes on one version of its images. Needs an image of that gallery. Changing it
     * replaces the pool. @default none
     */
    readonly serviceArtifactId?: pulumi.Input<string>;
    /** Licence that you bring: `Windows_Server` or `Windows_Client`. Changing it replaces the pool. @default none */
    readonly licenseType?: string;
    /** Whether Windows updates itself. Changing it replaces the pool. @default true, by the service */
    readonly windowsUpdates?: boolean;
    /** Tags of the machines, disks and addresses that the service makes. Changing them replaces the pool. @default none */
    readonly resourceTags?: pulumi.Input<Record<string, pulumi.Input<string>>>;
    /** User-assigned identities of the nodes. Changes in place. @default none */
    readonly identities?: readonly IdentityReference[];
    /** Changing it replaces the pool. @default none */
    readonly displayName?: pulumi.Input<string>;
    /** Names and values for your own use. Changes in place. @default none */
    readonly metadata?: Readonly<Record<string, pulumi.Input<string>>>;
    /** Warnings and errors about ends of support that are known and accepted, by their code. @default none */
    readonly acknowledge?: readonly Acknowledged[];
}

/** Arguments of `Pool`. */
export interface PoolArgs extends PoolSettings {
    /** Changing it replaces the pool. */
    readonly account: AccountReference;
    /** Changes in place. @default none */
    readonly tags?: pulumi.Input<Record<string, pulumi.Input<string>>>;
    /**
     * Id of the pool, up to 64 letters, digits, hyphens and underscores. With an id of your own a change that replaces the pool must
     * delete the old one first.
     * @default the logical name with a random end that changes when the pool is replaced
     */
    readonly poolId?: pulumi.Input<string>;
    /**
     * How nodes that run already take over a changed start task, changed packages or identities. Counts from the next change on.
     * @default not at all, and nothing is told of nodes that stay behind
     */
    readonly rollout?: Rollout;
    /** Prices from your price list: a preview tells what the pool costs. @default no estimate */
    readonly price?: Price;
    /** Changes the raw arguments of the pool at last. */
    readonly transform?: { pool?: (args: batch.PoolArgs) => batch.PoolArgs };
}
