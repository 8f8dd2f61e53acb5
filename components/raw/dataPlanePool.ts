import * as pulumi from "@pulumi/pulumi";
import type { PoolBody } from "./pool";

type Body = Record<string, unknown>;

/** Properties whose words the data plane writes in lower case. */
const lowered = new Set([
    "caching",
    "storageAccountType",
    "elevationLevel",
    "scope",
    "nodeFillType",
    "provision",
    "access",
    "protocol",
    "policy",
    "targets",
    "loginMode",
    "placement",
]);

/** Properties that have another name there. */
const renamed: Record<string, string> = {
    nodeAgentSkuId: "nodeAgentSKUId",
    dynamicVnetAssignmentScope: "dynamicVNetAssignmentScope",
    inboundNatPools: "inboundNATPools",
    userName: "username",
};

/** Properties whose words begin with a small letter there, by the object that they are in. */
const camelCased: Record<string, string> = {
    containerConfiguration: "type",
    containerSettings: "workingDirectory",
};

/** What holds values of people, which are not ours to change. */
const opaque = new Set(["settings", "protectedSettings", "metadata", "environmentSettings", "resourceTags"]);

function convert(value: unknown, name = ""): unknown {
    if (opaque.has(name) || pulumi.Output.isInstance(value) || value instanceof Promise) return value;
    if (typeof value === "string") return lowered.has(name) ? value.toLowerCase() : value;
    if (Array.isArray(value)) return value.map((item) => convert(item, name));
    if (typeof value !== "object" || value === null) return value;
    const entries = Object.entries(value as Body)
        .filter(([, inner]) => inner !== undefined)
        .map(([key, inner]): [string, unknown] => {
            if (name === "imageReference" && key === "id") return ["virtualMachineImageId", inner];
            // Registries keep `username` too; a user identity's is the same word.
            return [renamed[key] ?? key, convert(inner, key)];
        });
    const converted = Object.fromEntries(entries);
    // A data disk's storage lies deeper there, as an OS disk's does.
    if (name === "dataDisks" && "storageAccountType" in converted) {
        const { storageAccountType, ...others } = converted;
        return { ...others, managedDisk: { storageAccountType } };
    }
    const camel = camelCased[name];
    if (camel !== undefined && typeof converted[camel] === "string")
        converted[camel] = converted[camel].replace(/^./, (letter) => letter.toLowerCase());
    return converted;
}

/** A pool's specification as the data plane takes it (2025-06-01), from what the management plane takes. */
export function poolSpecification(body: PoolBody): Body {
    const { scaleSettings, deploymentConfiguration, interNodeCommunication, applicationPackages, ...same } =
        body;
    const machine = (deploymentConfiguration as Body | undefined)?.["virtualMachineConfiguration"];
    const { autoScale, fixedScale } = (scaleSettings ?? {}) as {
        autoScale?: Body;
        fixedScale?: Body;
    };
    // Identities and resource tags are not part of the specification.
    const { identity: _identity, resourceTags: _tags, ...rest } = same;
    return convert({
        ...rest,
        virtualMachineConfiguration: machine,
        enableInterNodeCommunication: interNodeCommunication === "Enabled",
        applicationPackageReferences: (
            applicationPackages as readonly { id: unknown; version?: unknown }[] | undefined
        )?.map(({ id, version }) => ({ applicationId: id, version })),
        ...(autoScale === undefined
            ? {
                  targetDedicatedNodes: fixedScale?.["targetDedicatedNodes"],
                  targetLowPriorityNodes: fixedScale?.["targetLowPriorityNodes"],
                  resizeTimeout: fixedScale?.["resizeTimeout"],
              }
            : {
                  enableAutoScale: true,
                  autoScaleFormula: autoScale["formula"],
                  autoScaleEvaluationInterval: autoScale["evaluationInterval"],
              }),
    }) as Body;
}
