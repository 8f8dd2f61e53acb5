import { links } from "../../core/links";
import { resourceRule } from "../../core/rule";

const MACHINE = "deploymentConfiguration.virtualMachineConfiguration";
const PROFILE = `${MACHINE}.securityProfile`;

export const securityRules = [
    resourceRule({
        name: "azure-batch-pool-enable-disk-encryption",
        on: "pool",
        title: "Disks are encrypted",
        description:
            "The temporary disk of nodes should be encrypted: what tasks write there is otherwise in plain on the host.",
        fix: `set ${PROFILE}.encryptionAtHost, or diskEncryptionConfiguration.targets to ["OsDisk", "TemporaryDisk"]`,
        link: links.diskEncryption,
        severity: "medium",
        profile: "regulated",
        maps: ["policyDiskEncryption", "mcsbEncryption", "cisDiskEncryption", "monkeyDiskEncryption"],
        check: (pool) => {
            const targets = pool.texts(`${MACHINE}.diskEncryptionConfiguration.targets`);
            const encrypted = targets.some((target) => target.toLowerCase() === "temporarydisk");
            // Encryption at host covers the temporary disk too.
            if (encrypted || pool.flag(`${PROFILE}.encryptionAtHost`) === true) return undefined;
            return `diskEncryptionConfiguration.targets is ${targets.length === 0 ? "empty" : targets.join(", ")}.`;
        },
    }),
    resourceRule({
        name: "azure-batch-pool-enable-encryption-at-host",
        on: "pool",
        title: "Encryption at host",
        description:
            "Nodes should have encryption at host: disks and caches are then encrypted where they lie, without an agent on the node.",
        fix: `set ${PROFILE}.encryptionAtHost to true`,
        link: links.securityPractices,
        severity: "medium",
        profile: "regulated",
        maps: ["practiceHostEncryption"],
        check: (pool) =>
            pool.flag(`${PROFILE}.encryptionAtHost`) === true
                ? undefined
                : "securityProfile.encryptionAtHost is not true.",
    }),
    resourceRule({
        name: "azure-batch-pool-enable-trusted-launch",
        on: "pool",
        title: "Trusted launch",
        description:
            "Nodes should boot by trusted launch, with secure boot and a virtual TPM: a changed boot chain is then noticed.",
        fix: `set ${PROFILE}.securityType to "trustedLaunch" with uefiSettings.secureBootEnabled and uefiSettings.vTpmEnabled`,
        link: links.securityPractices,
        severity: "medium",
        profile: "regulated",
        maps: ["practiceTrustedLaunch"],
        check: (pool) => {
            const path = `${PROFILE}.securityType`;
            if (!pool.is(path, "trustedLaunch") && !pool.is(path, "confidentialVM"))
                return `securityProfile.securityType is ${pool.text(path) ?? "not set"}.`;
            const off = ["secureBootEnabled", "vTpmEnabled"].filter(
                (name) => pool.flag(`${PROFILE}.uefiSettings.${name}`) !== true,
            );
            return off.length === 0
                ? undefined
                : `securityProfile.uefiSettings.${off.join(" and ")} is not true.`;
        },
    }),
];
