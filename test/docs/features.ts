/** One row of what peers have, and we. */
export interface Feature {
    /** As the study of construct libraries calls it. */
    readonly name: string;
    /** aws-cdk aws-batch, azurerm, AVM Bicep, AVM Terraform, raw azure-native, awsx and eks: yes, in part, no, not applicable. */
    readonly peers: string;
    readonly ours: string;
    /** Tests on Batch Local that prove it: file, and how the title begins. */
    readonly proof: readonly (readonly [file: string, title: string])[];
}

const FEATURES = "constructs/features.test.ts";
const POOLS = "constructs/poolChanges.test.ts";
const COMPLAINTS = "complaints/deployed.test.ts";
const DOCS = "docs/deploy.test.ts";

const row = (
    name: string,
    peers: string,
    ours: string,
    ...proof: (readonly [string, string])[]
): Feature => ({
    name,
    peers,
    ours,
    proof,
});
const ofPool = (...names: string[]): (readonly [string, string])[] =>
    names.map((name) => [POOLS, `of ${name} `]);

/** Every row of the study's table, in its order. */
export const features: readonly Feature[] = [
    row(
        "Account create, tags, lock",
        "n/a y y y y n/a",
        "`BatchAccount`; in place of a lock Pulumi's `protect`",
        [FEATURES, "create an account with tags"],
    ),
    row("Linked (auto) storage", "n/a y ~ ~ y n/a", "own, given or none; by identity or by keys", [
        FEATURES,
        "link storage",
    ]),
    row("Auth modes (AAD only)", "n/a y y ~ y y", "Entra ID only unless `sharedKeys`", [
        FEATURES,
        "take Entra ID only",
    ]),
    row("UserSubscription + Key Vault ref", "n/a y y ~ y n/a", "`userSubscription`", [
        FEATURES,
        "make nodes in the subscription",
    ]),
    row("CMK encryption", "- y y - y ~", "`encryptionKey`", [FEATURES, "encrypt with a key"]),
    row("Account network profile / IP rules", "n/a y y y y ~", "`allowFrom`, `allowNodesFrom`", [
        FEATURES,
        "let only some addresses in",
    ]),
    row("Private endpoint + DNS zone", "n/a ~ y y ~ n/a", "`BatchAccount.private()`", [
        FEATURES,
        "reach an account by private endpoints",
    ]),
    row(
        "Role assignments on account",
        "~ ~ ~ y ~ y",
        "`grantSubmit`, `grantRead`, `grantManage` with Batch's own roles",
        [FEATURES, "give roles on the account"],
        [COMPLAINTS, "P19: "],
    ),
    row("Diagnostics settings", "- ~ y ~ ~ -", "`diagnostics`", [FEATURES, "send logs and metrics"]),
    row("Alerts / metric helpers", "- - - - - -", "`AccountAlerts`, `AccountDashboard`, `Metric`", [
        DOCS,
        "deploy, change nothing",
    ]),
    row("Pool at all", "y y - - y y", "`Pool`, `AutoPool`", ...ofPool("vmSize"), [
        FEATURES,
        "run a job on a pool of its own",
    ]),
    row(
        "Pick image -> node agent SKU",
        "y - - - - y",
        "`VmImage`, from a dated catalogue",
        [FEATURES, "refuse at preview"],
        ...ofPool("deploymentConfiguration-image"),
    ),
    row(
        "EOL/retirement awareness",
        "~ - - - - ~",
        "180 days ahead a warning, past it an error that can be acknowledged",
        [FEATURES, "refuse at preview"],
    ),
    row("VM size/arch/family checks", "y - - - - y", "cores, architecture, generation, GPU, InfiniBand", [
        FEATURES,
        "refuse at preview",
    ]),
    row(
        "Fixed scale",
        "y y - - y y",
        "`Scale.fixed`, `dedicated`, `spot`; switching works",
        ...ofPool("scaleSettings-size", "scaleSettings-fixed"),
        [COMPLAINTS, "P5, C5"],
    ),
    row(
        "Autoscale formula",
        "n/a ~ - - ~ n/a",
        "checked, linted, built, simulated",
        ...ofPool("scaleSettings-formula"),
        [COMPLAINTS, "P1, C1"],
    ),
    row(
        "Start task",
        "~ y - - y y",
        "`StartTask`, with `rollout` to nodes that run",
        ...ofPool("startTask"),
        ["constructs/rollout.test.ts", "brings running nodes up to date"],
    ),
    row(
        "Mounts (blobfuse/Files/NFS/CIFS)",
        "y y - - y -",
        "`Mount.blob`, `files`, `nfs`, `smb`",
        ...ofPool(
            "mountConfiguration",
            "mountConfiguration-blob",
            "mountConfiguration-files",
            "mountConfiguration-smb",
        ),
    ),
    row(
        "Certificates",
        "n/a ~ - - ~ n/a",
        "`Certificate.fromKeyVault`, by the extension",
        ...ofPool("deploymentConfiguration-certificates"),
    ),
    row("App: Application", "n/a y - - y n/a", "`Application`", [
        "constructs/application.test.ts",
        "uploads and activates packages",
    ]),
    row(
        "App package upload+activate",
        "n/a - - - ~ n/a",
        "zipped reproducibly, uploaded, activated",
        ["constructs/application.test.ts", "uploads and activates packages"],
        [COMPLAINTS, "P10, C38"],
    ),
    row("App packages on pool", "n/a - - - y n/a", "`packages`", ...ofPool("applicationPackages")),
    row(
        "Subnet / dynamic vnet scope",
        "y y - - y y",
        "`subnetId`, `network.dynamicVnetAssignment`",
        ...ofPool("networkConfiguration-subnet"),
    ),
    row(
        "Public IP: none/managed/user",
        "n/a y - - y ~",
        "`network.publicIps`",
        ...ofPool("networkConfiguration", "networkConfiguration-subnet"),
    ),
    row(
        "Inbound NAT + NSG rules",
        "y y - - y y",
        "`network.inboundNatPools`, `InboundNatPool.ssh`, `rdp`",
        ...ofPool("networkConfiguration-inbound"),
    ),
    row(
        "Node comm mode simplified",
        "n/a y - - y n/a",
        "the service's; others by `transform`",
        ...ofPool("targetNodeCommunicationMode"),
    ),
    row("Pool UAMI", "y ~ - - y y", "`identities`, also taken away", ...ofPool("identity"), [
        COMPLAINTS,
        "P3: ",
    ]),
    row(
        "User accounts (Lin/Win)",
        "~ y - - y ~",
        "`UserAccount.linux`, `windows`, passwords drawn",
        ...ofPool("userAccounts", "userAccounts-ssh"),
    ),
    row(
        "Inter-node communication",
        "y y - - y ~",
        "`interNodeCommunication`",
        ...ofPool("interNodeCommunication"),
    ),
    row(
        "Container images + registry UAMI",
        "y y - - y n/a",
        "`containers`, `pool.grantPull`",
        ...ofPool("deploymentConfiguration-containers"),
    ),
    row(
        "Data disks / OS disk / ephemeral",
        "~ ~ - - y ~",
        "`osDisk`, `dataDisks`",
        ...ofPool(
            "deploymentConfiguration",
            "deploymentConfiguration-osDisk",
            "deploymentConfiguration-ephemeral",
        ),
    ),
    row(
        "Disk encryption / security profile",
        "~ y - - y ~",
        "`diskEncryption`, `security`",
        ...ofPool(
            "deploymentConfiguration-diskEncryption",
            "deploymentConfiguration-encryptionAtHost",
            "deploymentConfiguration-security",
            "deploymentConfiguration-confidential",
        ),
    ),
    row(
        "VM extensions",
        "- ~ - - ~ ~",
        "`extensions`; a change makes a new pool",
        ...ofPool("deploymentConfiguration-extensions"),
        [COMPLAINTS, "P2: "],
    ),
    row("Node placement zonal", "~ y - - y ~", "`placement`", ...ofPool("deploymentConfiguration-placement")),
    row(
        "Upgrade policy",
        "~ - - - y y",
        "`upgradePolicy`",
        ...ofPool("upgradePolicy", "upgradePolicy-rolling"),
    ),
    row(
        "Resource tags / task scheduling",
        "~ ~ - - y y",
        "`resourceTags`, `tags`, `fill`",
        ...ofPool("resourceTags", "tags", "taskSchedulingPolicy"),
    ),
    row("Job definitions", "y ~ - - - n/a", "`Job`", [FEATURES, "define jobs"]),
    row("Job schedule", "~ - - - - n/a", "`JobSchedule`", [FEATURES, "make jobs by a schedule"]),
    row(
        "Tasks / job submission",
        "- - - - - n/a",
        "`TaskCollection`, `Task`",
        [COMPLAINTS, "P12, C34"],
        ["dynamic/deploy.test.ts", ""],
    ),
    row("Task retry/exit conditions", "y ~ - - - n/a", "`constraints.maxRetries`, `exitConditions`", [
        FEATURES,
        "define jobs",
    ]),
    row(
        "Fair share / queues",
        "y n/a - - - n/a",
        "Batch has priorities: `priority`, `maxParallelTasks`, in place",
        [FEATURES, "define jobs"],
    ),
    row(
        "Grants",
        "~ - - - - ~",
        "of accounts, containers and pools",
        [FEATURES, "give roles on the account"],
        [COMPLAINTS, "P19: "],
    ),
    row(
        "Import existing (`fromXxx`)",
        "~ ~ ~ - ~ ~",
        "`fromExisting`, `fromStack`; what is not known is not there",
        [FEATURES, "find what exists already"],
    ),
    row("Synth-time validation", "y ~ ~ ~ - y", "all errors of all components in one preview, with codes", [
        "constructs/errors.test.ts",
        "fail one preview",
    ]),
    row(
        "Cross-resource validation",
        "~ - - - - ~",
        "slots of tasks against those of their pool, image against size, quota",
        [FEATURES, "refuse at preview"],
    ),
    row("Quota awareness", "- - - - ~ -", "a warning at preview", [FEATURES, "tell cost and quota"]),
    row("Cost hints", "- - - - - -", "an estimate at preview from your price", [
        FEATURES,
        "tell cost and quota",
    ]),
    row("Compliance policy pack", "~ - ~ - - -", "`policy/`", ["policy/batchLocal.test.ts", ""]),
    row("Local emulator", "- - - - - -", "Batch Local", ["e2e/topNWords.test.ts", ""]),
];

const symbols: Record<string, string> = { y: "yes", "~": "in part", "-": "no", "n/a": "" };

/** The page, from the rows and the titles that the tests have. */
export function page(proofs: ReadonlyMap<Feature, readonly string[]>): string {
    const lines = features.map((feature) => {
        const peers = feature.peers.split(" ").map((one) => symbols[one] ?? one);
        const tests = (proofs.get(feature) ?? []).join("<br>");
        return `| ${feature.name} | ${feature.ours} | ${tests} | ${peers.join(" | ")} |`;
    });
    return [
        "# Features",
        "",
        "What construct libraries for Batch have: ours, with the tests that prove it on Batch Local with the real engine, and peers as they were",
        "read on 2026-11-21. This page is made by `test/docs/features.test.ts` from the titles of the tests; `UPDATE_FEATURES=1` writes it.",
        "",
        "| feature | ours | proof | CDK aws-batch | azurerm | AVM Bicep | AVM Terraform | azure-native | awsx, eks |",
        "|---|---|---|---|---|---|---|---|---|",
        ...lines,
        "",
    ].join("\n");
}
