import { refuse } from "../../http/operation";
import type { Outcome, Refused } from "../../http/operation";
import type { ResourceRecord } from "../../model/account";
import { deny } from "../refusals";
import { objectOf } from "../merge";
import type { Handler } from "../generic/handler";
import { putResource } from "../generic/write";
import type { ArmServices } from "../services";
import { deletedVault, forgetDeletedVault, recoverVault } from "./deletedVaults";
import { vaultType } from "./vaultType";

/** Names are used once in all of Azure; here once in a data directory. */
function vaultNamed(name: string, services: ArmServices): ResourceRecord | undefined {
    return services.store.resources
        .list("/subscriptions")
        .find((record) => record.type === vaultType && record.name.toLowerCase() === name.toLowerCase());
}

function refusedName(name: string, key: string, services: ArmServices): Refused | undefined {
    const other = vaultNamed(name, services);
    if (!other || other.key === key) return undefined;
    return deny(
        "VaultAlreadyExists",
        `The vault name '${name}' is already in use. Vault names are globally unique so it is possible that the name is ` +
            "already taken. If you are sure that the vault name was not taken then it is possible that a vault with the same " +
            "name was recently deleted but not purged after being placed in a recoverable state. If the vault is in a " +
            "recoverable state then the vault will need to be purged before reusing the name.",
    );
}

/** A new vault has its own endpoint before anybody is told of it. */
export const putVault: Handler = async (call, id, services) => {
    if (id.collection) return refuse("UnsupportedHttpVerb");
    const { name, key } = id;
    if (!/^(?=.{3,24}$)[a-z][a-z0-9]*(-[a-z0-9]+)*$/i.test(name)) {
        return deny(
            "VaultNameNotValid",
            `The vault name '${name}' is invalid. A vault's name must be between 3-24 alphanumeric characters. The name must ` +
                "begin with a letter, end with a letter or digit, and not contain consecutive hyphens.",
        );
    }
    if (!services.store.resources.get(key)) {
        const refused = refusedName(name, key, services);
        if (refused) return refused;
        const deleted = deletedVault(name, services);
        const recovers = /^recover$/i.test(String(objectOf(objectOf(call.body)["properties"])["createMode"]));
        if (deleted && recovers) return recoverVault(deleted, services);
        if (deleted) {
            return deny(
                "ConflictError",
                `A vault with the same name already exists in deleted state. You need to either recover or purge existing key vault. Follow this link https://go.microsoft.com/fwlink/?linkid=2149745 for more information on soft delete.`,
            );
        }
        // What lies under the name of a vault that was purged by time.
        forgetDeletedVault(name, services);
    }
    await services.vaults.open(name);
    const outcome: Outcome = refusedName(name, key, services) ?? putResource(call, id, services);
    if (!vaultNamed(name, services)) await services.vaults.close(name);
    return outcome;
};
