import assert from "node:assert/strict";
import { BatchAccount, Container, LinkedStorage, UploadedFiles } from "../../components";
import { only, problemsOf, run, value } from "./program";

const ROLE =
    "/subscriptions/00000000-0000-0000-0000-000000000001/providers/Microsoft.Authorization/roleDefinitions";
const CONTRIBUTOR = `${ROLE}/ba92f5b4-2d11-453d-a403-e96b0029c9fe`;

describe("BatchAccount", function () {
    this.timeout(60_000);

    for (const preview of [false, true]) {
        it(`makes an Entra-only account with linked storage that it enters by its identity${preview ? ", at preview too" : ""}`, async () => {
            let account: BatchAccount | undefined;
            const resources = await run(
                () => {
                    account = new BatchAccount("My Render-Farm of 2026!", { resourceGroupName: "g" });
                },
                { preview },
            );
            assert.deepEqual(only(resources, "azure-native:batch:BatchAccount").inputs, {
                resourceGroupName: "g",
                accountName: "myrenderfarmof20abcd1234",
                allowedAuthenticationModes: ["AAD"],
                autoStorage: {
                    storageAccountId:
                        "/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/g/azure-native:storage:StorageAccount/My Render-Farm of 2026!",
                    authenticationMode: "BatchAccountManagedIdentity",
                },
                identity: { type: "SystemAssigned" },
                poolAllocationMode: "BatchService",
                publicNetworkAccess: "Enabled",
            });
            assert.deepEqual(only(resources, "azure-native:storage:StorageAccount").inputs, {
                resourceGroupName: "g",
                accountName: "myrenderfarmof20abcd1234",
                kind: "StorageV2",
                sku: { name: "Standard_LRS" },
                allowBlobPublicAccess: false,
                allowSharedKeyAccess: false,
                enableHttpsTrafficOnly: true,
                minimumTlsVersion: "TLS1_2",
            });
            const role = only(
                resources,
                "azure-native:authorization:RoleAssignment",
                "My Render-Farm of 2026!-storage",
            ).inputs;
            assert.deepEqual(
                [role["principalId"], role["principalType"], role["roleDefinitionId"]],
                ["account-principal", "ServicePrincipal", CONTRIBUTOR],
            );
            assert.ok(account !== undefined);
            assert.equal(
                await value(account.endpoint),
                "https://myrenderfarmof20abcd1234.westeurope.batch.azure.com",
            );
            assert.equal(await value(account.spotCoreQuota), 50);
        });
    }

    it("registers these types, by which policies and targets know it", async () => {
        const resources = await run(() => new BatchAccount("a", { resourceGroupName: "g" }));
        assert.deepEqual(resources.map(({ type, name }) => `${type} ${name}`).sort(), [
            "azure-native:authorization:RoleAssignment a-deployer",
            "azure-native:authorization:RoleAssignment a-storage",
            "azure-native:batch:BatchAccount a",
            "azure-native:storage:StorageAccount a",
            "pulumi-azure-batch:index:BatchAccount a",
            "pulumi-azure-batch:index:LinkedStorage a",
            "random:index/randomString:RandomString a-suffix",
            "random:index/randomString:RandomString a-suffix",
        ]);
    });

    it("uses keys only when asked, for sign-in and for storage apart", async () => {
        const resources = await run(
            () => new BatchAccount("a", { resourceGroupName: "g", sharedKeys: true, storageKeys: true }),
        );
        const { inputs } = only(resources, "azure-native:batch:BatchAccount");
        assert.deepEqual(inputs["allowedAuthenticationModes"], ["AAD", "SharedKey"]);
        assert.equal((inputs["autoStorage"] as Record<string, unknown>)["authenticationMode"], "StorageKeys");
        assert.equal(
            only(resources, "azure-native:storage:StorageAccount").inputs["allowSharedKeyAccess"],
            true,
        );
    });

    it("can be without linked storage, or with a given one", async () => {
        const without = await run(() => new BatchAccount("a", { resourceGroupName: "g", storage: "none" }));
        assert.equal(without.filter(({ type }) => type.startsWith("azure-native:storage")).length, 0);
        const given = await run(() => {
            const storage = new LinkedStorage("s", { resourceGroupName: "g", deployer: "none" });
            return new BatchAccount("a", { resourceGroupName: "g", storage });
        });
        assert.equal(given.filter(({ type }) => type === "azure-native:storage:StorageAccount").length, 1);
    });

    it("passes what a transform says last, and names that are given", async () => {
        const transform = {
            batchAccount: (args: object) => ({ ...args, publicNetworkAccess: "Disabled" }) as never,
        };
        const resources = await run(
            () => new BatchAccount("a", { resourceGroupName: "g", accountName: "mine123", transform }),
        );
        const { inputs } = only(resources, "azure-native:batch:BatchAccount");
        assert.deepEqual([inputs["accountName"], inputs["publicNetworkAccess"]], ["mine123", "Disabled"]);
    });

    it("reports all that is wrong at once and registers nothing", async () => {
        const resources = await run(() => {
            const problems = problemsOf(
                () =>
                    new BatchAccount("a", {
                        resourceGroupName: "g",
                        accountName: "My_Account",
                        storage: "none",
                        nodeIdentity: "/id",
                    }),
            );
            assert.equal(problems.length, 2);
            assert.match(
                problems[0] ?? "",
                /^accountName: BATCH1003: 'My_Account' is not a Batch account name: use 3 to 24/,
            );
            assert.match(problems[1] ?? "", /^nodeIdentity: BATCH1002/);
        });
        assert.deepEqual(resources, []);
    });
});

describe("Container", function () {
    this.timeout(60_000);

    it("takes its address from the storage account's own endpoints and encodes blob names", async () => {
        await run(async () => {
            const storage = new LinkedStorage("s", { resourceGroupName: "g", accountName: "acc" });
            const container = new Container("input", { storage });
            assert.equal(await value(container.url), "https://127.0.0.1:7777/acc/input");
            assert.equal(
                await value(container.blobUrl("0001/ä b#?.txt")),
                "https://127.0.0.1:7777/acc/input/0001/%C3%A4%20b%23%3F.txt",
            );
        });
    });

    it("is private, and grants an identity the least role on itself", async () => {
        const resources = await run(() => {
            const storage = new LinkedStorage("s", { resourceGroupName: "g", accountName: "acc" });
            const container = new Container("input", { storage });
            container.grantRead("nodes", { principalId: "p" });
        });
        assert.deepEqual(only(resources, "azure-native:storage:BlobContainer").inputs, {
            resourceGroupName: "g",
            accountName: "acc",
            containerName: "input",
            publicAccess: "None",
        });
        const role = only(resources, "azure-native:authorization:RoleAssignment", "input-nodes").inputs;
        assert.equal(role["roleDefinitionId"], `${ROLE}/2a2b9908-6ea1-4ae2-8e65-a410df84e7d1`);
        assert.match(String(role["scope"]), /BlobContainer\/input$/);
    });

    it("refuses a name that storage would refuse", async () => {
        await run(() => {
            const storage = new LinkedStorage("s", { resourceGroupName: "g" });
            assert.match(
                problemsOf(() => new Container("My Container", { storage }))[0] ?? "",
                /containerName: BATCH1003: 'My Container'/,
            );
        });
    });
});

describe("LinkedStorage", function () {
    this.timeout(60_000);

    it("lets whoever deploys write blobs, a person or an application as azure-native is signed in", async () => {
        const before = process.env["ARM_CLIENT_ID"];
        try {
            for (const [client, type] of [
                [undefined, "User"],
                ["app", "ServicePrincipal"],
            ] as const) {
                if (client === undefined) delete process.env["ARM_CLIENT_ID"];
                else process.env["ARM_CLIENT_ID"] = client;
                const resources = await run(() => new LinkedStorage("s", { resourceGroupName: "g" }));
                const { inputs } = only(resources, "azure-native:authorization:RoleAssignment");
                assert.deepEqual([inputs["principalId"], inputs["principalType"]], ["deployer-object", type]);
            }
        } finally {
            if (before === undefined) delete process.env["ARM_CLIENT_ID"];
            else process.env["ARM_CLIENT_ID"] = before;
        }
    });
});

describe("names of storage", function () {
    this.timeout(60_000);

    it("are refused before storage would", async () => {
        await run(() => {
            assert.match(
                problemsOf(
                    () => new LinkedStorage("s", { resourceGroupName: "g", accountName: "My_Files" }),
                )[0] ?? "",
                /^accountName: BATCH1003: 'My_Files' is not the name of a storage account/,
            );
        });
    });
});

describe("UploadedFiles", function () {
    this.timeout(60_000);

    it("hashes a folder or a list, and gives the same digest wherever the files are", async () => {
        const fs = await import("node:fs");
        const os = await import("node:os");
        const path = await import("node:path");
        const root = fs.mkdtempSync(path.join(os.tmpdir(), "upload-"));
        try {
            fs.mkdirSync(path.join(root, "sub dir"));
            fs.writeFileSync(path.join(root, "empty"), "");
            fs.writeFileSync(path.join(root, "sub dir", "ü.txt"), "hello");
            const digests: string[] = [];
            const resources = await run(() => {
                const container = new Container("data", {
                    storage: new LinkedStorage("s", { resourceGroupName: "g" }),
                });
                digests.push(new UploadedFiles("folder", { container, files: root }).digest);
                const files = [
                    { path: path.join(root, "empty"), name: "empty" },
                    { path: path.join(root, "sub dir", "ü.txt"), name: "sub dir/ü.txt" },
                ];
                digests.push(new UploadedFiles("list", { container, files }).digest);
            });
            assert.equal(digests[0], digests[1]);
            const { inputs } = only(
                resources,
                "pulumi-nodejs:dynamic/pulumi-azure-batch:UploadedFiles",
                "folder",
            );
            const files = inputs["files"] as { name: string; hash: string; size: number }[];
            assert.deepEqual(
                files.map(({ name, size }) => [name, size]),
                [
                    ["empty", 0],
                    ["sub dir/ü.txt", 5],
                ],
            );
            assert.equal(files[1]?.hash, "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824");
            assert.equal(inputs["containerName"], "data");
        } finally {
            fs.rmSync(root, { recursive: true });
        }
    });

    it("names files that cannot be read and files of one name, all at once", async () => {
        await run(() => {
            const container = new Container("data", {
                storage: new LinkedStorage("s", { resourceGroupName: "g" }),
            });
            const problems = problemsOf(
                () =>
                    new UploadedFiles("f", {
                        container,
                        files: [__filename, { path: `./x/${__filename.split("/").pop()}` }, "nowhere"],
                    }),
            );
            assert.equal(problems.filter((problem) => problem.includes("BATCH1020")).length, 2);
            assert.match(
                problems.join("\n"),
                /files\[1\]: BATCH1021: .* would both be the blob 'accounts\.test\.ts'/,
            );
        });
    });
});
