import { deepStrictEqual, match, notStrictEqual, strictEqual } from "node:assert";
import { readFileSync } from "node:fs";

import { BlobServer } from "./blobServer";
import { TestHost, node } from "./support";

describe("a mounted container", function () {
    this.timeout(30_000);
    let server: BlobServer;
    let host: TestHost;
    before(async () => {
        server = await BlobServer.start();
        host = new TestHost({
            blobEndpoint: (account) => (account === "acct" ? server.endpoint() : undefined),
        });
    });
    after(async () => {
        await host.close();
        await server.close();
    });
    let count = 0;
    const run = async (commandLine: string, mounts?: unknown[]) => {
        const directory = `workitems/m/job-1/t${(count += 1)}`;
        const environment = { M: "{root}/fsmounts" };
        const ended = await host.run({ commandLine, directory, environment, mounts });
        const out =
            ended.exitCode === undefined ? "" : readFileSync(host.path(directory, "stdout.txt"), "utf8");
        return { ended, out };
    };
    const mount = (containerName: string, more: object = {}) => ({
        azureBlobFileSystemConfiguration: {
            accountName: "acct",
            containerName,
            relativeMountPath: containerName,
            sasKey: "?sig=let-me-in",
            ...more,
        },
    });

    it("is a directory of the node: its blobs are there, and what a run changes is written back", async () => {
        server.put("data", "in/one.txt", "1");
        server.put("data", "in/old.txt", "old");
        const first = await run(
            `sh -c 'cat $M/data/in/one.txt; mkdir $M/data/out; echo 2 > $M/data/out/two.txt; echo more >> $M/data/in/one.txt; rm $M/data/in/old.txt'`,
            [mount("data")],
        );
        strictEqual(first.ended.exitCode, 0, JSON.stringify(first.ended));
        strictEqual(first.out, "1");
        deepStrictEqual(server.names("data"), ["in/one.txt", "out/two.txt"]);
        strictEqual(server.get("data", "in/one.txt"), "1more\n");
    });

    it("shows later runs what others put there meanwhile, and not what they removed", async () => {
        server.put("data", "out/two.txt", "changed elsewhere");
        server.put("data", "new.txt", "new");
        server.remove("data", "in/one.txt");
        const { out } = await run(`sh -c 'cat $M/data/out/two.txt $M/data/new.txt; ls $M/data/in'`);
        strictEqual(out, "changed elsewherenew");
        const requests = server.requests.length;
        await run("true");
        strictEqual(server.requests.length - requests, 1, "one listing, where nothing changed");
    });

    it("that is read-only refuses writes, and nothing is written back", async () => {
        server.put("fixed", "a", "a");
        const { ended, out } = await run(`sh -c 'cat $M/fixed/a; echo b > $M/fixed/b'`, [
            mount("fixed", { blobfuseOptions: "-o ro -o attr_timeout=240" }),
        ]);
        strictEqual(out, "a");
        notStrictEqual(ended.exitCode, 0);
        deepStrictEqual(server.names("fixed"), ["a"]);
    });

    it("is there again after a reboot", async () => {
        host.perform({ do: "clearNode", node, boot: 9, wipe: false });
        await host.event((event) => event.event === "nodeCleared" && event.boot === 9 && event);
        strictEqual((await run("sh -c 'cat $M/data/new.txt'", [mount("data")])).out, "new");
    });

    it("that cannot be had fails the run with MountConfigurationError", async () => {
        for (const [index, configuration] of [
            mount("missing"),
            mount("data", { sasKey: "sig=wrong", relativeMountPath: "other" }),
            mount("data", { accountName: "unknown", relativeMountPath: "unknown" }),
            mount("data", { relativeMountPath: "../../out" }),
            { nfsMountConfiguration: { source: "x", relativeMountPath: "y" } },
        ].entries()) {
            const bad = `acct/pool/tvm-bad-${index}`;
            const ended = await host.run({ commandLine: "true", node: bad, mounts: [configuration] });
            strictEqual(ended.exitCode, undefined);
            match(JSON.stringify(ended.failureInfo), /MountConfigurationError/);
        }
    });
});
