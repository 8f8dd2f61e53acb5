/** Managed identities: who a process is, by the `X-IDENTITY-HEADER` it was given. */
import { sameSecret } from "./applications";

export interface ManagedIdentity {
    objectId: string;
    clientId: string;
    /** ARM ids of the user-assigned identity; none for a system-assigned one. */
    resourceIds: readonly string[];
}

export type Choice =
    { found: ManagedIdentity } | { problem: "header" | "unknown" | "several"; message: string };

export class ManagedIdentities {
    readonly #byHeader = new Map<string, ManagedIdentity[]>();

    /** A header may stand for several identities, as a pool may have several. */
    register(header: string, identity: ManagedIdentity): void {
        const others = (this.#byHeader.get(header) ?? []).filter(
            ({ clientId }) => clientId !== identity.clientId,
        );
        this.#byHeader.set(header, [...others, identity]);
    }

    /** From now on the header proves nothing. */
    forget(header: string): void {
        this.#byHeader.delete(header);
    }

    /** Which identity is meant: by client id, object id or ARM id, else the only one there is. */
    choose(header: string | undefined, query: URLSearchParams): Choice {
        const identities = header === undefined ? undefined : this.#find(header);
        if (!identities)
            return { problem: "header", message: "The X-IDENTITY-HEADER header is missing or wrong." };
        const wanted = wantedIdentity(query);
        const matching = wanted ? identities.filter(wanted.matches) : identities;
        const [found, another] = matching;
        if (!found)
            return {
                problem: "unknown",
                message: `Identity not found: ${wanted?.name ?? "none is assigned"}.`,
            };
        if (another) {
            const message =
                "Multiple user assigned identities exist, please specify the clientId / resourceId of the identity in the token request.";
            return { problem: "several", message };
        }
        return { found };
    }

    /** Looks at every header, so that the time taken tells nothing. */
    #find(header: string): ManagedIdentity[] | undefined {
        let found: ManagedIdentity[] | undefined;
        for (const [known, identities] of this.#byHeader) {
            if (sameSecret(known, header)) found = identities;
        }
        return found;
    }
}

function wantedIdentity(
    query: URLSearchParams,
): { name: string; matches: (identity: ManagedIdentity) => boolean } | undefined {
    const clientId = query.get("client_id") ?? query.get("clientid");
    if (clientId)
        return { name: `client_id '${clientId}'`, matches: (identity) => same(identity.clientId, clientId) };
    const objectId = query.get("object_id") ?? query.get("principal_id");
    if (objectId)
        return { name: `object_id '${objectId}'`, matches: (identity) => same(identity.objectId, objectId) };
    const resourceId = query.get("mi_res_id") ?? query.get("msi_res_id");
    if (!resourceId) return undefined;
    return {
        name: `mi_res_id '${resourceId}'`,
        matches: (identity) => identity.resourceIds.some((id) => same(id, resourceId)),
    };
}

function same(a: string, b: string): boolean {
    return a.toLowerCase() === b.toLowerCase();
}
