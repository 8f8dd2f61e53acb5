import { deepStrictEqual, match, ok, strictEqual } from "node:assert";
import {
    mkdirSync,
    readFileSync,
    readdirSync,
    statSync,
    symlinkSync,
    writeFileSync,
    existsSync,
} from "node:fs";

import type { OutputFile, ResourceFile } from "../../local/model/agent";
import { zipSync, strToU8 } from "fflate";
import { BlobServer } from "./blobServer";
import { TestHost } from "./support";

describe("files of a run", function () {
    this.timeout(30_000);
    let host: TestHost;
    let server: BlobServer;
    before(async () => {
        server = await BlobServer.start();
        host = new TestHost();
    });
    after(async () => {
        await host.close();
        await server.close();
    });
    let count = 0;
    const directory = () => `workitems/files/job-1/t${(count += 1)}`;
    const read = (...parts: string[]) => readFileSync(host.path(...parts), "utf8");

    const withFile = async (file: ResourceFile, commandLine = "true") => {
        const at = directory();
        return { at, ended: await host.run({ directory: at, commandLine, resourceFiles: [file] }) };
    };

    it("are downloaded before the command starts, with the mode asked for", async () => {
        server.put("in", "a.sh", "#!/bin/sh\necho from-a-file\n");
        const file = { httpUrl: server.url("in", "a.sh"), filePath: "bin/a.sh" };
        const { at, ended } = await withFile(file, "bin/a.sh");
        strictEqual(ended.exitCode, 0);
        strictEqual(read(at, "stdout.txt"), "from-a-file\n");
        strictEqual(statSync(host.path(at, "wd/bin/a.sh")).mode & 0o7777, 0o770);
        const other = await withFile({ ...file, fileMode: "0644" });
        strictEqual(statSync(host.path(other.at, "wd/bin/a.sh")).mode & 0o7777, 0o644);
    });

    it("of a container keep their paths below the file path, and only those with the prefix come", async () => {
        for (const name of ["data/x/1.txt", "data/2.txt", "other/3.txt", "data/ä & b.txt"])
            server.put("set", name, name);
        const { at, ended } = await withFile({
            storageContainerUrl: server.container("set"),
            blobPrefix: "data/",
            filePath: "input",
        });
        strictEqual(ended.exitCode, 0, JSON.stringify(ended));
        deepStrictEqual(
            readdirSync(host.path(at, "wd/input/data")).sort(),
            ["2.txt", "x", "ä & b.txt"].sort(),
        );
        strictEqual(read(at, "wd/input/data/x/1.txt"), "data/x/1.txt");
        ok(!existsSync(host.path(at, "wd/input/other")));
    });

    it("are asked for with the identity's token and a storage version", async () => {
        server.put("in", "secret", "for identities");
        await withFile({ httpUrl: server.url("in", "secret", false), filePath: "s", identity: "/id" });
        const request = server.requests.at(-1);
        strictEqual(request?.headers.authorization, "Bearer a-token");
        ok(request.headers["x-ms-version"]);
    });

    it("that are not there, or not ours, end the run without an exit code and without their signature shown", async () => {
        const missing = await withFile({ httpUrl: server.url("in", "missing"), filePath: "f" });
        strictEqual(missing.ended.exitCode, undefined);
        strictEqual(missing.ended.failureInfo?.code, "BlobNotFound");
        const denied = await withFile({ httpUrl: server.url("in", "a.sh", false), filePath: "f" });
        strictEqual(denied.ended.failureInfo?.code, "BlobAccessDenied");
        const container = await withFile({ storageContainerUrl: server.container("no-such"), filePath: "f" });
        strictEqual(container.ended.failureInfo?.code, "BlobNotFound");
        const text = JSON.stringify([missing, denied, container]);
        ok(!text.includes("sig="), text);
        match(text, /"FilePath","value":"f"/);
    });

    it("come although the server fails for a moment", async () => {
        server.put("in", "flaky", "at last");
        server.failNext(2);
        const { at } = await withFile({ httpUrl: server.url("in", "flaky"), filePath: "f" });
        strictEqual(read(at, "wd/f"), "at last");
    });

    it("may not leave the working directory, by their path or through a link", async () => {
        for (const filePath of ["../escape", "/tmp/escape-of-a-task", "a/../../escape", "."]) {
            const { ended, at } = await withFile({ httpUrl: server.url("in", "a.sh"), filePath });
            strictEqual(ended.failureInfo?.code, "ResourceFileCreateFailed", filePath);
            ok(!existsSync(host.path(at, "escape")));
        }
        const at = directory();
        mkdirSync(host.path(at, "wd"), { recursive: true });
        symlinkSync(host.path("shared"), host.path(at, "wd/link"));
        const resourceFiles = [{ httpUrl: server.url("in", "a.sh"), filePath: "link/escape" }];
        const ended = await host.run({ directory: at, commandLine: "true", resourceFiles });
        strictEqual(ended.failureInfo?.code, "ResourceFileCreateFailed");
        ok(!existsSync(host.path("shared/escape")));
    });

    it("of a stopped run are given up", async () => {
        server.hang("in", "slow");
        const attempt = host.start({
            commandLine: "true",
            resourceFiles: [{ httpUrl: server.url("in", "slow"), filePath: "f" }],
        });
        await server.asked("slow");
        host.perform({ do: "stop", attempt });
        const ended = await host.ended(attempt);
        strictEqual(ended.stopped, true);
        strictEqual(ended.exitCode, undefined);
    });

    const output = (file: Partial<OutputFile>): OutputFile => ({
        filePattern: "*.txt",
        containerUrl: server.container("out"),
        uploadCondition: "taskcompletion",
        ...file,
    });

    it("are uploaded by pattern: a wildcard's path is a folder, a plain one's the blob's name", async () => {
        server.createContainer("out");
        const at = directory();
        const ended = await host.run({
            directory: at,
            commandLine: `sh -c 'mkdir -p r/deep; echo 1 > r/1.csv; echo 2 > r/deep/2.csv; echo n > note; echo h > r/.hidden.csv; echo log'`,
            outputFiles: [
                output({ filePattern: "../std*.txt", path: "task1" }),
                output({ filePattern: "**/*.csv", path: "csv/" }),
                output({ filePattern: "note", path: "renamed/note.md" }),
                output({ filePattern: "note" }),
                output({ filePattern: "nothing*" }),
            ],
        });
        strictEqual(ended.failureInfo, undefined, JSON.stringify(ended));
        deepStrictEqual(server.names("out"), [
            "csv/r/1.csv",
            "csv/r/deep/2.csv",
            "note",
            "renamed/note.md",
            "task1/stderr.txt",
            "task1/stdout.txt",
        ]);
        strictEqual(server.get("out", "task1/stdout.txt"), "log\n");
        match(read(at, "fileuploadout.txt"), /csv\/r\/deep\/2\.csv/);
        ok(!read(at, "fileuploadout.txt").includes("sig="));
    });

    it("are uploaded when their condition holds", async () => {
        server.createContainer("when");
        const outputFiles = (["tasksuccess", "taskfailure", "taskcompletion"] as const).map(
            (uploadCondition) =>
                output({
                    filePattern: "f",
                    containerUrl: server.container("when"),
                    path: uploadCondition,
                    uploadCondition,
                }),
        );
        await host.run({ commandLine: "sh -c 'echo > f'", outputFiles });
        deepStrictEqual(server.names("when"), ["taskcompletion", "tasksuccess"]);
        server.createContainer("when");
        await host.run({ commandLine: "sh -c 'echo > f; exit 4'", outputFiles });
        deepStrictEqual(server.names("when"), ["taskcompletion", "taskfailure"]);
    });

    it("carry their upload headers and go as the identity", async () => {
        server.createContainer("out");
        await host.run({
            commandLine: "sh -c 'echo {} > f'",
            outputFiles: [
                output({
                    filePattern: "f",
                    uploadHeaders: [{ name: "Content-Type", value: "application/json" }],
                }),
            ],
        });
        strictEqual(server.requests.at(-1)?.headers["x-ms-blob-content-type"], "application/json");
    });

    it("that are large go up in blocks", async () => {
        server.createContainer("out");
        const ended = await host.run({
            commandLine: "head -c 40000000 /dev/zero",
            outputFiles: [output({ filePattern: "../stdout.txt", path: "large" })],
        });
        strictEqual(ended.failureInfo, undefined, JSON.stringify(ended));
        strictEqual(server.size("out", "large"), 40_000_000);
    });

    it("whose container is gone, or closed to us, fail the run beside its exit code", async () => {
        const failing = async (containerUrl: string, exit: number) =>
            host.run({
                commandLine: `sh -c 'echo > f; exit ${exit}'`,
                outputFiles: [output({ filePattern: "f", containerUrl })],
            });
        const gone = await failing(server.container("gone"), 0);
        strictEqual(gone.exitCode, 0);
        strictEqual(gone.failureInfo?.code, "FileUploadContainerNotFound");
        const closed = await failing(server.container("out", false), 0);
        strictEqual(closed.failureInfo?.code, "FileUploadAccessDenied");
        strictEqual((await failing(server.container("gone"), 5)).failureInfo?.code, "FailureExitCode");
    });

    it("outside of the node are not uploaded, even through a link", async () => {
        server.createContainer("out");
        const secret = `${host.directory}/secret`;
        writeFileSync(secret, "secret");
        const outputFiles = ["leak*", "leak", `${host.directory}/secret`, "/etc/host*"].map((filePattern) =>
            output({ filePattern }),
        );
        await host.run({ commandLine: `sh -c 'ln -s ${secret} leak'`, outputFiles });
        deepStrictEqual(server.names("out"), []);
    });

    it("of an application package are unzipped once a node", async () => {
        server.put(
            "apps",
            "tool.zip",
            zipSync({ "bin/run.sh": strToU8("#!/bin/sh\necho tool\n"), "doc/a/b.txt": strToU8("b") }),
        );
        const applicationPackages = [{ url: server.url("apps", "tool.zip"), directory: "tool-1" }];
        const before = server.requests.length;
        const commandLine = "../../../../../applications/tool-1/bin/run.sh";
        const runs = [1, 2, 3].map(() =>
            host.run({ directory: directory(), commandLine, applicationPackages }),
        );
        for (const ended of await Promise.all(runs)) strictEqual(ended.exitCode, 0, JSON.stringify(ended));
        strictEqual(
            (await host.run({ directory: directory(), commandLine, applicationPackages })).exitCode,
            0,
        );
        strictEqual(server.requests.length - before, 1);
        strictEqual(read("applications/tool-1/doc/a/b.txt"), "b");
    });

    it("of a package that leaves its directory, or is no zip, fail the run", async () => {
        const install = async (name: string) => {
            const applicationPackages = [{ url: server.url("apps", name), directory: name }];
            return (await host.run({ commandLine: "true", applicationPackages })).failureInfo;
        };
        server.put("apps", "slip", zipSync({ "ok.txt": strToU8("x"), "../../slipped": strToU8("x") }));
        match(JSON.stringify(await install("slip")), /ApplicationPackageError.*leaves its directory/);
        ok(!existsSync(host.path("applications/slip")));
        ok(!existsSync(host.path("slipped")));
        server.put("apps", "text", "no zip at all");
        match(JSON.stringify(await install("text")), /ApplicationPackageError.*not a zip/);
        const whole = zipSync({ "big.bin": new Uint8Array(200_000).map((_, index) => (index * 7919) % 251) });
        server.put("apps", "cut", whole.slice(0, whole.length / 2));
        match(JSON.stringify(await install("cut")), /ApplicationPackageError/);
        match(JSON.stringify(await install("missing")), /ApplicationPackageError/);
    });
});
