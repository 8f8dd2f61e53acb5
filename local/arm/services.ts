import type { AccountQuotas, AccountRecord } from "../model/account";
import type { Instant } from "../model/instant";
import type { ArmCall, Operation } from "../http/operation";
import type { Platform } from "../http/pipeline";
import type { Identity } from "../identity/identity";
import type { Store } from "../store/store";

/** What the resource manager plane works with. */
export interface ArmServices extends Platform {
    store: Store;
    identity: Pick<Identity, "tenantId" | "subscriptionId" | "verifyToken">;
    scheduler: { now(): Instant; wake(subject: { pool?: string; job?: string }): void };
    storage: StorageAccounts;
    accounts: AccountHosts;
    /** Where resources go whose creator names no place, such as `westeurope`. */
    region: string;
    arm: ArmOptions;
}

export interface ArmOptions {
    /** The resource manager's own addresses: tokens for them count as well as those for management.azure.com. */
    baseUrls: readonly string[];
    /** @default 500 dedicated and 500 spot cores, 100 pools, 300 active jobs and schedules */
    quotas?: Partial<AccountQuotas>;
    /** Any api-version is taken. @default false */
    skipApiVersionCheck?: boolean;
    /** Aborted when the service ends: deletions under way stop there and go on with the next start. */
    stopped?: AbortSignal;
    /** Address of a vault's own endpoint. @default one below the resource manager's own address */
    vaultUri?(name: string): string;
}

/** Opens and closes the data plane endpoints of Batch accounts. */
export interface AccountHosts {
    /** Listens for the account and gives its port; its recorded one where it has one. */
    open(record: AccountRecord): Promise<number>;
    close(key: string): Promise<void>;
}

/** Storage as this plane needs it; `local/storage` has it. */
export interface StorageAccounts {
    setAccount(account: { name: string; keys: readonly [string, string] }): Promise<void>;
    removeAccount(name: string): Promise<void>;
    blobEndpoint(account: string, scheme?: "https" | "http"): string;
    queueEndpoint(account: string): string;
    tableEndpoint(account: string): string;
    containerSas(account: string, container: string, options: SasOptions): string;
    blobSas(account: string, container: string, blob: string, options: SasOptions): string;
    blobs(account: string): {
        createContainer(name: string): Promise<void>;
        deleteContainer(name: string): Promise<boolean>;
        find(container: string, name: string): Promise<{ length: number } | undefined>;
        get(container: string, name: string, start?: number, length?: number): Promise<NodeJS.ReadableStream>;
        delete(container: string, name: string): Promise<boolean>;
    };
}

interface SasOptions {
    permissions: string;
    expires: Date;
    starts?: Date;
}

export type ArmOperation = Operation<ArmServices, ArmCall>;
