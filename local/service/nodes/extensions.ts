import type { JsonObject } from "../../model/json";
import { isObject } from "../../model/json";
import type { PoolRecord } from "../../model/pool";
import { withoutSecrets } from "../render/parts";

/** The extensions of a pool as each of its nodes shows them, in order of their names. */
export function extensionsOf(pool: PoolRecord): { name: string; view: JsonObject }[] {
    const machine = pool.spec["virtualMachineConfiguration"];
    const declared: unknown = isObject(machine) ? machine["extensions"] : undefined;
    if (!Array.isArray(declared)) return [];
    return declared
        .filter(isObject)
        .map((extension) => {
            const name = String(extension["name"]);
            return { name, view: render(name, extension) };
        })
        .sort((a, b) => (a.name < b.name ? -1 : 1));
}

function render(name: string, extension: JsonObject): JsonObject {
    return {
        provisioningState: "Succeeded",
        vmExtension: withoutSecrets(extension),
        instanceView: {
            name,
            statuses: [
                {
                    code: "ProvisioningState/succeeded",
                    displayStatus: "Provisioning succeeded",
                    level: "Info",
                },
            ],
        },
    };
}

export const extensionProperties = new Set(["provisioningState", "vmExtension", "instanceView"]);
