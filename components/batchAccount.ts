import * as batch from "@pulumi/azure-native/batch";
import * as pulumi from "@pulumi/pulumi";
import { ACCOUNT_NAME_PATTERN } from "../catalog";
import { Problems } from "./diagnostics";
import { identityId } from "./identity";
import type { IdentityReference } from "./identity";
import { LinkedStorage } from "./linkedStorage";
import { accountName } from "./names";
import { batchAccountArgs } from "./raw/batchAccount";
import { assignRole } from "./roles";

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
    readonly tags?: pulumi.Input<Record<string, pulumi.Input<string>>>;
    /** Changes the raw arguments of the Batch account at last. */
    readonly transform?: { batchAccount?: (args: batch.BatchAccountArgs) => batch.BatchAccountArgs };
}

/**
 * A Batch account that takes Entra ID only, with linked storage that it enters by its managed identity.
 * @example
 * const account = new BatchAccount("render", { resourceGroupName: group.name });
 */
export class BatchAccount extends pulumi.ComponentResource {
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
        problems.throwIfAny();

        super("pulumi-azure-batch:index:BatchAccount", name, {}, opts);
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
                          tags: args.tags,
                      },
                      { parent: this },
                  ));
        const raw = batchAccountArgs({
            resourceGroupName: args.resourceGroupName,
            accountName: given ?? accountName(name, this),
            location: args.location,
            sharedKeys: args.sharedKeys ?? false,
            storageAccountId: this.storage?.id,
            storageKeys,
            nodeIdentityId: args.nodeIdentity === undefined ? undefined : identityId(args.nodeIdentity),
            tags: args.tags,
        });
        this.batchAccount = new batch.BatchAccount(name, args.transform?.batchAccount?.(raw) ?? raw, {
            parent: this,
        });
        if (this.storage !== undefined && !storageKeys) {
            const principalId = this.batchAccount.identity.apply((identity) => identity?.principalId ?? "");
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
        this.endpoint = this.batchAccount.accountEndpoint.apply((endpoint) =>
            /^https?:\/\//i.test(endpoint) ? endpoint : `https://${endpoint}`,
        );
        this.dedicatedCoreQuota = this.batchAccount.dedicatedCoreQuota;
        this.spotCoreQuota = this.batchAccount.lowPriorityCoreQuota;
        this.poolQuota = this.batchAccount.poolQuota;
        this.registerOutputs({ id: this.id, name: this.name, endpoint: this.endpoint });
    }
}

function checkName(value: string, problems: Problems): void {
    if (ACCOUNT_NAME_PATTERN.test(value)) return;
    problems.add(
        "BATCH1003",
        "accountName",
        `'${value}' is not a Batch account name: use 3 to 24 lower-case letters and digits, or leave it out to have one made`,
    );
}
