/** The key vaults' own endpoints: each vault has a port of its own, which its address in the resource manager keeps. */
import type { Vaults } from "../arm";
import { emptyVault, secretResources, vaultOf, vaultType, type Sealer, type Vault } from "../keyvault";
import type { ResourceRecord } from "../model/account";
import type { Store } from "../store/store";
import { BatchAccountHosts, type AccountHostsOptions } from "./accounts";

export interface VaultHostsOptions extends Omit<AccountHostsOptions, "onAccountsChanged" | "what"> {
    store: Store;
    sealer: Sealer;
    /** As it stands in addresses. */
    shownHost: string;
}

export class VaultHosts implements Vaults {
    readonly secrets: Vaults["secrets"];
    readonly #hosts: BatchAccountHosts;
    /** Name in lower case. */
    readonly #ports = new Map<string, number>();

    constructor(private readonly options: VaultHostsOptions) {
        this.#hosts = new BatchAccountHosts({
            ...options,
            what: "key vault",
            onAccountsChanged: () => undefined,
        });
        this.secrets = secretResources(options.store, options.sealer);
    }

    set handler(handler: BatchAccountHosts["handler"]) {
        this.#hosts.handler = handler;
    }

    async open(name: string, address?: string): Promise<string> {
        const key = name.toLowerCase();
        const port = await this.#hosts.open({ key, name, port: Number(address ? new URL(address).port : 0) });
        this.#ports.set(key, port);
        return this.#uri(port);
    }

    uri(name: string): string | undefined {
        const port = this.#ports.get(name.toLowerCase());
        return port === undefined ? undefined : this.#uri(port);
    }

    async close(name: string): Promise<void> {
        this.#ports.delete(name.toLowerCase());
        await this.#hosts.close(name.toLowerCase());
    }

    closeAll(): Promise<void> {
        return this.#hosts.closeAll();
    }

    empty(name: string): void {
        emptyVault(this.options.store, name);
    }

    /** Whose endpoint a port is. */
    at(port: number): Vault | undefined {
        const name = [...this.#ports].find(([, open]) => open === port)?.[0];
        return name === undefined ? undefined : vaultOf(this.#record(name));
    }

    /** Opens the endpoints that vaults of a former life had, on the ports they had where those are still free. */
    async reopen(): Promise<void> {
        const { resources } = this.options.store;
        for (const { name, type } of resources.list("/subscriptions")) {
            if (type !== vaultType) continue;
            const before = vaultOf(this.#record(name.toLowerCase()));
            const vaultUri = await this.open(name, before?.uri);
            // It may have gone meanwhile.
            const record = this.#record(name.toLowerCase());
            if (!record) await this.close(name);
            else if (vaultOf(record)?.uri !== vaultUri.slice(0, -1)) {
                const properties = { ...Object(record.body["properties"]), vaultUri };
                resources.put({ ...record, body: { ...record.body, properties } });
            }
        }
    }

    #record(key: string): ResourceRecord | undefined {
        return this.options.store.resources
            .list("/subscriptions")
            .find(({ type, name }) => type === vaultType && name.toLowerCase() === key);
    }

    #uri(port: number): string {
        return `https://${this.options.shownHost}:${port}/`;
    }
}
