import type { BatchSignIn } from "../client";
import * as batch from "@pulumi/azure-native/batch";
import type * as authorization from "@pulumi/azure-native/authorization";
import type * as network from "@pulumi/azure-native/network";
import * as pulumi from "@pulumi/pulumi";
import { ACCOUNT_NAME_PATTERN } from "../catalog";
import type { FamilyQuota, RoleName } from "../catalog";
import { accountOf, diagnosticSetting, privateEndpoints, withScheme } from "./accountParts";
import type { AccountOutputs, AccountReference, Diagnostics, PrivateNetwork } from "./accountParts";
import type { VaultReference } from "./certificate";
import { isEventual, Problems } from "./diagnostics";
import { identityId } from "./identity";
import type { IdentityReference } from "./identity";
import { LinkedStorage } from "./linkedStorage";
import { accountName } from "./names";
import { familyQuotasOf } from "./quota";
import { batchAccountArgs } from "./raw/batchAccount";
import { reported } from "./reported";
import { assignRole } from "./roles";
import type { Principal } from "./roles";
import { orUnknown } from "./unknowns";

/** A user-assigned identity of an account. */
export interface AccountIdentity {
    /** Resource id. */
    readonly id: pulumi.Input<string>;
    readonly principalId: pulumi.Input<string>;
}

/** Who gets a grant: an identity, or the object id of somebody. */
export type Grantee = { readonly principalId: pulumi.Input<string> } & Partial<
    Pick<Principal, "principalType">
>;

/** Arguments of {@link BatchAccount}. */
export interface BatchAccountArgs {
    /** Changing it replaces the account. */
    readonly resourceGroupName: pulumi.Input<string>;
    /** Region; changing it replaces the account. @default that of the resource group */
    readonly location?: pulumi.Input<string>;
    /**
     * Name, 3 to 24 lower-case letters and digits, unique in its region; changing it replaces the account.
     * @default made from the logical name, unique
     */
    readonly accountName?: pulumi.Input<string>;
    /** Whether the account's keys work besides Entra ID. @default false */
    readonly sharedKeys?: boolean;
    /** Storage for applications and files; `"none"` for no linked storage. @default one of its own */
    readonly storage?: LinkedStorage | "none";
    /**
     * How the service signs in to the linked storage. With `true` it keeps and renews the storage account's keys.
     * @default false: by the account's managed identity
     */
    readonly storageKeys?: boolean;
    /** Identity with which nodes read linked storage (application packages, `autoStorageContainerName`). @default none */
    readonly nodeIdentity?: IdentityReference;
    /** Identity of the account itself. @default one that the service makes with the account */
    readonly identity?: AccountIdentity;
    /** Addresses and ranges that may reach the data plane; all others may not. Changes in place. @default everybody */
    readonly allowFrom?: readonly pulumi.Input<string>[];
    /** Addresses and ranges of nodes that may reach the service; all others may not. @default everybody */
    readonly allowNodesFrom?: readonly pulumi.Input<string>[];
    /** Reached from this network only; {@link BatchAccount.private} asks for it. @default public */
    readonly privateNetwork?: PrivateNetwork;
    /**
     * Key of your own that encrypts what the account keeps: address of the key, with or without a version. It needs an `identity` that
     * has the role "Key Vault Crypto Service Encryption User" on the vault before the account is made; with `vault` it gets it.
     * @default keys of the service
     */
    readonly encryptionKey?:
        pulumi.Input<string> | { readonly uri: pulumi.Input<string>; readonly vault: VaultReference };
    /** Makes nodes in your own subscription, with secrets in this vault. Changing it replaces the account. @default the service's subscription */
    readonly userSubscription?: {
        readonly vaultId: pulumi.Input<string>;
        readonly vaultUri: pulumi.Input<string>;
    };
    /** Where logs and metrics go. @default nowhere */
    readonly diagnostics?: Diagnostics;
    /** Name of the settings with which jobs are submitted and files uploaded, see {@link AccountReference}. @default azure-native's own */
    readonly batchCredentials?: BatchSignIn;
    readonly tags?: pulumi.Input<Record<string, pulumi.Input<string>>>;
    /** Changes the raw arguments of the Batch account at last. */
    readonly transform?: { batchAccount?: (args: batch.BatchAccountArgs) => batch.BatchAccountArgs };
}

/**
 * A Batch account that takes Entra ID only, with linked storage that it enters by its managed identity.
 * @example
 * const account = new BatchAccount("render", { resourceGroupName: group.name });
 */
@reported({ storageAccess: [], privateEndpoints: [] })
export class BatchAccount extends pulumi.ComponentResource implements AccountReference {
    readonly #name: string;
    readonly batchAccount: batch.BatchAccount;
    /** Its linked storage; undefined when it has none. */
    readonly storage: LinkedStorage | undefined;
    /** What must be there before the account itself can enter its linked storage. */
    readonly storageAccess: pulumi.Resource[] = [];
    readonly resourceGroupName: pulumi.Output<string>;
    /** Resource id. */
    readonly id: pulumi.Output<string>;
    readonly name: pulumi.Output<string>;
    /** Address of the data plane, with its scheme. */
    readonly endpoint: pulumi.Output<string>;
    /** Cores of dedicated nodes that the account may have. */
    readonly dedicatedCoreQuota: pulumi.Output<number>;
    /** Cores of spot nodes that the account may have. */
    readonly spotCoreQuota: pulumi.Output<number>;
    readonly poolQuota: pulumi.Output<number>;
    readonly familyCoreQuotas: pulumi.Output<readonly FamilyQuota[] | undefined>;
    readonly batchCredentials: BatchSignIn | undefined;
    /** Its private endpoints; none when it is public. */
    readonly privateEndpoints: readonly network.PrivateEndpoint[];
    /** What another stack needs for {@link BatchAccount.fromStack}: export it. */
    readonly reference: pulumi.Output<AccountOutputs>;

    constructor(name: string, args: BatchAccountArgs, opts?: pulumi.ComponentResourceOptions) {
        const problems = new Problems(`BatchAccount '${name}'`);
        const given =
            args.accountName === undefined ? undefined : problems.check(args.accountName, checkName);
        if (args.storage === "none" && args.nodeIdentity !== undefined) {
            problems.add(
                "BATCH1002",
                "nodeIdentity",
                "nodeIdentity is for linked storage and storage is 'none': leave one out",
            );
        }
        if (args.encryptionKey !== undefined && args.identity === undefined) {
            problems.add(
                "BATCH1018",
                "encryptionKey",
                "the account must be able to read the key when it is made: give it an `identity` with the role 'Key Vault Crypto Service Encryption User' on the vault",
            );
        }
        if (args.privateNetwork !== undefined && args.allowFrom !== undefined) {
            problems.add(
                "BATCH1002",
                "allowFrom",
                "a private account is reached through its endpoints only: leave one out",
            );
        }
        if (
            args.diagnostics !== undefined &&
            args.diagnostics.workspaceId === undefined &&
            args.diagnostics.storageAccountId === undefined
        ) {
            problems.add("BATCH1001", "diagnostics", "give workspaceId or storageAccountId, or both");
        }
        problems.throwIfAny();

        super("pulumi-azure-batch:index:BatchAccount", name, {}, opts);
        this.#name = name;
        this.batchCredentials = args.batchCredentials;
        const storageKeys = args.storageKeys ?? false;
        this.storage =
            args.storage === "none"
                ? undefined
                : (args.storage ??
                  new LinkedStorage(
                      name,
                      {
                          resourceGroupName: args.resourceGroupName,
                          location: args.location,
                          allowSharedKeys: storageKeys,
                          batchCredentials: args.batchCredentials,
                          tags: args.tags,
                      },
                      { parent: this },
                  ));
        const key = keyOf(args.encryptionKey);
        const raw = batchAccountArgs({
            resourceGroupName: args.resourceGroupName,
            accountName: given ?? accountName(name, this),
            location: args.location,
            sharedKeys: args.sharedKeys ?? false,
            storageAccountId: this.storage?.id,
            storageKeys,
            nodeIdentityId: args.nodeIdentity === undefined ? undefined : identityId(args.nodeIdentity),
            identityId: args.identity?.id,
            allowFrom: args.allowFrom,
            allowNodesFrom: args.allowNodesFrom,
            isPrivate: args.privateNetwork !== undefined,
            encryptionKey: key?.uri,
            vault: args.userSubscription,
            tags: args.tags,
        });
        const keyAccess =
            key?.vaultId === undefined || args.identity === undefined
                ? []
                : [
                      assignRole(
                          `${name}-key`,
                          "Key Vault Crypto Service Encryption User",
                          key.vaultId,
                          { principalId: args.identity.principalId },
                          { parent: this },
                      ),
                  ];
        this.batchAccount = new batch.BatchAccount(name, args.transform?.batchAccount?.(raw) ?? raw, {
            parent: this,
            dependsOn: keyAccess,
            // The logical name is part of a name that was made: renamed with an alias, the account stays what it is.
            ignoreChanges: given === undefined ? ["accountName"] : [],
            // "Batch Account - Update" has neither; with the name that it keeps, the old account must go first.
            replaceOnChanges: ["poolAllocationMode", "keyVaultReference"],
            deleteBeforeReplace: given === undefined,
        });
        if (this.storage !== undefined && !storageKeys) {
            const principalId =
                args.identity?.principalId ??
                this.batchAccount.identity.apply((identity) => orUnknown(identity?.principalId));
            this.storageAccess = [
                assignRole(
                    `${name}-storage`,
                    "Storage Blob Data Contributor",
                    this.storage.id,
                    { principalId },
                    { parent: this },
                ),
            ];
        }
        this.resourceGroupName = pulumi.output(args.resourceGroupName);
        this.id = this.batchAccount.id;
        this.name = this.batchAccount.name;
        this.endpoint = this.batchAccount.accountEndpoint.apply(withScheme);
        this.dedicatedCoreQuota = this.batchAccount.dedicatedCoreQuota;
        this.spotCoreQuota = this.batchAccount.lowPriorityCoreQuota;
        this.poolQuota = this.batchAccount.poolQuota;
        this.familyCoreQuotas = familyQuotasOf(this.batchAccount);
        this.privateEndpoints =
            args.privateNetwork === undefined
                ? []
                : privateEndpoints(
                      name,
                      { id: this.id, resourceGroupName: args.resourceGroupName, location: args.location },
                      args.privateNetwork,
                      this,
                  );
        if (args.diagnostics !== undefined) diagnosticSetting(name, this.id, args.diagnostics, this);
        this.reference = pulumi.output({ id: this.id, endpoint: this.endpoint });
        this.registerOutputs({ id: this.id, name: this.name, endpoint: this.endpoint });
    }

    /** An account that only a network reaches: private endpoints, names that lead to them, no public access. */
    static private(
        name: string,
        args: Omit<BatchAccountArgs, "allowFrom"> & { readonly privateNetwork: PrivateNetwork },
        opts?: pulumi.ComponentResourceOptions,
    ): BatchAccount {
        return new BatchAccount(name, args, opts);
    }

    /**
     * An account that exists already, in any resource group and subscription that azure-native can read.
     * @param id its resource id
     * @param opts those of a resource that is read, and `batchCredentials` as {@link AccountReference} has them
     */
    static fromExisting(
        name: string,
        id: pulumi.Input<string>,
        {
            batchCredentials,
            ...opts
        }: pulumi.CustomResourceOptions & Pick<AccountReference, "batchCredentials"> = {},
    ): AccountReference {
        const found = batch.BatchAccount.get(name, id, opts);
        const said = { id: found.id, endpoint: found.accountEndpoint.apply(withScheme) };
        return {
            ...accountOf(pulumi.output(said), batchCredentials),
            dedicatedCoreQuota: found.dedicatedCoreQuota,
            spotCoreQuota: found.lowPriorityCoreQuota,
            poolQuota: found.poolQuota,
            familyCoreQuotas: familyQuotasOf(found),
        };
    }

    /**
     * The account of another stack, which exports {@link BatchAccount.reference}. Its quota and storage are not known.
     * @param output name of that export
     */
    static fromStack(
        stack: pulumi.StackReference,
        output = "account",
        { batchCredentials }: Pick<AccountReference, "batchCredentials"> = {},
    ): AccountReference {
        return accountOf(stack.requireOutput(output) as pulumi.Output<AccountOutputs>, batchCredentials);
    }

    /** Lets somebody submit and manage jobs and tasks, and read pools; not jobs with a pool of their own, which make one. */
    grantSubmit(name: string, grantee: Grantee): authorization.RoleAssignment {
        return this.#grant(name, "Azure Batch Job Submitter", grantee);
    }

    /** Lets somebody read the account and all that is in it. */
    grantRead(name: string, grantee: Grantee): authorization.RoleAssignment {
        return this.#grant(name, "Azure Batch Account Reader", grantee);
    }

    /** Lets somebody manage pools, jobs and applications, but neither the account nor its keys. */
    grantManage(name: string, grantee: Grantee): authorization.RoleAssignment {
        return this.#grant(name, "Azure Batch Data Contributor", grantee);
    }

    #grant(name: string, role: RoleName, grantee: Grantee): authorization.RoleAssignment {
        const { principalId, principalType } = grantee;
        return assignRole(
            `${this.#name}-${name}`,
            role,
            this.id,
            { principalId, principalType },
            { parent: this },
        );
    }
}

function keyOf(
    given: BatchAccountArgs["encryptionKey"],
): { readonly uri: pulumi.Input<string>; readonly vaultId?: pulumi.Input<string> } | undefined {
    if (given === undefined) return undefined;
    if (typeof given !== "object" || isEventual(given) || !("vault" in given))
        return { uri: given as pulumi.Input<string> };
    const { uri, vault } = given;
    return { uri, vaultId: isVault(vault) ? vault.id : vault };
}

const isVault = (vault: VaultReference | pulumi.Input<string>): vault is VaultReference =>
    typeof vault === "object" && !isEventual(vault);

function checkName(value: string, problems: Problems): void {
    if (ACCOUNT_NAME_PATTERN.test(value)) return;
    problems.add(
        "BATCH1003",
        "accountName",
        `'${value}' is not a Batch account name: use 3 to 24 lower-case letters and digits, or leave it out to have one made`,
    );
}
