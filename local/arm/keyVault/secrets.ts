/** Secrets are the vault's own: what is written here is read on its endpoint, and the other way round. */
import { refuse } from "../../http/operation";
import type { ResourceRecord } from "../../model/account";
import type { JsonObject } from "../../model/json";
import type { Handler } from "../generic/handler";
import { parentNotFound } from "../lookup";
import { objectOf } from "../merge";
import { page } from "../paging";
import { deny, resourceNotFound } from "../refusals";
import type { ResourceId } from "../resourceId";
import type { ArmServices, VaultSecret } from "../services";

function vaultOf({ parent = "" }: ResourceId, services: ArmServices): ResourceRecord | undefined {
    return services.store.resources.get(parent.toLowerCase());
}

function shown(vault: ResourceRecord, secret: VaultSecret): JsonObject {
    return {
        id: `${vault.id}/secrets/${secret.name}`,
        name: secret.name,
        type: "Microsoft.KeyVault/vaults/secrets",
        location: vault.body["location"],
        tags: secret.tags ?? {},
        properties: secret.properties,
    };
}

export const getSecret: Handler = (call, id, services) => {
    const vault = vaultOf(id, services);
    if (!vault) return parentNotFound("vaults/secrets", id.parent ?? "");
    if (id.collection) {
        const found = services.vaults.secrets.list(vault);
        return page(
            call,
            found.map((secret) => ({ key: secret.name.toLowerCase(), secret })),
            ({ secret }) => shown(vault, secret),
        );
    }
    const secret = services.vaults.secrets.get(vault, id.name);
    return secret
        ? { status: 200, body: shown(vault, secret) }
        : resourceNotFound(id.type, id.name, id.resourceGroup);
};

export const putSecret: Handler = (call, id, services) => {
    const properties = objectOf(objectOf(call.body)["properties"]);
    if (!id.collection && typeof properties["value"] !== "string") {
        return deny("BadRequest", "The property 'properties.value' is required and must be a text.");
    }
    return patchSecret(call, id, services);
};

export const patchSecret: Handler = (call, id, services) => {
    if (id.collection) return refuse("UnsupportedHttpVerb");
    const vault = vaultOf(id, services);
    if (!vault) return parentNotFound("vaults/secrets", id.parent ?? "");
    const secret = services.vaults.secrets.write(vault, id.name, objectOf(call.body), call.now);
    return "refused" in secret ? secret : { status: 200, body: shown(vault, secret) };
};

export const deleteSecret: Handler = (call, id, services) => {
    if (id.collection) return refuse("UnsupportedHttpVerb");
    const vault = vaultOf(id, services);
    const gone = vault !== undefined && services.vaults.secrets.delete(vault, id.name, call.now);
    return { status: gone ? 200 : 204 };
};
