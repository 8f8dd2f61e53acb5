/**
 * Secrets or certificates of one vault: each has a head, which says what is current and whether it is deleted, and versions.
 * They lie under the vault's name and not under its resource id, so that they outlast a vault that is deleted and recovered.
 */
import { randomUUID } from "node:crypto";
import type { ResourceRecord } from "../model/account";
import { isObject, type JsonObject } from "../model/json";
import type { Store } from "../store/store";

export type Kind = "secrets" | "certificates";

type Resources = Pick<Store, "resources" | "atomically">;

export interface Head {
    record: ResourceRecord;
    /** As it was first written. */
    name: string;
    /** Id of the current version. */
    current: string;
    deleted?: { at: number; purgeAt: number };
    /** It belongs to a certificate, and goes with it. */
    managed: boolean;
}

export type Version = ResourceRecord;

export function shelfOf(store: Resources, vault: string, kind: Kind): Shelf {
    return new Shelf(store, vault, kind);
}

/** Ends what is overdue in all vaults. */
export function purgeOverdue(store: Resources, now: number): void {
    for (const record of store.resources.list("/keyvault")) {
        const [, , vault = "", kind] = record.key.split("/");
        if (kind !== "secrets" && kind !== "certificates") continue;
        const head = headOf(record);
        if (head.deleted && head.deleted.purgeAt <= now) shelfOf(store, vault, kind).purge(head);
    }
}

/** Takes away all that a vault holds. */
export function emptyVault(store: Resources, vault: string): void {
    store.atomically(() => {
        for (const { key } of store.resources.list(`/keyvault/${vault.toLowerCase()}`))
            store.resources.delete(key);
    });
}

export class Shelf {
    readonly #place: string;

    constructor(
        private readonly store: Resources,
        readonly vault: string,
        readonly kind: Kind,
    ) {
        this.#place = `/keyvault/${vault}/${kind}`;
    }

    /** One that is there, deleted or not; what is overdue is gone. */
    any(name: string, now: number): Head | undefined {
        const record = this.store.resources.get(`${this.#place}/${name.toLowerCase()}`);
        const head = record && headOf(record);
        return head?.deleted && head.deleted.purgeAt <= now ? undefined : head;
    }

    live(name: string): Head | undefined {
        const head = this.any(name, 0);
        return head?.deleted ? undefined : head;
    }

    deleted(name: string, now: number): Head | undefined {
        const head = this.any(name, now);
        return head?.deleted ? head : undefined;
    }

    all(now: number): Head[] {
        return this.store.resources
            .list(this.#place)
            .map(headOf)
            .filter(({ deleted }) => deleted === undefined || deleted.purgeAt > now);
    }

    version(head: Head, id = head.current): Version | undefined {
        return this.store.resources.get(`${this.#versions(head.name)}/${(id || head.current).toLowerCase()}`);
    }

    versions(head: Head): Version[] {
        return this.store.resources.list(this.#versions(head.name));
    }

    /** Key of the version that is to be added: what its secrets are sealed for. */
    placeOf(name: string, id: string): string {
        return `${this.#versions(name)}/${id}`;
    }

    /** Adds a version, which is current from now on. */
    add(name: string, id: string, body: JsonObject, now: number, head: JsonObject = {}): Head {
        return this.store.atomically(() => {
            const old = this.store.resources.get(`${this.#place}/${name.toLowerCase()}`);
            // What is overdue gives its name free.
            if (old && headOf(old).deleted) this.purge(headOf(old));
            const kept = old && !headOf(old).deleted ? old : undefined;
            this.#put({ key: this.placeOf(name, id), name: id, body, createdAt: now }, now);
            const record = this.#put(
                {
                    key: `${this.#place}/${name.toLowerCase()}`,
                    name: kept?.name ?? name,
                    body: { ...kept?.body, ...head, current: id },
                    createdAt: kept?.createdAt ?? now,
                },
                now,
            );
            return headOf(record);
        });
    }

    change(record: ResourceRecord, body: JsonObject, now: number): ResourceRecord {
        return this.#put({ ...record, body: { ...record.body, ...body } }, now);
    }

    delete(head: Head, retentionDays: number, now: number): Head {
        const deleted = { at: now, purgeAt: now + retentionDays * 86_400_000 };
        return headOf(this.change(head.record, { deleted }, now));
    }

    recover(head: Head, now: number): Head {
        return headOf(this.change(head.record, { deleted: undefined }, now));
    }

    purge(head: Head): void {
        this.store.atomically(() => {
            for (const { key } of this.versions(head)) this.store.resources.delete(key);
            this.store.resources.delete(head.record.key);
        });
    }

    /** Brings back what a backup holds. */
    restore(records: readonly ResourceRecord[]): void {
        this.store.atomically(() => {
            for (const record of records) this.store.resources.put(record);
        });
    }

    #versions(name: string): string {
        return `/keyvault/${this.vault}/${this.kind}-versions/${name.toLowerCase()}`;
    }

    #put(record: Pick<ResourceRecord, "key" | "name" | "body" | "createdAt">, now: number): ResourceRecord {
        const { key, name, body, createdAt } = record;
        const whole = {
            key,
            id: key,
            type: `keyvault/${this.kind}`,
            name,
            body: Object.fromEntries(Object.entries(body).filter(([, value]) => value !== undefined)),
            createdAt,
            lastModified: now,
            eTag: "",
        };
        this.store.resources.put(whole);
        return whole;
    }
}

function headOf(record: ResourceRecord): Head {
    const { current, deleted, managed } = record.body;
    const times = isObject(deleted)
        ? { at: Number(deleted["at"]), purgeAt: Number(deleted["purgeAt"]) }
        : undefined;
    return {
        record,
        name: record.name,
        current: String(current),
        managed: managed === true,
        ...(times ? { deleted: times } : {}),
    };
}

export function newVersionId(): string {
    return randomUUID().replaceAll("-", "");
}
