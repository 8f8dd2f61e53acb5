/**
 * What travels over the channel between the service and its storage process. Plain data only: keys and certificates go this
 * way and no other, so that they show neither in the process list nor in an environment.
 */
import type { JSONWebKeySet } from "jose";
import type { RequestFault } from "../http/faults";

/** A storage account and its two keys, base64 as Azure shows them. */
export interface StorageAccount {
    readonly name: string;
    readonly keys: readonly [string, string];
}

/** Whose tokens count. `issuer` may be several, as Entra has a v1 and a v2 form for one tenant. */
export interface Trust {
    readonly issuer: string | readonly string[];
    readonly jwks: JSONWebKeySet;
    /** @default whatever the issuer says */
    readonly tenantId?: string;
    /** Where a refused client is told to get a token (WWW-Authenticate). */
    readonly authorizationUri?: string;
}

/** Certificate and key of the listener, PEM; `ca` is what the process itself trusts when it copies from its own address. */
export interface Certificate {
    readonly key: string;
    readonly cert: string;
    readonly ca?: string;
}

export const storageServices = ["blob", "queue", "table"] as const;
export type StorageService = (typeof storageServices)[number];
export type Ports = Readonly<Record<StorageService, number>>;

export interface StartMessage {
    readonly kind: "start";
    /** Undefined: nothing is kept. */
    readonly directory: string | undefined;
    readonly host: string;
    readonly ports: Ports;
    readonly tls: Certificate;
    readonly trust: Trust;
    readonly accounts: readonly StorageAccount[];
    readonly faults: StorageFaults;
    /** Part of the user agent of the service's own requests, which no fault is to hit. */
    readonly own: string;
}

/** Requests that fail on purpose: those rules that name the plane `storage`. */
export interface StorageFaults {
    readonly requests: readonly RequestFault[];
    readonly seed: number;
}

/** Requests are numbered and answered in any order. */
export type Request =
    | { readonly kind: "setAccount"; readonly account: StorageAccount }
    | { readonly kind: "removeAccount"; readonly name: string }
    | { readonly kind: "setTrust"; readonly trust: Trust }
    | { readonly kind: "stop" };

export type ToProcess =
    StartMessage | { readonly kind: "request"; readonly id: number; readonly request: Request };

export type FromProcess =
    | { readonly kind: "ready"; readonly ports: Ports }
    | { readonly kind: "failed"; readonly message: string }
    | { readonly kind: "answer"; readonly id: number; readonly result?: unknown; readonly error?: string };
