/** What runs on nodes need of storage, packages and identities, looked up in the records of the resource manager. */
import type { Identity } from "../identity/identity";
import type { TokenProvider } from "../node";
import type { Resolver } from "../scheduler";
import type { Storage } from "../storage";
import type { Store } from "../store";
import { blobOf } from "../arm/applications/records";
import type { ManagedIdentity } from "../identity";
import { identitiesOfPool } from "./nodeIdentity";
import type { VaultHosts } from "./vaults";

/** Long enough for any task; a SAS is checked against the real clock. */
const urlLifetimeMs = 7 * 24 * 3_600_000;

export interface ResolverParts {
    store: Pick<Store, "accounts" | "resources">;
    storage: Pick<Storage, "containerSas" | "blobSas">;
    vaults: Pick<VaultHosts, "uri" | "at">;
    /** Host of the account endpoints. */
    host: string;
}

export function createResolver({ store, storage, vaults, host }: ResolverParts): Resolver {
    const until = () => new Date(Date.now() + urlLifetimeMs);
    return {
        autoStorageContainer(account, container) {
            const id = store.accounts.get(account)?.autoStorage?.storageAccountId;
            const name = id === undefined ? undefined : store.resources.get(id.toLowerCase())?.name;
            return name === undefined
                ? undefined
                : storage.containerSas(name, container, { permissions: "rl", expires: until() });
        },
        applicationPackage(account, { applicationId, version }) {
            const record = store.accounts.get(account);
            if (!record) return undefined;
            const application = store.resources.get(
                `${record.armId}/applications/${applicationId}`.toLowerCase(),
            );
            const chosen = version ?? textOf(application?.body.properties, "defaultVersion");
            if (!application || chosen === undefined) return undefined;
            const item = store.resources.get(`${application.key}/versions/${chosen}`.toLowerCase());
            const blob = item && blobOf(item);
            if (!blob || textOf(item.body.properties, "state")?.toLowerCase() === "pending") return undefined;
            const url = storage.blobSas(blob.account, blob.container, blob.name, {
                permissions: "r",
                expires: until(),
            });
            return { url, directory: `${application.name.toLowerCase()}${item.name}`, version: item.name };
        },
        identityOfPool(pool, named) {
            const all = identitiesOfPool(store, pool);
            const is = ({ clientId, resourceIds }: ManagedIdentity) =>
                [clientId, ...resourceIds].some((id) => id.toLowerCase() === named?.toLowerCase());
            const found = named === undefined ? all : all.filter(is);
            const [id] = found[0]?.resourceIds ?? [];
            if (id !== undefined && found.length === 1) return { id };
            if (all.length === 0)
                return {
                    fault: "The pool has no user-assigned managed identity; one must read the key vault.",
                };
            const names = all.map(({ clientId, resourceIds }) => `${clientId} (${resourceIds.join(", ")})`);
            return {
                fault:
                    named === undefined
                        ? `The pool has ${all.length} identities; authenticationSettings.msiClientId must say which one reads the key vault: ${names.join(", ")}.`
                        : `authenticationSettings.msiClientId '${named}' is no identity of the pool; it has ${names.join(", ")}.`,
            };
        },
        vaultSecret(address) {
            const [, vaultHost = "", path = ""] = /^https:\/\/([^/?#]+)(\/[^?#]*)?/i.exec(address) ?? [];
            const [, secret = "", version = ""] = /^\/secrets\/([^/]+)(?:\/([^/]+))?\/?$/i.exec(path) ?? [];
            if (secret === "") {
                return {
                    fault: `The address '${address}' is none of a certificate's secret, such as https://VAULT.vault.azure.net/secrets/NAME.`,
                };
            }
            const vault =
                /^([a-z0-9-]+)\.vault\.[a-z.]+(:443)?$/i.exec(vaultHost)?.[1] ??
                vaults.at(Number(vaultHost.split(":").at(-1)))?.key;
            const uri = vault === undefined ? undefined : vaults.uri(vault);
            if (vault === undefined || uri === undefined)
                return { fault: `There is no key vault ${vault ?? vaultHost} here ('${address}').` };
            const url = [uri.replace(/\/+$/, ""), "secrets", secret, version].filter(Boolean).join("/");
            return { url, vault, name: secret };
        },
        accountUrl: (account) => `https://${host}:${store.accounts.get(account)?.port ?? 0}`,
    };
}

/** Tokens of user-assigned identities, for resource and output files that name one. */
export function tokensOfIdentities(
    store: Pick<Store, "resources">,
    identity: Pick<Identity, "issueToken">,
): TokenProvider {
    return async (resourceId, audience) => {
        const record = store.resources.get(resourceId.toLowerCase());
        const objectId = textOf(record?.body.properties, "principalId");
        const applicationId = textOf(record?.body.properties, "clientId");
        if (objectId === undefined || applicationId === undefined)
            throw new Error(`no managed identity ${resourceId} here`);
        return identity.issueToken({ objectId, applicationId, audience, resourceId: record?.id });
    };
}

function textOf(value: unknown, name: string): string | undefined {
    const text =
        typeof value === "object" && value !== null ? (value as Record<string, unknown>)[name] : undefined;
    return typeof text === "string" ? text : undefined;
}
