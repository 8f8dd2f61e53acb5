import type { BatchSignIn } from "../client";
import * as storage from "@pulumi/azure-native/storage";
import * as pulumi from "@pulumi/pulumi";
import { ACCOUNT_NAME_PATTERN } from "../catalog";
import { Problems } from "./diagnostics";
import { accountName } from "./names";
import { storageAccountArgs } from "./raw/storageAccount";
import { reported } from "./reported";
import { assignRole, deployer } from "./roles";
import type { Principal } from "./roles";

/** Arguments of {@link LinkedStorage}. */
export interface LinkedStorageArgs {
    readonly resourceGroupName: pulumi.Input<string>;
    /** Region. @default that of the resource group */
    readonly location?: pulumi.Input<string>;
    /** Name, 3 to 24 lower-case letters and digits. @default made from the logical name, unique */
    readonly accountName?: pulumi.Input<string>;
    /** Whether the account's keys work besides Entra ID. @default false */
    readonly allowSharedKeys?: boolean;
    /**
     * Who may read and write blobs besides the identities that the stack grants it to: whoever deploys must, to upload files while keys
     * are off. `"none"` when the role is given elsewhere.
     * @default whoever runs this deployment
     */
    readonly deployer?: Principal | "none";
    /** Who uploads and downloads, as `batchCredentials` of an account: they need the role, so say them as `deployer`. @default azure-native's own settings */
    readonly batchCredentials?: BatchSignIn;
    readonly tags?: pulumi.Input<Record<string, pulumi.Input<string>>>;
    /** Changes the raw arguments of the storage account at last. */
    readonly transform?: {
        storageAccount?: (args: storage.StorageAccountArgs) => storage.StorageAccountArgs;
    };
}

/** A storage account for the files of a Batch account: Entra ID only, no public blobs, TLS 1.2. */
@reported({ access: [] })
export class LinkedStorage extends pulumi.ComponentResource {
    readonly storageAccount: storage.StorageAccount;
    readonly resourceGroupName: pulumi.Output<string>;
    /** Resource id. */
    readonly id: pulumi.Output<string>;
    readonly name: pulumi.Output<string>;
    /** Address of the blob service, as the account itself says it, with a slash at its end. */
    readonly blobEndpoint: pulumi.Output<string>;
    readonly sharedKeys: boolean;
    /** What must be there before the deployment itself can read and write blobs. */
    readonly access: pulumi.Resource[];
    readonly batchCredentials: BatchSignIn | undefined;

    constructor(name: string, args: LinkedStorageArgs, opts?: pulumi.ComponentResourceOptions) {
        const problems = new Problems(`LinkedStorage '${name}'`);
        const given =
            args.accountName === undefined
                ? undefined
                : problems.check(args.accountName, (value, found) => {
                      if (ACCOUNT_NAME_PATTERN.test(value)) return;
                      found.add(
                          "BATCH1003",
                          "accountName",
                          `'${value}' is not the name of a storage account: use 3 to 24 lower-case letters and digits, or leave it out to have one made`,
                      );
                  });
        problems.throwIfAny();

        super("pulumi-azure-batch:index:LinkedStorage", name, {}, opts);
        this.sharedKeys = args.allowSharedKeys ?? false;
        this.batchCredentials = args.batchCredentials;
        const raw = storageAccountArgs({
            resourceGroupName: args.resourceGroupName,
            accountName: given ?? accountName(name, this),
            location: args.location,
            allowSharedKeys: this.sharedKeys,
            tags: args.tags,
        });
        this.storageAccount = new storage.StorageAccount(name, args.transform?.storageAccount?.(raw) ?? raw, {
            parent: this,
            // As for a Batch account.
            ignoreChanges: given === undefined ? ["accountName"] : [],
        });
        this.resourceGroupName = pulumi.output(args.resourceGroupName);
        this.id = this.storageAccount.id;
        this.name = this.storageAccount.name;
        this.blobEndpoint = this.storageAccount.primaryEndpoints.apply((endpoints) =>
            endpoints.blob.endsWith("/") ? endpoints.blob : `${endpoints.blob}/`,
        );
        const who = args.deployer ?? deployer({ parent: this });
        this.access =
            who === "none"
                ? []
                : [
                      assignRole(`${name}-deployer`, "Storage Blob Data Contributor", this.id, who, {
                          parent: this,
                      }),
                  ];
        this.registerOutputs({ id: this.id, name: this.name, blobEndpoint: this.blobEndpoint });
    }
}
