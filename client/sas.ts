import type { TokenCredential } from "@azure/core-auth";

/** What a link allows: letters of the service, such as `r`, or `rwl`. */
export type SasPermissions = string;

/** Makes shared access signatures. */
export interface SasSigner {
    /** @returns the URL with its signature */
    sign(url: string, permissions: SasPermissions, hours: number): Promise<string>;
}

/** Hours that a signature by a user delegation key lives at most. Source: "Create a user delegation SAS". */
export const SAS_HOURS_MAX = 168;

// Clocks differ: a link that begins now may not have begun yet elsewhere.
const EARLIER = 15 * 60_000;
const HOUR = 3_600_000;

/**
 * Stands for a link within a task until the task is sent: `sas+https://account.blob.core.windows.net/in/a.txt#r,24`. The link itself is
 * made anew with each submission; it is in no digest, state or ledger.
 */
export function sasReference(url: string, permissions: SasPermissions, hours: number): string {
    if (!(hours > 0 && hours <= SAS_HOURS_MAX))
        throw new RangeError(`a link of ${hours} hours: it can be more than 0 and at most ${SAS_HOURS_MAX}`);
    const { protocol } = new URL(url);
    if (protocol !== "https:" && protocol !== "http:")
        throw new RangeError(`'${url}' is no address of a blob or a container`);
    return `sas+${url}#${permissions},${hours}`;
}

const REFERENCE = /sas\+(https?:\/\/[^"\s#\\]+)#([a-z]+),(\d+(?:\.\d+)?)/g;

/** Bytes that a signature adds at most. */
const SIGNATURE_BYTES = 700;

/** Bytes that the links within a JSON text will add to it; 0 for one without references. */
export function sasBytes(json: string): number {
    if (!json.includes("sas+http")) return 0;
    return [...json.matchAll(REFERENCE)].length * SIGNATURE_BYTES;
}

/** Puts links in the place of the references of a JSON text. */
export async function withLinks(json: string, signer: SasSigner): Promise<string> {
    const links = new Map<string, string>();
    for (const [reference, url = "", permissions = "", hours] of json.matchAll(REFERENCE))
        if (!links.has(reference)) links.set(reference, await signer.sign(url, permissions, Number(hours)));
    return json.replace(REFERENCE, (reference) => links.get(reference) ?? reference);
}

/** True when a link of the service is the one that a reference stands for, whatever its signature. */
export function isLinkOf(reference: string, link: string): boolean {
    const [whole, url, permissions = ""] = new RegExp(REFERENCE.source).exec(reference) ?? [];
    if (whole !== reference) return false;
    const [address, query = ""] = link.split("?", 2);
    const values = new URLSearchParams(query);
    const allowed = values.get("sp");
    return (
        address === url &&
        values.has("sig") &&
        (allowed === null || [...permissions].every((one) => allowed.includes(one)))
    );
}

/** How links are signed. */
export interface SasSignerOptions {
    /** Who asks for the storage accounts' user delegation keys; needs the role "Storage Blob Delegator", or one that reads or writes blobs. */
    readonly credential?: TokenCredential;
    /** Gives the key of a storage account, for where no user delegation key can be had. */
    readonly accountKey?: (accountName: string) => Promise<string | undefined>;
}

/** Signs with user delegation keys, or with the accounts' own keys where those cannot be had. Links are kept for a while. */
export function sasSigner(options: SasSignerOptions): SasSigner {
    const accounts = new Map<string, Account>();
    const links = new Map<string, { link: Promise<string>; until: number }>();
    return {
        sign(url, permissions, hours) {
            const id = `${url} ${permissions} ${hours}`;
            const kept = links.get(id);
            if (kept !== undefined && kept.until > Date.now()) return kept.link;
            const place = placeOf(url);
            const account = accounts.get(place.service) ?? new Account(place, options);
            accounts.set(place.service, account);
            const link = account.sign(url, place, permissions, hours);
            // A million tasks with a link each are no reason to keep a million links.
            if (links.size > 10_000) links.clear();
            links.set(id, { link, until: Date.now() + (hours * HOUR) / 20 });
            link.catch(() => links.delete(id));
            return link;
        },
    };
}

interface Place {
    /** Address of the blob service. */
    readonly service: string;
    readonly account: string;
    readonly container: string;
    readonly blob: string | undefined;
}

/** Where a URL leads: the account is its host's first part, or, for hosts that are addresses, its first folder. */
function placeOf(text: string): Place {
    const url = new URL(text);
    const parts = url.pathname.split("/").filter((part) => part !== "");
    const named = !/^[\d.]+$|^localhost$|^\[/.test(url.hostname);
    const account = named ? (url.hostname.split(".", 1)[0] ?? "") : (parts.shift() ?? "");
    const [container = "", ...rest] = parts;
    const service = named ? url.origin : `${url.origin}/${account}`;
    const blob = rest.length === 0 ? undefined : rest.map(decodeURIComponent).join("/");
    return { service, account, container, blob };
}

// Loading it takes a tenth of a second, so it is loaded when somebody wants a link.
const loadLibrary = () => import("@azure/storage-blob");
type Storage = Awaited<ReturnType<typeof loadLibrary>>;
type DelegationKey = Awaited<ReturnType<InstanceType<Storage["BlobServiceClient"]>["getUserDelegationKey"]>>;

interface Delegation {
    readonly key: DelegationKey;
    readonly expiresOn: Date;
}

class Account {
    readonly #place: Place;
    readonly #options: SasSignerOptions;
    #delegation: Promise<Delegation> | undefined;
    #refusal: unknown;

    constructor(place: Place, options: SasSignerOptions) {
        this.#place = place;
        this.#options = options;
    }

    async sign(url: string, place: Place, permissions: string, hours: number): Promise<string> {
        const library = await loadLibrary();
        const values = {
            containerName: place.container,
            blobName: place.blob,
            permissions:
                place.blob === undefined
                    ? library.ContainerSASPermissions.parse(permissions)
                    : library.BlobSASPermissions.parse(permissions),
            startsOn: new Date(Date.now() - EARLIER),
            expiresOn: new Date(Date.now() + hours * HOUR),
        };
        const delegation = await this.#delegationKey(library, hours);
        if (delegation !== undefined) {
            const { key } = delegation;
            // No link outlives its key; a key serves the links of some minutes.
            const expiresOn = new Date(Math.min(values.expiresOn.getTime(), delegation.expiresOn.getTime()));
            const query = library.generateBlobSASQueryParameters(
                { ...values, expiresOn },
                key,
                place.account,
            );
            return `${url}?${query.toString()}`;
        }
        const key = await this.#options.accountKey?.(place.account);
        if (key === undefined) throw noKey(place.account, this.#refusal);
        const shared = new library.StorageSharedKeyCredential(place.account, key);
        return `${url}?${library.generateBlobSASQueryParameters(values, shared).toString()}`;
    }

    /** A key for links of so many hours, a twentieth less at most; undefined where none can be had. */
    async #delegationKey(library: Storage, hours: number): Promise<Delegation | undefined> {
        const { credential } = this.#options;
        if (credential === undefined || this.#refusal !== undefined) return undefined;
        try {
            const kept = await this.#delegation;
            if (kept !== undefined && kept.expiresOn.getTime() >= Date.now() + hours * HOUR * 0.95)
                return kept;
            const expiresOn = new Date(Date.now() + Math.min(hours + 1, SAS_HOURS_MAX) * HOUR);
            const service = new library.BlobServiceClient(this.#place.service, credential);
            this.#delegation = service
                .getUserDelegationKey(new Date(Date.now() - EARLIER), expiresOn)
                .then((key) => ({ key, expiresOn }));
            return await this.#delegation;
        } catch (error) {
            this.#delegation = undefined;
            const status = (error as { statusCode?: number }).statusCode;
            if (status !== 403 || this.#options.accountKey === undefined)
                throw noKey(this.#place.account, error);
            this.#refusal = error;
            return undefined;
        }
    }
}

function noKey(account: string, cause: unknown): Error {
    const why = cause instanceof Error ? `: ${cause.message.split("\n", 1)[0] ?? ""}` : "";
    return new Error(
        `links to storage account ${account} cannot be signed${why}; whoever deploys needs a role such as "Storage Blob Data Contributor" there`,
        { cause },
    );
}
