/**
 * Managed identity for processes on nodes. On Azure they ask the machine's metadata service, which answers as the identities of
 * the pool; here each node has a secret of its own for the managed identity endpoint, which every azure-identity knows.
 */
import { randomBytes } from "node:crypto";
import type { ManagedIdentity } from "../identity";
import type { Identity } from "../identity/identity";
import type { NodeCommand, NodeHost } from "../model/agent";
import { isObject } from "../model/json";
import type { PoolRecord } from "../model/pool";
import type { Store } from "../store/store";

export interface NodeIdentityParts {
    host: NodeHost;
    store: Pick<Store, "pools" | "resources">;
    identity: Pick<Identity, "registerManagedIdentity" | "forgetManagedIdentity">;
    /** The managed identity endpoint. */
    endpoint: string;
}

/** The same nodes, whose processes can sign in as the identities of their pool. */
export function withManagedIdentities({ host, store, identity, endpoint }: NodeIdentityParts): NodeHost {
    const headers = new Map<string, { header: string; identities: string }>();
    const forget = (node: string) => {
        const known = headers.get(node);
        if (known) identity.forgetManagedIdentity(known.header);
        headers.delete(node);
    };
    const headerOf = (node: string): string | undefined => {
        const all = identitiesOfPool(store, store.pools.get(node.split("/").slice(0, 2).join("/")));
        const identities = JSON.stringify(all);
        const known = headers.get(node);
        if (known?.identities === identities) return known.header;
        forget(node);
        if (all.length === 0) return undefined;
        const header = randomBytes(30).toString("base64url");
        for (const each of all) identity.registerManagedIdentity(header, each);
        headers.set(node, { header, identities });
        return header;
    };
    const prepared = (command: NodeCommand): NodeCommand => {
        if (command.do === "dropNode") forget(command.node);
        if (command.do !== "run") return command;
        const header = headerOf(command.run.node);
        if (header === undefined) return command;
        const environment = {
            IDENTITY_ENDPOINT: endpoint,
            IDENTITY_HEADER: header,
            ...command.run.environment,
        };
        return { ...command, run: { ...command.run, environment } };
    };
    return {
        perform: (commands) => host.perform(commands.map(prepared)),
        listen: (listener) => host.listen(listener),
        rootOf: (node) => host.rootOf(node),
        close: () => host.close(),
    };
}

/** The user-assigned identities of a pool that still exist. */
export function identitiesOfPool(
    store: Pick<Store, "resources">,
    pool: PoolRecord | undefined,
): ManagedIdentity[] {
    const declared = pool?.armOnly.identity;
    const assigned = isObject(declared) ? declared.userAssignedIdentities : undefined;
    if (!isObject(assigned)) return [];
    return Object.keys(assigned).flatMap((id) => {
        const record = store.resources.get(id.toLowerCase());
        const properties = record?.body.properties;
        if (!record || !isObject(properties)) return [];
        const { principalId, clientId } = properties;
        return typeof principalId === "string" && typeof clientId === "string"
            ? [{ objectId: principalId, clientId, resourceIds: [record.id] }]
            : [];
    });
}
