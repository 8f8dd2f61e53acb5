import assert from "node:assert/strict";
import {
    AutoPool,
    BatchAccount,
    Certificate,
    InboundNatPool,
    Mount,
    Pool,
    ResourceFile,
    Sas,
    Scale,
    StartTask,
    UserAccount,
    VmImage,
} from "../../components";
import type { PoolArgs } from "../../components";
import { only, problemsOf, run } from "./program";

const basic = (): PoolArgs => ({
    account: new BatchAccount("a", { resourceGroupName: "g", accountName: "acc" }),
    image: VmImage.ubuntu2404(),
    vmSize: "Standard_D2s_v5",
});
const codesOf = (problems: readonly string[]): string[] =>
    problems.map((problem) => problem.split(": ").slice(0, 2).join(" "));

describe("the parts of a pool", function () {
    this.timeout(60_000);

    it("are passed as azure-native takes them, passwords drawn where none is given", async () => {
        const resources = await run(
            () =>
                new Pool("cpu", {
                    ...basic(),
                    userAccounts: [UserAccount.linux("me", { uid: 1001, gid: 1001, elevated: true })],
                    osDisk: { sizeGB: 64, caching: "ReadOnly" },
                    dataDisks: [{ sizeGB: 10 }, { sizeGB: 20, storage: "Premium_LRS" }],
                    security: { type: "trustedLaunch", secureBoot: true, vTpm: true, encryptionAtHost: true },
                    placement: "zonal",
                    mounts: [Mount.nfs("server:/data", "data")],
                    network: {
                        inboundNatPools: [
                            {
                                name: "ssh",
                                backendPort: 22,
                                frontendPorts: [15_000, 15_100],
                                rules: [{ access: "Deny", priority: 200, source: "*" }],
                            },
                        ],
                    },
                    upgradePolicy: { mode: "rolling", rolling: { pauseBetweenBatches: "30s" } },
                }),
        );
        const pool = only(resources, "azure-native:batch:Pool").inputs;
        only(resources, "random:index/randomPassword:RandomPassword", "cpu-me-password");
        const machine = (pool["deploymentConfiguration"] as Record<string, Record<string, unknown>>)[
            "virtualMachineConfiguration"
        ];
        assert.deepEqual(machine?.["osDisk"], { diskSizeGB: 64, caching: "ReadOnly" });
        assert.deepEqual(machine?.["dataDisks"], [
            { diskSizeGB: 10, lun: 0 },
            { diskSizeGB: 20, lun: 1, storageAccountType: "Premium_LRS" },
        ]);
        assert.deepEqual(machine?.["securityProfile"], {
            securityType: "trustedLaunch",
            encryptionAtHost: true,
            uefiSettings: { secureBootEnabled: true, vTpmEnabled: true },
        });
        assert.deepEqual(machine?.["nodePlacementConfiguration"], { policy: "Zonal" });
        assert.deepEqual(pool["upgradePolicy"], {
            mode: "rolling",
            rollingUpgradePolicy: { pauseTimeBetweenBatches: "PT30S" },
        });
    });

    it("are checked all at once", async () => {
        await run(() => {
            const problems = problemsOf(
                () =>
                    new Pool("cpu", {
                        ...basic(),
                        containers: { registries: [{ userName: "me" }] },
                        userAccounts: [UserAccount.windows("me"), UserAccount.linux("me", { uid: 1 })],
                        mounts: [Mount.nfs("s:/", "/data"), Mount.nfs("s:/", "/data")],
                        dataDisks: [{ sizeGB: 1, lun: 64 }],
                        security: { secureBoot: true },
                        network: {
                            publicIps: "none",
                            inboundNatPools: [
                                { name: "x", backendPort: 29876, frontendPorts: [50_000, 60_000] },
                            ],
                        },
                        certificates: [Certificate.fromThumbprint("AB12")],
                    }),
            );
            assert.deepEqual(codesOf(problems), [
                "image BATCH1013",
                "containers.registries[0] BATCH1001",
                "userAccounts[0] BATCH1016",
                "userAccounts[1] BATCH1001",
                "userAccounts[1].name BATCH1014",
                "mounts[0].path BATCH1003",
                "mounts[1].path BATCH1003",
                "mounts[1].path BATCH1014",
                "dataDisks[0].lun BATCH1015",
                "security BATCH1018",
                "network.inboundNatPools BATCH1002",
                "network.inboundNatPools[0].backendPort BATCH1015",
                "network.inboundNatPools[0].frontendPorts BATCH1015",
                "certificates[0] BATCH1017",
            ]);
        });
    });

    it("bring certificates of a vault by the extension, with identity and role", async () => {
        const resources = await run(() => {
            const vault = { id: "/subscriptions/s/vaults/v", uri: "https://v.vault.azure.net" };
            const identity = { id: "/identity", principalId: "p", clientId: "c" };
            return new Pool("cpu", {
                ...basic(),
                certificates: ["one", "two"].map((name) =>
                    Certificate.fromKeyVault({ vault, name, identity }),
                ),
            });
        });
        const pool = only(resources, "azure-native:batch:Pool").inputs;
        const text = JSON.stringify(pool["deploymentConfiguration"]);
        assert.match(
            text,
            /https:\/\/v\.vault\.azure\.net\/secrets\/one","https:\/\/v\.vault\.azure\.net\/secrets\/two/,
        );
        assert.match(text, /"KeyVaultForLinux"/);
        assert.deepEqual(pool["identity"], {
            type: "UserAssigned",
            userAssignedIdentities: ["/identity"],
        });
        const role = only(resources, "azure-native:authorization:RoleAssignment", "cpu-vault").inputs;
        assert.match(String(role["roleDefinitionId"]), /4633458b-17de-408a-b874-0445c86b69e6$/);
    });

    it("have what a gallery, a container for the start task and a login need", async () => {
        const { inputs } = only(
            await run(
                () =>
                    new Pool("cpu", {
                        ...basic(),
                        image: VmImage.fromSharedGallery(
                            "/SharedGalleries/g/Images/i",
                            "batch.node.ubuntu 24.04",
                        ),
                        serviceArtifactId: "/artifact",
                        containers: { images: ["tool:1"] },
                        startTask: StartTask.command("prepare", {
                            container: {
                                imageName: "tool:1",
                                workingDirectory: "containerImageDefault",
                                registry: { registryServer: "r", username: "u" },
                            },
                        }),
                        mounts: [Mount.files({ accountName: "a", url: "u", accountKey: "k" }, "data")],
                        network: { inboundNatPools: [InboundNatPool.ssh({ from: ["203.0.113.0/24"] })] },
                    }),
            ),
            "azure-native:batch:Pool",
        );
        const { virtualMachineConfiguration: machine } = inputs["deploymentConfiguration"] as {
            virtualMachineConfiguration: Record<string, unknown>;
        };
        assert.deepEqual(machine["imageReference"], { sharedGalleryImageId: "/SharedGalleries/g/Images/i" });
        assert.deepEqual(machine["serviceArtifactReference"], { id: "/artifact" });
        const { containerSettings } = inputs["startTask"] as { containerSettings: Record<string, unknown> };
        assert.equal(containerSettings["workingDirectory"], "ContainerImageDefault");
        assert.equal((containerSettings["registry"] as Record<string, unknown>)["userName"], "u");
        assert.deepEqual(inputs["networkConfiguration"], {
            dynamicVnetAssignmentScope: "none",
            endpointConfiguration: {
                inboundNatPools: [
                    {
                        name: "ssh",
                        protocol: "TCP",
                        backendPort: 22,
                        frontendPortRangeStart: 40_000,
                        frontendPortRangeEnd: 41_000,
                        networkSecurityGroupRules: [
                            { access: "Allow", priority: 200, sourceAddressPrefix: "203.0.113.0/24" },
                            { access: "Deny", priority: 4000, sourceAddressPrefix: "*" },
                        ],
                    },
                ],
            },
        });
    });

    it("that do not fit image, size or each other are errors", async () => {
        const extension = (publisher: string, type: string) => ({ name: type, publisher, type });
        const cases: [Partial<PoolArgs>, string[]][] = [
            [
                {
                    extensions: [
                        extension("Microsoft.Azure.Extensions", "CustomScript"),
                        extension("microsoft.azure.monitor", "AzureMonitorWindowsAgent"),
                        extension("Microsoft.HpcCompute", "NvidiaGpuDriverLinux"),
                    ],
                },
                [
                    "extensions[0].type BATCH1019",
                    "extensions[1].type BATCH1016",
                    "extensions[2].type BATCH1019",
                ],
            ],
            [
                {
                    image: VmImage.fromMarketplace(
                        { publisher: "canonical", offer: "ubuntu-24_04-lts", sku: "server" },
                        "batch.node.ubuntu 22.04",
                    ),
                },
                ["image BATCH1009"],
            ],
            [{ image: VmImage.fromGallery("/image", "batch.node.ubuntu 20.04") }, ["image BATCH1011"]],
            [{ startTask: StartTask.script({ file: "/not/there" }) }, ["startTask BATCH1020"]],
            [
                { startTask: StartTask.command("x", { container: { imageName: "i" } }) },
                ["startTask.container BATCH1018"],
            ],
            [
                {
                    startTask: StartTask.script("true", {
                        resourceFiles: [
                            ResourceFile.fromUrl("https://host/a", "a"),
                            ResourceFile.fromUrl(Sas.read("https://store/in/a"), "a"),
                        ],
                    }),
                },
                ["startTask.resourceFiles[1] BATCH1022"],
            ],
        ];
        await run(() => {
            for (const [more, expected] of cases) {
                const problems = problemsOf(() => new Pool("cpu", { ...basic(), ...more }));
                assert.deepEqual(codesOf(problems), expected);
            }
        });
    });

    it("are the same for a job's own pool, in the words of the data plane", () => {
        const { body } = AutoPool.of({
            image: VmImage.fromGallery("/image", "batch.node.ubuntu 24.04"),
            vmSize: "Standard_D2s_v5",
            scale: Scale.spot(2),
            fill: "pack",
            dataDisks: [{ sizeGB: 10, storage: "Premium_LRS" }],
            network: { publicIps: "none" },
        });
        assert.deepEqual(JSON.parse(JSON.stringify(body)), {
            poolLifetimeOption: "job",
            keepAlive: false,
            pool: {
                vmSize: "Standard_D2s_v5",
                virtualMachineConfiguration: {
                    imageReference: { virtualMachineImageId: "/image" },
                    nodeAgentSKUId: "batch.node.ubuntu 24.04",
                    dataDisks: [
                        { diskSizeGB: 10, lun: 0, managedDisk: { storageAccountType: "premium_lrs" } },
                    ],
                },
                taskSlotsPerNode: 1,
                taskSchedulingPolicy: { nodeFillType: "pack" },
                networkConfiguration: { publicIPAddressConfiguration: { provision: "nopublicipaddresses" } },
                enableInterNodeCommunication: false,
                targetDedicatedNodes: 0,
                targetLowPriorityNodes: 2,
            },
        });
    });
});
