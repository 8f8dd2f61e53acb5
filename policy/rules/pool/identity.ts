import { hasSas } from "../../../catalog";
import { links } from "../../core/links";
import type { Facts } from "../../core/known";
import { resourceRule } from "../../core/rule";

const MACHINE = "deploymentConfiguration.virtualMachineConfiguration";
const REGISTRIES = [`${MACHINE}.containerConfiguration.containerRegistries`];

const keyIn = (holder: Facts, names: readonly string[]): string | undefined => {
    const name = names.find((candidate) => holder.has(candidate));
    return name === undefined ? undefined : `${holder.where(name)} is set.`;
};

export const identityRules = [
    resourceRule({
        name: "azure-batch-pool-disallow-keys-in-mounts",
        on: "pool",
        title: "Mounts by identity",
        description:
            "Blob containers should be mounted by the pool's identity: a key or SAS lies on every node, and a mount cannot be changed when it ends.",
        fix: "set identityReference of the mount and give that identity a role on the container",
        link: links.mounts,
        severity: "medium",
        profile: "recommended",
        maps: ["baselineIdentity"],
        // Azure Files and CIFS know no identity here: there is nothing better to ask for.
        check: (pool) =>
            pool.each("mountConfiguration", (mount) =>
                mount.has("azureBlobFileSystemConfiguration")
                    ? keyIn(mount.at("azureBlobFileSystemConfiguration"), ["accountKey", "sasKey"])
                    : undefined,
            ),
    }),
    resourceRule({
        name: "azure-batch-pool-disallow-passwords-of-registries",
        on: "pool",
        title: "Registries by identity",
        description:
            "Images should be pulled by the pool's identity: a registry password is one secret on every node, and new nodes fail when it is renewed.",
        fix: "set identityReference of the registry and give that identity AcrPull",
        link: links.containers,
        severity: "medium",
        profile: "recommended",
        maps: ["baselineIdentity"],
        check: (pool) => [
            ...REGISTRIES.map((path) => pool.each(path, (registry) => keyIn(registry, ["password"]))),
            pool.has("startTask.containerSettings.registry")
                ? keyIn(pool.at("startTask.containerSettings.registry"), ["password"])
                : undefined,
        ],
    }),
    resourceRule({
        name: "azure-batch-pool-disallow-sas-in-resource-files",
        on: "pool",
        title: "Resource files by identity",
        description:
            "Files of the start task should be read by the pool's identity: when a SAS ends, or the key that made it is renewed, every new node fails.",
        fix: "set identityReference of the resource file and take the SAS out of its URL",
        link: links.resourceFiles,
        severity: "medium",
        profile: "recommended",
        maps: ["baselineIdentity"],
        check: (pool) =>
            pool.each("startTask.resourceFiles", (file) =>
                ["httpUrl", "storageContainerUrl"]
                    .filter((name) => hasSas(file.text(name) ?? ""))
                    .map((name) => `${file.where(name)} has a SAS.`),
            ),
    }),
];
