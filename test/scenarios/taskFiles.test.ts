import assert from "node:assert/strict";
import { BlobSASPermissions, ContainerSASPermissions } from "@azure/storage-blob";
import { Local, sh, type Body } from "./local";
import { Resources } from "./resources";

describe("scenario: files of tasks", function () {
    this.timeout(60_000);
    let local: Local;
    const expiresOn = new Date(Date.now() + 3_600_000);
    before(async () => {
        local = await Local.start();
        await local.pool("p", { taskSlotsPerNode: 4 });
        await local.job("j", "p");
    });
    after(() => local.close());

    const failure = (info: Body) => String(info["failureInfo"]?.["code"]);

    it("come from an address, a container, the account's own storage, and with a prefix alone", async () => {
        const container = await local.container("sources");
        for (const name of ["one.txt", "deep/two.txt", "other/three.txt"])
            await container.getBlockBlobClient(name).upload(name, name.length);
        const httpUrl = await container
            .getBlobClient("one.txt")
            .generateSasUrl({ permissions: BlobSASPermissions.parse("r"), expiresOn });
        const storageContainerUrl = await container.generateSasUrl({
            permissions: ContainerSASPermissions.parse("rl"),
            expiresOn,
        });
        await local.task("j", "sources", sh("find . -type f | sort; stat -c %a a/first.sh; cat a/first.sh"), {
            resourceFiles: [
                { httpUrl, filePath: "a/first.sh", fileMode: "0755" },
                { storageContainerUrl, filePath: "b" },
                { autoStorageContainerName: "sources", blobPrefix: "deep/", filePath: "c" },
            ],
        });
        assert.equal((await local.done("j", "sources"))["exitCode"], 0);
        assert.deepEqual((await local.output("j", "sources")).trim().split("\n"), [
            "./a/first.sh",
            "./b/deep/two.txt",
            "./b/one.txt",
            "./b/other/three.txt",
            "./c/deep/two.txt",
            "755",
            "one.txt",
        ]);
    });

    it("are read and written as an identity of the pool", async () => {
        const resources = new Resources(local);
        const identity = await resources.identity("files");
        await resources.pool("identities", {
            identity: { type: "UserAssigned", userAssignedIdentities: { [identity.id]: {} } },
        });
        const container = await local.container("private");
        await container.getBlockBlobClient("in.txt").upload("by identity", 11);
        const identityReference = { resourceId: identity.id };
        await local.job("identities", "identities");
        await local.task("identities", "t", sh("cat in.txt > out.txt"), {
            resourceFiles: [{ httpUrl: `${container.url}/in.txt`, filePath: "in.txt", identityReference }],
            outputFiles: [
                {
                    filePattern: "out.txt",
                    destination: {
                        container: { containerUrl: container.url, path: "copy.txt", identityReference },
                    },
                    uploadOptions: { uploadCondition: "tasksuccess" },
                },
            ],
        });
        const info = await local.done("identities", "t");
        assert.equal(info["result"], "success", JSON.stringify(info));
        assert.equal(String(await container.getBlobClient("copy.txt").downloadToBuffer()), "by identity");
    });

    it("go out when their condition holds: success, failure or either", async () => {
        const results = await local.container("results");
        const containerUrl = await results.generateSasUrl({
            permissions: ContainerSASPermissions.parse("racwl"),
            expiresOn,
        });
        const conditions = ["tasksuccess", "taskfailure", "taskcompletion"];
        for (const exitCode of [0, 4]) {
            const outputFiles = conditions.map((uploadCondition) => ({
                filePattern: "../std*.txt",
                destination: { container: { containerUrl, path: `exit${exitCode}/${uploadCondition}` } },
                uploadOptions: { uploadCondition },
            }));
            await local.task("j", `exit${exitCode}`, sh(`echo out; exit ${exitCode}`), { outputFiles });
            assert.equal((await local.done("j", `exit${exitCode}`))["exitCode"], exitCode);
        }
        const names: string[] = [];
        for await (const { name } of results.listBlobsFlat()) names.push(name);
        assert.deepEqual(
            names,
            [
                "exit0/taskcompletion",
                "exit0/tasksuccess",
                "exit4/taskcompletion",
                "exit4/taskfailure",
            ].flatMap((path) => ["stderr.txt", "stdout.txt"].map((file) => `${path}/${file}`)),
        );
    });

    it("that cannot be had or sent end the task with the code that says so, and no process where none could run", async () => {
        const closed = await local.container("closed");
        await closed.getBlockBlobClient("f").upload("x", 1);
        const sas = await (
            await local.container("sources")
        ).generateSasUrl({
            permissions: ContainerSASPermissions.parse("rl"),
            expiresOn,
        });
        const absent = await local.container("absent");
        const gone = await absent.generateSasUrl({
            permissions: ContainerSASPermissions.parse("racwl"),
            expiresOn,
        });
        await absent.delete();
        const to = (containerUrl: string) => ({
            outputFiles: [
                {
                    filePattern: "../stdout.txt",
                    destination: { container: { containerUrl, path: "x" } },
                    uploadOptions: { uploadCondition: "taskcompletion" },
                },
            ],
        });
        const from = (httpUrl: string) => ({ resourceFiles: [{ httpUrl, filePath: "f" }] });
        const cases: [string, object, string, boolean][] = [
            ["missing", from(sas.replace("sources?", "sources/missing?")), "BlobNotFound", false],
            ["denied", from(`${closed.url}/f`), "BlobAccessDenied", false],
            ["noserver", from("http://127.0.0.1:1/f"), "BlobDownloadMiscError", false],
            [
                "outside",
                {
                    resourceFiles: [
                        { httpUrl: sas.replace("sources?", "sources/one.txt?"), filePath: "../../f" },
                    ],
                },
                "ResourceFileCreateFailed",
                false,
            ],
            ["readonly", to(sas), "FileUploadAccessDenied", true],
            ["nocontainer", to(gone), "FileUploadContainerNotFound", true],
        ];
        for (const [id, change] of cases) await local.task("j", id, "true", change);
        for (const [id, , code, ran] of cases) {
            const info = await local.done("j", id);
            assert.equal(`${id} ${failure(info)}`, `${id} ${code}`);
            assert.equal(info["exitCode"], ran ? 0 : undefined);
            assert.equal(info["result"], "failure");
            assert.doesNotMatch(JSON.stringify(info), /sig=/);
        }
    });

    it("are listed, read in ranges, described and deleted, of the task and of its node", async () => {
        await local.task("j", "listed", sh("printf 0123456789 > digits; mkdir d; echo x > d/e"));
        await local.done("j", "listed");
        const files = "/jobs/j/tasks/listed/files";
        const names = async (path: string) =>
            (await local.list(path)).map((file) => String(file["name"])).sort();
        assert.deepEqual(await names(files), ["stderr.txt", "stdout.txt", "wd"]);
        assert.ok((await names(`${files}?recursive=true`)).includes("wd/d/e"));
        const range = await local.send("GET", `${files}/wd/digits`, undefined, { "ocp-range": "bytes=3-5" });
        assert.equal(range.text, "345");
        const beyond = await local.send("GET", `${files}/wd/digits`, undefined, { "ocp-range": "bytes=90-" });
        assert.equal(beyond.status, 416);
        assert.equal((await local.send("HEAD", `${files}/wd/digits`)).status, 200);
        const { nodeInfo } = await local.get("/jobs/j/tasks/listed");
        const ofNode = `/pools/p/nodes/${String(nodeInfo?.["nodeId"])}/files/${String(nodeInfo?.["taskRootDirectory"])}`;
        assert.equal(await local.text(`${ofNode}/wd/digits`), "0123456789");
        assert.equal((await local.ask("DELETE", `${files}/wd/digits`)).status, 200);
        assert.equal((await local.send("GET", `${ofNode}/wd/digits`)).body["code"], "FileNotFound");
        assert.equal((await local.send("DELETE", `${files}/wd/d`)).status >= 400, true);
        await local.ask("DELETE", `${files}/wd/d?recursive=true`);
        assert.equal((await local.send("GET", `${files}/wd/d/e`)).status, 404);
    });

    it("of a node that is removed are gone, and so is the node", async () => {
        const [node] = await local.pool("removed");
        await local.job("removed", "removed");
        await local.task("removed", "t", "true");
        await local.done("removed", "t");
        await local.post("/pools/removed/removenodes", { nodeList: [String(node?.["id"])] });
        await local.steady("removed");
        const gone = await local.send("GET", "/jobs/removed/tasks/t/files/stdout.txt");
        assert.equal(`${gone.status} ${String(gone.body["code"])}`, "409 TaskFilesCleanedup");
        const path = `/pools/removed/nodes/${String(node?.["id"])}/files`;
        assert.equal((await local.send("GET", path)).body["code"], "NodeNotFound");
        await local.task("removed", "waits", "true");
        const never = await local.send("GET", "/jobs/removed/tasks/waits/files/stdout.txt");
        assert.equal(`${never.status} ${String(never.body["code"])}`, "409 TaskFilesUnavailable");
    });
});
