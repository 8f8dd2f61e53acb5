import path from "node:path";
import * as pulumi from "@pulumi/pulumi";
import type { Container } from "./container";
import { downloadedFilesProvider } from "./dynamic/providers";

/** Arguments of {@link DownloadedFiles}. */
export interface DownloadedFilesArgs {
    readonly container: Container;
    /** Folder on the machine that deploys, relative to the project's program; slashes in names make folders below it. */
    readonly folder: string;
    /** Only blobs whose names start so. @default all */
    readonly prefix?: pulumi.Input<string>;
    /** Whatever says that there is something new, such as `collection.counts`: another value downloads again. @default none */
    readonly triggers?: readonly pulumi.Input<unknown>[];
}

class DownloadedFilesResource extends pulumi.dynamic.Resource {
    declare readonly count: pulumi.Output<number>;

    constructor(name: string, props: Record<string, unknown>, opts: pulumi.CustomResourceOptions) {
        super(
            downloadedFilesProvider,
            name,
            { ...props, count: undefined },
            opts,
            "pulumi-azure-batch",
            "DownloadedFiles",
        );
    }
}

/**
 * Blobs of a container on the machine that deploys, for results: they come when the stack is deployed, once for the same triggers, and where the
 * folder is not there again. A destruction of the stack leaves them.
 * @example
 * output.downloadTo("frames", "./frames", { triggers: [frames.counts] }, { dependsOn: frames });
 */
export class DownloadedFiles extends pulumi.ComponentResource {
    /** The dynamic resource, for `dependsOn`. */
    readonly resource: pulumi.CustomResource;
    /** Files that were downloaded. */
    readonly count: pulumi.Output<number>;

    constructor(name: string, args: DownloadedFilesArgs, opts?: pulumi.ComponentResourceOptions) {
        super("pulumi-azure-batch:index:DownloadedFiles", name, {}, opts);
        const { container } = args;
        const resource = new DownloadedFilesResource(
            name,
            {
                url: container.url,
                folder: path.resolve(args.folder),
                prefix: args.prefix,
                triggers: args.triggers,
                batchCredentials: container.storage.batchCredentials,
            },
            { parent: this, dependsOn: container.storage.access, deletedWith: container.blobContainer },
        );
        this.resource = resource;
        this.count = resource.count;
        this.registerOutputs({ count: this.count });
    }
}
