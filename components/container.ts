import * as storage from "@pulumi/azure-native/storage";
import type * as managedidentity from "@pulumi/azure-native/managedidentity";
import type * as authorization from "@pulumi/azure-native/authorization";
import * as pulumi from "@pulumi/pulumi";
import { CONTAINER_NAME_PATTERN } from "../catalog";
import { jobOutputContainer } from "../client/conventions";
import { Problems } from "./diagnostics";
import { DownloadedFiles } from "./downloadedFiles";
import type { DownloadedFilesArgs } from "./downloadedFiles";
import type { LinkedStorage } from "./linkedStorage";
import { formerNames } from "./names";
import { reported } from "./reported";
import { assignRole } from "./roles";
import type { Principal } from "./roles";

/** Arguments of {@link Container}. */
export interface ContainerArgs {
    /** Storage account; changing it replaces the container. */
    readonly storage: LinkedStorage;
    /** Name, 3 to 63 lower-case letters, digits and hyphens; changing it replaces the container. @default the logical name that the component had at first */
    readonly containerName?: pulumi.Input<string>;
    /** Whether the container stays, with its blobs, when the program has it no longer or another takes its place. @default false */
    readonly keep?: boolean;
}

/** A private container for blobs. */
@reported()
export class Container extends pulumi.ComponentResource {
    readonly blobContainer: storage.BlobContainer;
    readonly storage: LinkedStorage;
    readonly containerName: pulumi.Output<string>;
    /** Address, without any permission in it. */
    readonly url: pulumi.Output<string>;
    /** Name of the component in the program. */
    readonly logicalName: string;
    /** Names that it had before. @internal */
    readonly formerNames: readonly string[];

    constructor(name: string, args: ContainerArgs, opts?: pulumi.ComponentResourceOptions) {
        const problems = new Problems(`Container '${name}'`);
        const containerName = problems.check(args.containerName ?? name, checkName);
        problems.throwIfAny();

        super("pulumi-azure-batch:index:Container", name, {}, opts);
        this.logicalName = name;
        this.formerNames = formerNames(opts);
        this.storage = args.storage;
        this.blobContainer = new storage.BlobContainer(
            name,
            {
                resourceGroupName: args.storage.resourceGroupName,
                accountName: args.storage.name,
                containerName,
                publicAccess: "None",
            },
            {
                parent: this,
                retainOnDelete: args.keep ?? false,
                // Another one has another name or account, so whatever uses it can move there first.
                deleteBeforeReplace: false,
                // Renamed with an alias, the container stays, and its blobs with it.
                ignoreChanges: args.containerName === undefined ? ["containerName"] : [],
            },
        );
        this.containerName = this.blobContainer.name;
        this.url = pulumi.interpolate`${args.storage.blobEndpoint}${this.containerName}`;
        this.registerOutputs({ containerName: this.containerName, url: this.url });
    }

    /**
     * The container that the File Conventions have for a job's outputs, `job-` with the job's id. A job that takes the place of this one has
     * another; the old one stays with its results, unless `keep` is false.
     */
    static forJob(
        name: string,
        args: {
            readonly storage: LinkedStorage;
            readonly job: { readonly jobId: pulumi.Input<string> };
            readonly keep?: boolean;
        },
        opts?: pulumi.ComponentResourceOptions,
    ): Container {
        const containerName = pulumi.output(args.job.jobId).apply(jobOutputContainer);
        return new Container(name, { storage: args.storage, containerName, keep: args.keep ?? true }, opts);
    }

    /** Downloads its blobs when the stack is deployed: see {@link DownloadedFiles}. */
    downloadTo(
        name: string,
        folder: string,
        options: Omit<DownloadedFilesArgs, "container" | "folder"> = {},
        opts?: pulumi.ComponentResourceOptions,
    ): DownloadedFiles {
        return new DownloadedFiles(name, { container: this, folder, ...options }, opts);
    }

    /** Address of a blob; its name is encoded here. */
    blobUrl(blobName: pulumi.Input<string>): pulumi.Output<string> {
        const encoded = pulumi
            .output(blobName)
            .apply((name) => name.split("/").map(encodeURIComponent).join("/"));
        return pulumi.interpolate`${this.url}/${encoded}`;
    }

    /** Lets an identity read the container's blobs. */
    grantRead(
        name: string,
        principal: managedidentity.UserAssignedIdentity | Principal,
    ): authorization.RoleAssignment {
        return this.#grant(name, "Storage Blob Data Reader", principal);
    }

    /** Lets an identity read, write and delete the container's blobs. */
    grantWrite(
        name: string,
        principal: managedidentity.UserAssignedIdentity | Principal,
    ): authorization.RoleAssignment {
        return this.#grant(name, "Storage Blob Data Contributor", principal);
    }

    #grant(
        name: string,
        role: "Storage Blob Data Reader" | "Storage Blob Data Contributor",
        principal: managedidentity.UserAssignedIdentity | Principal,
    ): authorization.RoleAssignment {
        return assignRole(
            `${this.logicalName}-${name}`,
            role,
            this.blobContainer.id,
            "principalType" in principal ? principal : { principalId: principal.principalId },
            { parent: this },
        );
    }
}

function checkName(value: string, problems: Problems): void {
    if (CONTAINER_NAME_PATTERN.test(value)) return;
    problems.add(
        "BATCH1003",
        "containerName",
        `'${value}' is not a container name: use 3 to 63 lower-case letters, digits and single hyphens, no hyphen at either end`,
    );
}
