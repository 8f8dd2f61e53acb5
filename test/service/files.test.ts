import assert from "node:assert/strict";
import { request } from "node:http";
import { Service, codeOf, items } from "./support";

/** Asks for a path as it stands: clients of the standard library would tidy it up. */
function plain(service: Service, path: string, token: string): Promise<{ status: number; text: string }> {
    return new Promise((resolve, reject) => {
        const { port } = new URL(service.origin);
        request(
            {
                host: "127.0.0.1",
                port,
                path: `${path}?api-version=2025-06-01`,
                headers: { Authorization: `Bearer ${token}` },
            },
            (response) => {
                const chunks: Buffer[] = [];
                response.on("data", (chunk: Buffer) => chunks.push(chunk));
                response.on("end", () =>
                    resolve({ status: response.statusCode ?? 0, text: Buffer.concat(chunks).toString() }),
                );
            },
        )
            .on("error", reject)
            .end();
    });
}

describe("files of tasks and nodes", function () {
    this.timeout(30_000);
    let service: Service;
    const files = "/jobs/job/tasks/task/files";
    before(async () => {
        service = await Service.open();
        await service.pool("pool");
        await service.job("job");
        const script = [
            "printf 0123456789 > digits.bin",
            "mkdir -p deep/er && echo deep > deep/er/file.txt",
            "ln -s /etc/passwd passwd && ln -s / rootlink && ln -s digits.bin alias && ln -s loop loop",
            ": > empty; echo 'a b' > 'a b.txt'",
        ].join("; ");
        await service.task("job", "task", `/bin/sh -c "${script}"`);
        await service.completed("job", "task");
    });
    after(async () => {
        assert.deepEqual(service.errors, []);
        await service.close();
    });

    it("lists the top of a task's folder, or all of it", async () => {
        const top = items(await service.get(files));
        assert.deepEqual(
            top.map((file) => [file["name"], file["isDirectory"]]),
            [
                ["stderr.txt", false],
                ["stdout.txt", false],
                ["wd", true],
            ],
        );
        const all = items(await service.get(`${files}?recursive=true`)).map((file) => String(file["name"]));
        assert.ok(all.includes("wd/deep/er/file.txt"));
        assert.ok(all.includes("wd/alias"));
        // Links that lead out of the node, or nowhere, are not there.
        assert.ok(!all.includes("wd/passwd") && !all.includes("wd/rootlink") && !all.includes("wd/loop"));
        const some = items(await service.get(`${files}?recursive=true&$filter=startswith(name,'wd/deep')`));
        assert.deepEqual(
            some.map((file) => file["name"]),
            ["wd/deep", "wd/deep/er", "wd/deep/er/file.txt"],
        );
        const first = await service.get(`${files}?recursive=true&maxresults=2`);
        assert.equal(items(first).length, 2);
        const next = await service.get(String(first.body["odata.nextLink"]));
        assert.deepEqual(
            items(next).map((file) => file["name"]),
            all.slice(2, 4),
        );
    });

    it("gives a file whole, in part, or its properties alone", async () => {
        const path = `${files}/wd/digits.bin`;
        const whole = await service.get(path);
        assert.equal(whole.text, "0123456789");
        assert.equal(whole.headers.get("content-length"), "10");
        const part = (range: string) => service.get(path, { headers: { "ocp-range": range } });
        assert.equal((await part("bytes=2-4")).text, "234");
        assert.equal((await part("bytes=8-")).text, "89");
        assert.equal((await part("bytes=-3")).text, "789");
        assert.equal((await part("bytes=5-500")).text, "56789");
        assert.equal(codeOf(await part("bytes=10-12")), "416 InvalidRange");
        assert.equal(codeOf(await part("lines=1-2")), "400 InvalidHeaderValue");
        const head = await service.call("HEAD", path);
        assert.equal(head.status, 200);
        assert.equal(head.headers.get("content-length"), "10");
        assert.equal(head.headers.get("ocp-batch-file-isdirectory"), "False");
        assert.equal(head.text, "");
        assert.equal((await service.get(`${files}/wd/empty`)).text, "");
        assert.equal((await service.get(`${files}/wd%2Fa%20b.txt`)).text, "a b\n");
        assert.equal((await service.get(`${files}/wd/alias`)).text, "0123456789");
        const unchanged = { "If-Modified-Since": whole.headers.get("last-modified") ?? "" };
        assert.equal((await service.get(path, { headers: unchanged })).status, 304);
    });

    it("never leaves the node, whatever the path", async () => {
        const token = await service.identity.issueToken({
            objectId: "o",
            applicationId: "a",
            audience: "https://batch.core.windows.net/",
        });
        const node = String(items(await service.get("/pools/pool/nodes"))[0]?.["id"]);
        const bases = [files, `/pools/pool/nodes/${node}/files`];
        const paths = [
            "../../../../../../etc/passwd",
            "..%2F..%2F..%2F..%2F..%2F..%2Fetc%2Fpasswd",
            "wd/../../../../../../../etc/passwd",
            "..%5C..%5Cetc%5Cpasswd",
            "%2Fetc%2Fpasswd",
            "wd/passwd",
            "wd/rootlink/etc/passwd",
            "workitems/job/job-1/task/wd/passwd",
            "wd%00/passwd",
            "%2e%2e/%2e%2e/secret",
        ];
        for (const base of bases) {
            for (const path of paths) {
                const answer = await plain(service, `${base}/${path}`, token);
                assert.ok(answer.status === 404 || answer.status === 400, `${path}: ${answer.status}`);
                assert.ok(!answer.text.includes("root:"), path);
            }
        }
    });

    it("gives what a task has written while it still writes", async () => {
        await service.task("job", "slow", "/bin/sh -c 'echo first; sleep 600'");
        await service.until("/jobs/job/tasks/slow", (task) => String(task["state"]) === "running");
        await service.until(
            "/jobs/job/tasks/slow/files/stdout.txt",
            (_body, answer) => answer.text === "first\n",
        );
        await service.post("/jobs/job/tasks/slow/terminate");
    });

    it("deletes files, and folders that have something in them only when told so", async () => {
        const remove = (path: string) => service.call("DELETE", `${files}/${path}`);
        assert.equal((await remove("wd/digits.bin")).status, 200);
        assert.equal(codeOf(await remove("wd/digits.bin")), "404 FileNotFound");
        assert.equal(codeOf(await remove("wd/deep")), "409 DirectoryNotEmpty");
        assert.equal((await remove("wd/deep?recursive=true")).status, 200);
        assert.equal(codeOf(await service.get(`${files}/wd/deep/er/file.txt`)), "404 FileNotFound");
        assert.equal(codeOf(await service.get(`${files}/wd`)), "409 ResourceTypeMismatch");
    });

    it("says why there are no files", async () => {
        await service.job("idle", { poolInfo: { poolId: "elsewhere" } });
        await service.task("idle", "waits", "true");
        assert.equal(codeOf(await service.get("/jobs/idle/tasks/waits/files")), "409 TaskFilesUnavailable");
        assert.equal(codeOf(await service.get("/jobs/idle/tasks/none/files")), "404 TaskNotFound");
        assert.equal(codeOf(await service.get("/pools/pool/nodes/none/files")), "404 NodeNotFound");
        await service.task("job", "brief", "true", { constraints: { retentionTime: "PT0S" } });
        await service.completed("job", "brief");
        await service.job("next");
        await service.until("/jobs/job/tasks/brief/files", (_body, answer) => answer.status === 409);
        assert.equal(codeOf(await service.get("/jobs/job/tasks/brief/files")), "409 TaskFilesCleanedup");
    });

    it("has no files of a node that left", async () => {
        await service.post("/pools/pool/resize", { targetDedicatedNodes: 0 });
        await service.until("/pools/pool", (pool) => String(pool["allocationState"]) === "steady");
        assert.equal(codeOf(await service.get(files)), "409 TaskFilesCleanedup");
    });
});
