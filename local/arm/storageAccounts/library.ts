import { createRequire } from "node:module";
import type * as StorageBlob from "@azure/storage-blob";

const load = createRequire(__filename);
let loaded: typeof StorageBlob | undefined;

/** The client library takes a quarter of a second to load; a start that needs no container does not pay for it. */
export function storageBlob(): typeof StorageBlob {
    return (loaded ??= load("@azure/storage-blob") as typeof StorageBlob);
}
