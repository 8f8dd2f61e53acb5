import type { JsonObject } from "../../model/json";
import { isObject } from "../../model/json";
import { isKeyVault } from "../../model/keyVaultExtension";
import type { NodeRecord, PoolRecord } from "../../model/pool";
import { withoutSecrets } from "../render/parts";

/** The extensions of a pool as a node shows them, in order of their names. That for key vaults alone does something here. */
export function extensionsOf(node: NodeRecord, pool: PoolRecord): { name: string; view: JsonObject }[] {
    const machine = pool.spec["virtualMachineConfiguration"];
    const declared: unknown = isObject(machine) ? machine["extensions"] : undefined;
    if (!Array.isArray(declared)) return [];
    const problem = node.errors?.find(({ code }) => code === "VMExtensionProvisioningError");
    return declared
        .filter(isObject)
        .map((extension) => {
            const name = String(extension["name"]);
            const reason = problem?.errorDetails?.find((detail) => detail.name === "Message")?.value;
            return { name, view: render(name, extension, isKeyVault(extension) ? reason : undefined) };
        })
        .sort((a, b) => (a.name < b.name ? -1 : 1));
}

function render(name: string, extension: JsonObject, problem: string | undefined): JsonObject {
    const [state, code] = problem === undefined ? ["Succeeded", "succeeded"] : ["Failed", "failed"];
    return {
        provisioningState: state,
        vmExtension: withoutSecrets(extension),
        instanceView: {
            name,
            statuses: [
                {
                    code: `ProvisioningState/${code}`,
                    displayStatus: `Provisioning ${code}`,
                    level: problem === undefined ? "Info" : "Error",
                    ...(problem !== undefined && { message: problem }),
                },
            ],
        },
    };
}

export const extensionProperties = new Set(["provisioningState", "vmExtension", "instanceView"]);
