import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { containerEngine, importImage, type Engine } from "../support/engine";
import { skip } from "../support/skip";
import { Local, sh } from "./local";

const image = "localhost/batchlocal-scenario:1";

describe("scenario: containers", function () {
    this.timeout(120_000);
    let local: Local | undefined;
    let engine: Engine | undefined;
    const before_ = { ...process.env };

    const service = () => {
        assert.ok(local);
        return local;
    };
    before(async function () {
        engine = await containerEngine();
        if (!engine)
            skip(this, "no container engine answers, and podman could not be had from the system's packages");
        await importImage(engine, image, "of-the-image");
        Object.assign(process.env, engine.environment);
        local = await Local.start();
        await local.pool("p", { taskSlotsPerNode: 4 });
        await local.job("j", "p");
    });
    after(async () => {
        await local?.close();
        process.env = before_;
        engine?.close();
    });
    const containerSettings = { imageName: image };

    it("run a task in its image, with the service's variables, in the working directory of the task", async () => {
        const line = sh("cat /etc/marker; echo $AZ_BATCH_TASK_ID $OWN; echo kept > result.txt");
        const environmentSettings = [{ name: "OWN", value: "a b" }];
        await service().task("j", "inside", line, { containerSettings, environmentSettings });
        const info = await service().done("j", "inside");
        assert.equal(info["exitCode"], 0, await service().output("j", "inside", "stderr.txt"));
        assert.equal(await service().output("j", "inside"), "of-the-image\ninside a b\n");
        assert.equal(await service().output("j", "inside", "wd/result.txt"), "kept\n");
    });

    it("bring resource files in, and let outputs out", async () => {
        const [input, results] = [await service().container("cin"), await service().container("cout")];
        await input.getBlockBlobClient("in.txt").upload("some text", 9);
        const { ContainerSASPermissions } = await import("@azure/storage-blob");
        const containerUrl = await results.generateSasUrl({
            permissions: ContainerSASPermissions.parse("racwl"),
            expiresOn: new Date(Date.now() + 3_600_000),
        });
        await service().task("j", "files", sh("cat in.txt > out.txt"), {
            containerSettings,
            resourceFiles: [{ autoStorageContainerName: "cin" }],
            outputFiles: [
                {
                    filePattern: "out.txt",
                    destination: { container: { containerUrl, path: "out.txt" } },
                    uploadOptions: { uploadCondition: "tasksuccess" },
                },
            ],
        });
        assert.equal((await service().done("j", "files"))["result"], "success");
        assert.equal(String(await results.getBlobClient("out.txt").downloadToBuffer()), "some text");
    });

    it("take run options and the image's own working directory, and their exit code is the task's", async () => {
        await service().task("j", "options", sh("pwd; echo $MARK; exit 7"), {
            containerSettings: {
                ...containerSettings,
                workingDirectory: "containerImageDefault",
                containerRunOptions: "--env MARK=option",
            },
        });
        const info = await service().done("j", "options");
        assert.equal(info["exitCode"], 7);
        assert.equal(info["failureInfo"]?.["code"], "FailureExitCode");
        assert.equal(await service().output("j", "options"), "/\noption\n");
    });

    it("run start tasks, and tasks that fail for an image that is not there say so", async () => {
        const startTask = { commandLine: sh("cat /etc/marker"), waitForSuccess: true, containerSettings };
        const [node] = await service().pool("started", { startTask });
        assert.equal(node?.["state"], "idle");
        const path = `/pools/started/nodes/${String(node["id"])}/files/startup/stdout.txt`;
        assert.equal(await service().text(path), "of-the-image\n");
        const missing = {
            containerSettings: { imageName: "localhost/not-there:1", containerRunOptions: "--pull=never" },
        };
        await service().task("j", "missing", "true", missing);
        const info = await service().done("j", "missing");
        assert.equal(info["exitCode"], undefined);
        assert.match(String(info["failureInfo"]?.["code"]), /^Container/);
        assert.match(JSON.stringify(info["failureInfo"]), /localhost\/not-there:1/);
    });

    it("end with their task", async () => {
        await service().task("j", "long", sh("echo up; sleep 60"), { containerSettings });
        await service().until("it is up", async () => {
            const { status, text } = await service().send("GET", "/jobs/j/tasks/long/files/stdout.txt");
            return status === 200 && text === "up\n";
        });
        await service().post("/jobs/j/tasks/long/terminate");
        assert.equal((await service().done("j", "long"))["failureInfo"]?.["code"], "TaskEnded");
        await service().until("no container is left", async () => {
            const left = execFileSync(engine?.name ?? "", ["ps", "-aq", "--filter", "label=batchlocal"]);
            return String(left).trim() === "";
        });
    });
});

describe("scenario: containers where no engine answers", function () {
    this.timeout(60_000);
    it("fail their task, and the failure says what to do", async () => {
        const { PATH } = process.env;
        const local = await Local.start();
        try {
            await local.pool("p");
            await local.job("j", "p");
            // The engines are looked for when the first such task comes.
            process.env.PATH = "/nowhere";
            await local.task("j", "t", "true", { containerSettings: { imageName: "alpine:3" } });
            const { exitCode, failureInfo } = await local.done("j", "t");
            assert.equal(exitCode, undefined);
            assert.equal(failureInfo?.["code"], "ContainerMiscError");
            assert.match(JSON.stringify(failureInfo), /docker info.*podman info.*Start one of them/);
        } finally {
            process.env.PATH = PATH;
            await local.close();
        }
    });
});
