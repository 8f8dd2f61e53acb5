/** A change of a pool: what is said of it first, and then. Both as text of a program, in which these are named: `application`, `one` and `two`
 * (identities), `container`, `gallery`, `subnet`, `ip` and `vault`. */
export interface Change {
    /** Row of the table. */
    readonly row: string;
    /** What of it, where a row has several parts. */
    readonly part?: string;
    readonly before: string;
    readonly after: string;
}

const change = (name: string, before: string, after: string): Change => {
    const [row = "", part] = name.split(" ");
    return { row, before, after, ...(part === undefined ? {} : { part }) };
};

/** Every row of the table of pool properties, and every part of those that have several. */
export const changes: readonly Change[] = [
    change("displayName", `{ displayName: "one" }`, `{ displayName: "two" }`),
    change("vmSize", `{ vmSize: "Standard_D2s_v5" }`, `{ vmSize: "Standard_D4s_v5" }`),
    change("deploymentConfiguration", `{}`, `{ dataDisks: [{ sizeGB: 10 }] }`),
    change("deploymentConfiguration image", `{}`, `{ image: batch.VmImage.almaLinux9() }`),
    change(
        "deploymentConfiguration osDisk",
        `{ osDisk: { sizeGB: 64 } }`,
        `{ osDisk: { sizeGB: 128, caching: "ReadOnly" } }`,
    ),
    change("deploymentConfiguration ephemeral", `{}`, `{ osDisk: { ephemeral: true } }`),
    change("deploymentConfiguration diskEncryption", `{}`, `{ diskEncryption: ["TemporaryDisk"] }`),
    change("deploymentConfiguration encryptionAtHost", `{}`, `{ security: { encryptionAtHost: true } }`),
    change(
        "deploymentConfiguration security",
        `{}`,
        `{ security: { type: "trustedLaunch", secureBoot: true, vTpm: true } }`,
    ),
    change("deploymentConfiguration confidential", `{}`, `{ security: { type: "confidentialVM" } }`),
    change("deploymentConfiguration placement", `{ placement: "regional" }`, `{ placement: "zonal" }`),
    change(
        "deploymentConfiguration containers",
        `{ image: batch.VmImage.ubuntu2404Hpc(), containers: { images: ["tool:1"] } }`,
        `{ image: batch.VmImage.ubuntu2404Hpc(), identities: [one.id], containers: { images: ["tool:2"], registries: [{ server: "r.azurecr.io", identity: one.id }] } }`,
    ),
    change(
        "deploymentConfiguration extensions",
        `{}`,
        `{ extensions: [{ name: "monitor", publisher: "Microsoft.Azure.Monitor", type: "AzureMonitorLinuxAgent", version: "1.0", settings: { a: 1 }, protectedSettings: { b: "2" } }] }`,
    ),
    change(
        "deploymentConfiguration certificates",
        `{}`,
        `{ certificates: [batch.Certificate.fromKeyVault({ vault, name: "tls", identity: one, grant: false })] }`,
    ),
    change(
        "deploymentConfiguration windows",
        `{ image: batch.VmImage.windowsServer2022(), windowsUpdates: true }`,
        `{ image: batch.VmImage.windowsServer2022(), windowsUpdates: false, licenseType: "Windows_Server" }`,
    ),
    change(
        "deploymentConfiguration gallery",
        `{ image: batch.VmImage.fromGallery(gallery + "/images/i", "batch.node.ubuntu 24.04") }`,
        `{ image: batch.VmImage.fromGallery(gallery + "/images/i", "batch.node.ubuntu 24.04"), serviceArtifactId: gallery + "/serviceArtifacts/a/vmArtifactsProfiles/p" }`,
    ),
    change(
        "scaleSettings",
        `{ scale: batch.Scale.dedicated(1) }`,
        `{ scale: batch.Scale.auto("$TargetDedicatedNodes = 1;", { interval: "10m" }) }`,
    ),
    change(
        "scaleSettings fixed",
        `{ scale: batch.Scale.auto("$TargetDedicatedNodes = 0;") }`,
        `{ scale: batch.Scale.spot(1) }`,
    ),
    change(
        "scaleSettings size",
        `{ scale: batch.Scale.dedicated(0) }`,
        `{ scale: batch.Scale.fixed({ dedicated: 1, spot: 1 }) }`,
    ),
    change(
        "scaleSettings how",
        `{ scale: batch.Scale.fixed({ resizeTimeout: "10m" }) }`,
        `{ scale: batch.Scale.fixed({ resizeTimeout: "20m", nodeDeallocation: "taskcompletion" }) }`,
    ),
    change(
        "scaleSettings formula",
        `{ scale: batch.Scale.auto("$TargetDedicatedNodes = 0;") }`,
        `{ scale: batch.Scale.auto("$TargetDedicatedNodes = 1;", { interval: "5m" }) }`,
    ),
    change("interNodeCommunication", `{ interNodeCommunication: false }`, `{ interNodeCommunication: true }`),
    change(
        "networkConfiguration",
        `{ network: { publicIps: "managed" } }`,
        `{ network: { publicIps: "none" } }`,
    ),
    change("networkConfiguration subnet", `{}`, `{ subnetId: subnet, network: { publicIps: [ip] } }`),
    change(
        "networkConfiguration inbound",
        `{}`,
        `{ network: { inboundNatPools: [batch.InboundNatPool.ssh({ from: ["203.0.113.0/24"] })] } }`,
    ),
    change("networkConfiguration accelerated", `{}`, `{ network: { acceleratedNetworking: true } }`),
    change("taskSlotsPerNode", `{ taskSlotsPerNode: 1 }`, `{ taskSlotsPerNode: 2 }`),
    change("taskSchedulingPolicy", `{ fill: "spread" }`, `{ fill: "pack" }`),
    change(
        "userAccounts",
        `{ userAccounts: [batch.UserAccount.linux("one")] }`,
        `{ userAccounts: [batch.UserAccount.linux("one", { elevated: true })] }`,
    ),
    change(
        "userAccounts ssh",
        `{ interNodeCommunication: true, userAccounts: [batch.UserAccount.linux("me", { uid: 1001, gid: 1001 })] }`,
        `{ interNodeCommunication: true, userAccounts: [batch.UserAccount.linux("me", { uid: 1001, gid: 1001, sshPrivateKey: "a key" })] }`,
    ),
    change("metadata", `{ metadata: { a: "1" } }`, `{ metadata: { a: "2", b: "3" } }`),
    change(
        "startTask",
        `{ startTask: batch.StartTask.script("true") }`,
        `{ startTask: batch.StartTask.script("echo two") }`,
    ),
    change("startTask none", `{ startTask: batch.StartTask.script("true") }`, `{}`),
    change(
        "startTask parts",
        `{ startTask: batch.StartTask.script("true") }`,
        `{ startTask: batch.StartTask.script("true", { elevated: true, maxRetries: 2, waitForSuccess: false, environment: { A: "1" }, resourceFiles: [batch.ResourceFile.fromContainer(container)] }) }`,
    ),
    change("applicationPackages", `{}`, `{ packages: [application.version()] }`),
    change(
        "mountConfiguration",
        `{ mounts: [batch.Mount.nfs("server:/one", "data", { options: "-o vers=4" })] }`,
        `{ mounts: [batch.Mount.nfs("server:/two", "data", { options: "-o vers=4" })] }`,
    ),
    change(
        "mountConfiguration blob",
        `{ identities: [one.id] }`,
        `{ identities: [one.id], mounts: [batch.Mount.blob(container, "data", { identity: one.id })] }`,
    ),
    change(
        "mountConfiguration files",
        `{ mounts: [batch.Mount.files({ accountName: "files", url: "https://files/one", accountKey: "a2V5" }, "data")] }`,
        `{ mounts: [batch.Mount.files({ accountName: "files", url: "https://files/two", accountKey: "a2V5" }, "data")] }`,
    ),
    change(
        "mountConfiguration smb",
        `{ mounts: [batch.Mount.smb({ source: "//server/share", userName: "u", password: "p" }, "data")] }`,
        `{ mounts: [batch.Mount.smb({ source: "//server/share", userName: "u", password: "q" }, "data")] }`,
    ),
    change(
        "upgradePolicy",
        `{ upgradePolicy: { mode: "manual" } }`,
        `{ upgradePolicy: { mode: "automatic" } }`,
    ),
    change(
        "upgradePolicy rolling",
        `{ upgradePolicy: { mode: "manual" } }`,
        `{ upgradePolicy: { mode: "rolling", automaticOs: { enable: true, useRollingPolicy: true }, rolling: { maxBatchPercent: 20, maxUnhealthyPercent: 30, maxUnhealthyUpgradedPercent: 20, pauseBetweenBatches: "30s" } } }`,
    ),
    change("identity", `{ identities: [one.id] }`, `{ identities: [one.id, two.id] }`),
    change("resourceTags", `{ resourceTags: { a: "1" } }`, `{ resourceTags: { a: "2" } }`),
    change("tags", `{ tags: { a: "1" } }`, `{ tags: { a: "2" } }`),
    change(
        "targetNodeCommunicationMode",
        `{ transform: { pool: (args) => ({ ...args, targetNodeCommunicationMode: "Classic" }) } }`,
        `{ transform: { pool: (args) => ({ ...args, targetNodeCommunicationMode: "Simplified" }) } }`,
    ),
];

/** Rows of what the service no longer has, so that no pool can have it to begin with. */
export const retired = new Set(["certificates", "applicationLicenses"]);
