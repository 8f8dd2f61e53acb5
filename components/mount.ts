import * as pulumi from "@pulumi/pulumi";
import type { Container } from "./container";
import { identityReference } from "./identity";
import type { IdentityReference } from "./identity";

/** A mount as the management plane takes it. */
export type MountBody =
    | {
          readonly azureBlobFileSystemConfiguration: {
              readonly accountName: pulumi.Input<string>;
              readonly containerName: pulumi.Input<string>;
              readonly relativeMountPath: pulumi.Input<string>;
              readonly blobfuseOptions?: pulumi.Input<string>;
              readonly identityReference?: { resourceId: pulumi.Input<string> };
              readonly accountKey?: pulumi.Input<string>;
              readonly sasKey?: pulumi.Input<string>;
          };
      }
    | {
          readonly azureFileShareConfiguration: {
              readonly accountName: pulumi.Input<string>;
              readonly azureFileUrl: pulumi.Input<string>;
              readonly accountKey: pulumi.Input<string>;
              readonly relativeMountPath: pulumi.Input<string>;
              readonly mountOptions?: pulumi.Input<string>;
          };
      }
    | {
          readonly nfsMountConfiguration: {
              readonly source: pulumi.Input<string>;
              readonly relativeMountPath: pulumi.Input<string>;
              readonly mountOptions?: pulumi.Input<string>;
          };
      }
    | {
          readonly cifsMountConfiguration: {
              readonly userName: pulumi.Input<string>;
              readonly password: pulumi.Input<string>;
              readonly source: pulumi.Input<string>;
              readonly relativeMountPath: pulumi.Input<string>;
              readonly mountOptions?: pulumi.Input<string>;
          };
      };

interface MountOptions {
    /** Options of the mount command. @default none */
    readonly options?: pulumi.Input<string>;
}

/** A file system that every node mounts below `$AZ_BATCH_NODE_MOUNTS_DIR`. Mounts of a pool cannot be changed: a new pool comes. */
export class Mount {
    private constructor(
        readonly kind: "blob" | "files" | "nfs" | "smb",
        /** Folder below `$AZ_BATCH_NODE_MOUNTS_DIR`. */
        readonly path: string,
        readonly body: MountBody,
    ) {}

    /**
     * A container of blobs, with blobfuse; Linux only.
     * @param options exactly one of `identity` (one of the pool's), `accountKey` and `sas`; the latter two are kept as secrets, and a
     * node that joins after the SAS has expired has no mount
     */
    static blob(
        container: Container,
        path: string,
        options: MountOptions &
            (
                | { identity: IdentityReference; accountKey?: undefined; sas?: undefined }
                | { accountKey: pulumi.Input<string>; identity?: undefined; sas?: undefined }
                | { sas: pulumi.Input<string>; identity?: undefined; accountKey?: undefined }
            ),
    ): Mount {
        return new Mount("blob", path, {
            azureBlobFileSystemConfiguration: {
                accountName: container.storage.name,
                containerName: container.containerName,
                relativeMountPath: path,
                blobfuseOptions: options.options,
                identityReference: identityReference(options.identity),
                accountKey: options.accountKey === undefined ? undefined : pulumi.secret(options.accountKey),
                sasKey: options.sas === undefined ? undefined : pulumi.secret(options.sas),
            },
        });
    }

    /** A share of Azure Files; it has no other way in than the account's key, which is kept as a secret. */
    static files(
        share: {
            accountName: pulumi.Input<string>;
            url: pulumi.Input<string>;
            accountKey: pulumi.Input<string>;
        },
        path: string,
        options: MountOptions = {},
    ): Mount {
        return new Mount("files", path, {
            azureFileShareConfiguration: {
                accountName: share.accountName,
                azureFileUrl: share.url,
                accountKey: pulumi.secret(share.accountKey),
                relativeMountPath: path,
                mountOptions: options.options,
            },
        });
    }

    /** An NFS export, `server:/path`; Linux only. */
    static nfs(source: pulumi.Input<string>, path: string, options: MountOptions = {}): Mount {
        return new Mount("nfs", path, {
            nfsMountConfiguration: { source, relativeMountPath: path, mountOptions: options.options },
        });
    }

    /** An SMB share, `//server/share`. The password is kept as a secret. */
    static smb(
        share: {
            source: pulumi.Input<string>;
            userName: pulumi.Input<string>;
            password: pulumi.Input<string>;
        },
        path: string,
        options: MountOptions = {},
    ): Mount {
        return new Mount("smb", path, {
            cifsMountConfiguration: {
                source: share.source,
                userName: share.userName,
                password: pulumi.secret(share.password),
                relativeMountPath: path,
                mountOptions: options.options,
            },
        });
    }
}
