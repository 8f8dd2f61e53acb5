import type { AccountQuotas, AccountRecord, ResourceRecord } from "../model/account";
import type { Instant } from "../model/instant";
import type { JsonObject } from "../model/json";
import type { ArmCall, Operation, Refused } from "../http/operation";
import type { Platform } from "../http/pipeline";
import type { Identity } from "../identity/identity";
import type { Store } from "../store/store";

/** What the resource manager plane works with. */
export interface ArmServices extends Platform {
    store: Store;
    identity: Pick<Identity, "tenantId" | "subscriptionId" | "verifyToken">;
    scheduler: { now(): Instant; wake(subject: { pool?: string; job?: string; schedule?: string }): void };
    storage: StorageAccounts;
    accounts: AccountHosts;
    vaults: Vaults;
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
}

/** Opens and closes the data plane endpoints of Batch accounts. */
export interface AccountHosts {
    /** Listens for the account and gives its port; its recorded one where it has one. */
    open(record: AccountRecord): Promise<number>;
    close(key: string): Promise<void>;
}

/** Key vaults as this plane needs them; `local/keyvault` has their contents, the CLI their endpoints. */
export interface Vaults {
    /** Opens the vault's own endpoint and gives its address; the one that is asked for where it is free. */
    open(name: string, address?: string): Promise<string>;
    close(name: string): Promise<void>;
    /** Address of an endpoint that is open, with a final slash. */
    uri(name: string): string | undefined;
    /** Takes away all that the vault holds. */
    empty(name: string): void;
    secrets: {
        /** With a value a new version, without one a change of the current one. */
        write(vault: ResourceRecord, name: string, body: JsonObject, now: Instant): VaultSecret | Refused;
        get(vault: ResourceRecord, name: string): VaultSecret | undefined;
        list(vault: ResourceRecord): VaultSecret[];
        /** False where it was not there. */
        delete(vault: ResourceRecord, name: string, now: Instant): boolean;
    };
}

/** A secret without its value. */
export interface VaultSecret {
    name: string;
    tags: unknown;
    properties: JsonObject;
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
