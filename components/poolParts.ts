import type * as pulumi from "@pulumi/pulumi";
import type { Duration } from "./durations";
import type { IdentityReference } from "./identity";

/** A managed disk's storage. */
export type DiskStorage = "Standard_LRS" | "Premium_LRS" | "StandardSSD_LRS";
/** How a disk is cached by its host. */
export type DiskCaching = "None" | "ReadOnly" | "ReadWrite";

/** The disk that a node boots from. */
export interface OsDisk {
    /** On the host's own disk: quick, free, gone with the node. @default false */
    readonly ephemeral?: boolean;
    /** Size in GB. @default that of the image */
    readonly sizeGB?: pulumi.Input<number>;
    /** @default that of the service */
    readonly storage?: DiskStorage;
    /** @default "None", by the service */
    readonly caching?: DiskCaching;
    /** @default false, by the service */
    readonly writeAccelerator?: pulumi.Input<boolean>;
}

/** An empty disk that every node gets; a start task has to format and mount it. */
export interface DataDisk {
    /** Size in GB. */
    readonly sizeGB: pulumi.Input<number>;
    /** Number of the disk, 0 to 63. @default its place in the list */
    readonly lun?: number;
    /** @default "Standard_LRS", by the service */
    readonly storage?: Exclude<DiskStorage, "StandardSSD_LRS">;
    /** @default "None", by the service */
    readonly caching?: DiskCaching;
}

/** How nodes are protected against whoever has the host. */
export interface SecurityProfile {
    /** @default none: a standard virtual machine */
    readonly type?: "trustedLaunch" | "confidentialVM";
    /** Only with a `type`. @default that of the service */
    readonly secureBoot?: boolean;
    /** A virtual TPM; only with a `type`. @default that of the service */
    readonly vTpm?: boolean;
    /** Encrypts all disks at the host; the subscription must have the feature. @default false */
    readonly encryptionAtHost?: boolean;
    /** What of a confidential machine's OS disk is encrypted. @default "VMGuestStateOnly" for confidential machines */
    readonly diskEncryption?: "VMGuestStateOnly" | "NonPersistedTPM";
}

/** A registry that nodes pull images from: with an identity of the pool, or a user name and password. */
export interface ContainerRegistry {
    /** @default "docker.io", by the service */
    readonly server?: pulumi.Input<string>;
    readonly identity?: IdentityReference;
    readonly userName?: pulumi.Input<string>;
    /** Kept as a secret. */
    readonly password?: pulumi.Input<string>;
}

/** What makes nodes run containers. */
export interface Containers {
    /** @default "DockerCompatible" */
    readonly type?: "DockerCompatible" | "CriCompatible";
    /** Images that nodes pull before they take tasks. @default none */
    readonly images?: readonly pulumi.Input<string>[];
    /** @default none: public images only */
    readonly registries?: readonly ContainerRegistry[];
}

/** Who may reach an inbound port. */
export interface InboundRule {
    readonly access: "Allow" | "Deny";
    /** 150 to 4096; the lowest is asked first. */
    readonly priority: number;
    /** An address, a subnet, a service tag or `*`. */
    readonly source: pulumi.Input<string>;
    /** @default all ports */
    readonly sourcePorts?: readonly string[];
}

/** A port of every node that can be reached from outside. */
export interface InboundNatPool {
    readonly name: string;
    /** @default "TCP" */
    readonly protocol?: "TCP" | "UDP";
    /** Port of the node; not 29876 and 29877, which the service has. */
    readonly backendPort: number;
    /** First and last port outside, 1 to 65534 without 50000 to 55000. */
    readonly frontendPorts: readonly [first: number, last: number];
    /** @default whoever asks may come in, as the service has it */
    readonly rules?: readonly InboundRule[];
}

interface RemoteLogin {
    /** Who may come in: addresses or subnets, such as `203.0.113.0/24`; all others are kept out. */
    readonly from: readonly pulumi.Input<string>[];
    /** First and last port outside; each node gets one. @default 40000 to 41000 for SSH, 42000 to 43000 for RDP */
    readonly frontendPorts?: readonly [first: number, last: number];
}

// Pools made with api-version 2024-07-01 and later have no port of their own for SSH and RDP.
const login = (
    name: string,
    backendPort: number,
    frontendPorts: readonly [number, number],
    from: readonly pulumi.Input<string>[],
): InboundNatPool => ({
    name,
    backendPort,
    frontendPorts,
    rules: [
        ...from.map((source, index) => ({ access: "Allow" as const, priority: 200 + index, source })),
        { access: "Deny", priority: 4000, source: "*" },
    ],
});

/** Makes inbound ports. */
export const InboundNatPool = {
    /** SSH from some addresses. Source: "Configure or disable remote access to compute nodes in an Azure Batch pool". */
    ssh: ({ from, frontendPorts = [40_000, 41_000] }: RemoteLogin): InboundNatPool =>
        login("ssh", 22, frontendPorts, from),
    /** RDP from some addresses. */
    rdp: ({ from, frontendPorts = [42_000, 43_000] }: RemoteLogin): InboundNatPool =>
        login("rdp", 3389, frontendPorts, from),
};

/** Network of the nodes besides their subnet. */
export interface PoolNetwork {
    /** Public addresses: the service's, none, or resource ids of your own. @default "managed" */
    readonly publicIps?: "managed" | "none" | readonly pulumi.Input<string>[];
    /** @default none */
    readonly inboundNatPools?: readonly InboundNatPool[];
    /** @default false, by the service */
    readonly acceleratedNetworking?: boolean;
    /** `job` joins nodes to the network of the job that they run; the service has to allow it. @default "none" */
    readonly dynamicVnetAssignment?: "none" | "job";
}

/** An extension of the virtual machines. */
export interface VmExtension {
    readonly name: string;
    readonly publisher: string;
    readonly type: string;
    /** @default the service's choice */
    readonly version?: string;
    readonly autoUpgradeMinorVersion?: boolean;
    readonly enableAutomaticUpgrade?: boolean;
    /** Extensions that come first. */
    readonly after?: readonly string[];
    readonly settings?: pulumi.Input<Record<string, unknown>>;
    /** Kept as a secret. */
    readonly protectedSettings?: pulumi.Input<Record<string, unknown>>;
}

/** How the operating system of nodes is upgraded. */
export interface UpgradePolicy {
    readonly mode: "manual" | "automatic" | "rolling";
    /** Upgrades as the publisher releases them. @default none */
    readonly automaticOs?: {
        readonly enable?: boolean;
        readonly disableRollback?: boolean;
        /** Waits until a node runs no task. */
        readonly defer?: boolean;
        readonly useRollingPolicy?: boolean;
    };
    /** In which portions. Only with mode `rolling`, or `automaticOs.useRollingPolicy`. */
    readonly rolling?: {
        readonly maxBatchPercent?: number;
        readonly maxUnhealthyPercent?: number;
        readonly maxUnhealthyUpgradedPercent?: number;
        readonly pauseBetweenBatches?: Duration;
        readonly prioritizeUnhealthy?: boolean;
        readonly crossZone?: boolean;
        readonly rollBackFailed?: boolean;
    };
}

/** A version of an application that nodes get. */
export interface PackageReference {
    /** Resource id of the application. */
    readonly applicationId: pulumi.Input<string>;
    /** @default the application's default version */
    readonly version?: pulumi.Input<string>;
}

interface AccountOptions {
    /** Kept as a secret. @default one drawn at random */
    readonly password?: pulumi.Input<string>;
    /** Administrator (root on Linux). @default false */
    readonly elevated?: boolean;
}

/** A user that every node of the pool has; tasks run as it with `UserIdentity.named(name)`. */
export class UserAccount {
    private constructor(
        readonly name: string,
        readonly os: "linux" | "windows",
        readonly options: AccountOptions & {
            readonly uid?: number;
            readonly gid?: number;
            readonly sshPrivateKey?: pulumi.Input<string>;
            readonly loginMode?: "Batch" | "Interactive";
        },
    ) {}

    /**
     * A user on Linux.
     * @param options `uid` and `gid` come together; `sshPrivateKey` lets the user go from node to node without a password, when the
     * pool has `interNodeCommunication`
     */
    static linux(
        name: string,
        options: AccountOptions & { uid?: number; gid?: number; sshPrivateKey?: pulumi.Input<string> } = {},
    ): UserAccount {
        return new UserAccount(name, "linux", options);
    }

    /** A user on Windows. @param options `loginMode` @default "Batch", by the service */
    static windows(
        name: string,
        options: AccountOptions & { loginMode?: "Batch" | "Interactive" } = {},
    ): UserAccount {
        return new UserAccount(name, "windows", options);
    }
}
