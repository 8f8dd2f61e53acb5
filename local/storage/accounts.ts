/** The accounts of the storage process. Azurite asks for an account with every request, so a change counts from the next one on. */
import type { AccountStore } from "./azurite";
import type { StorageAccount } from "./messages";

export class Accounts implements AccountStore {
    readonly #accounts = new Map<string, { name: string; key1: Buffer; key2: Buffer }>();

    constructor(accounts: Iterable<StorageAccount>) {
        for (const account of accounts) this.set(account);
    }

    getAccount(name: string): { name: string; key1: Buffer; key2: Buffer } | undefined {
        return this.#accounts.get(name);
    }

    set({ name, keys: [key1, key2] }: StorageAccount): void {
        this.#accounts.set(name, {
            name,
            key1: Buffer.from(key1, "base64"),
            key2: Buffer.from(key2, "base64"),
        });
    }

    remove(name: string): void {
        this.#accounts.delete(name);
    }
}
