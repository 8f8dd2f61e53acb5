import type { ArmCall, Operation } from "../http/operation";
import type { Platform } from "../http/pipeline";
import type { Identity } from "../identity/identity";
import type { Instant } from "../model/instant";
import type { Store } from "../store/store";
import type { Sealer } from "./sealing";
import type { Vault } from "./vault";

/** What the vaults' endpoints work with. */
export interface VaultServices extends Platform {
    store: Store;
    identity: Pick<Identity, "tenantId" | "verifyToken">;
    scheduler: { now(): Instant };
    vaults: {
        sealer: Sealer;
        /** Which vault listens on that port. */
        at(port: number): Vault | undefined;
        /** Address of the authority that tokens are from, no trailing slash. */
        authority: string;
    };
}

export type VaultCall = ArmCall & { vault: Vault };

export type VaultOperation = Operation<VaultServices, VaultCall>;
