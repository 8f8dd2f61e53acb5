/** Shared access signatures and clients made on this side, without the network: the service hands them to tasks and uses them itself. */
import { createRequire } from "node:module";
import type * as StorageBlob from "@azure/storage-blob";
import type { StorageAccount } from "./messages";

// The client library takes a quarter of a second to load; a start that needs no blob does not pay for it.
const load = createRequire(__filename);
let loaded: typeof StorageBlob | undefined;
export function storageBlob(): typeof StorageBlob {
    return (loaded ??= load("@azure/storage-blob") as typeof StorageBlob);
}

export function sharedKey(account: StorageAccount): StorageBlob.StorageSharedKeyCredential {
    return new (storageBlob().StorageSharedKeyCredential)(account.name, account.keys[0]);
}

export interface SignatureOptions {
    /** Letters as in a SAS, e.g. `"rl"` or `"racwl"`. */
    readonly permissions: string;
    readonly expires: Date;
    readonly starts?: Date;
}

/** The query of a service SAS for a container, or for one blob in it. Signed with the first key. */
export function signature(
    account: StorageAccount,
    container: string,
    blob: string | undefined,
    options: SignatureOptions,
): string {
    const library = storageBlob();
    const permissions =
        blob === undefined
            ? library.ContainerSASPermissions.parse(options.permissions)
            : library.BlobSASPermissions.parse(options.permissions);
    return library
        .generateBlobSASQueryParameters(
            {
                containerName: container,
                blobName: blob,
                permissions,
                expiresOn: options.expires,
                startsOn: options.starts,
            },
            sharedKey(account),
        )
        .toString();
}

/** A blob's name as a path: slashes stay, everything else that a URL does not take is encoded. */
export function blobPath(name: string): string {
    return name.split("/").map(encodeURIComponent).join("/");
}
