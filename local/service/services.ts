import type { Operation } from "../http/operation";
import type { Platform } from "../http/pipeline";
import type { Identity } from "../identity/identity";
import type { NodeFiles } from "../model/nodeFiles";
import type { JsonObject } from "../model/json";
import type { Scheduler } from "../scheduler";
import type { Store } from "../store/store";
import type { Delayed } from "./delayed";

/** What the data plane works with. */
export interface BatchServices extends Platform {
    store: Store;
    identity: Pick<Identity, "verifyToken" | "tenantId" | "issuer">;
    scheduler: Scheduler;
    /** Files below a node's root; `local/node` has them. */
    files: NodeFiles;
    /** Writes a file into a blob container by its URL with SAS, or with the token of an identity; for upload of node logs. */
    uploadBlob?(containerUrl: string, name: string, content: Buffer, identity?: string): Promise<void>;
    /** Counts of tasks and nodes, where they are to lag behind. @default they do not */
    counts?: Delayed<JsonObject>;
    /** Any api-version is taken. @default false */
    skipApiVersionCheck?: boolean;
}

export type BatchOperation = Operation<BatchServices>;
