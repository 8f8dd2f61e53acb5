import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import type { FileResult } from "../../setup/start/report";
import { temporaryFolders } from "../support/folder";
import { filesBelow, local, processesOf, root, start } from "./support";
import { topWords } from "./words";

/** Text of mixed case with every kind of separator, and bytes that are no text. */
function text(bytes: number, seed: string): Buffer {
    const words = `the The THE of and ${seed} it's Zebra zebra 42 don't naïve\0nul\ttab "quoted" x-y`.split(
        " ",
    );
    const parts: string[] = [];
    for (let size = 0, index = 7; size < bytes; index = (index * 31 + seed.length) % 1009) {
        const word = words[index % words.length] ?? "";
        parts.push(word);
        size += word.length + 1;
    }
    return Buffer.concat([Buffer.from(parts.join(" ")), randomBytes(20_000)]);
}

describe("npm start", function () {
    this.timeout(300_000);
    const folder = temporaryFolders();
    const nothingLeft = (data: string) => {
        assert.deepEqual(processesOf(data), []);
    };

    it("counts the words of any files as tr, sort and uniq do, and leaves nothing running", async () => {
        const [data, work] = [path.join(folder(), "data"), folder()];
        mkdirSync(path.join(work, "other"));
        const files = [
            "one text.txt",
            "zwei-größe.txt",
            path.join("other", "one text.txt"),
            "empty",
            "random.bin",
        ].map((name) => path.join(work, name));
        const [one = "", two = "", three = "", empty = "", binary = ""] = files;
        writeFileSync(one, text(1_200_000, "alpha"));
        writeFileSync(two, text(1_100_000, "beta"));
        writeFileSync(three, text(1_050_000, "gamma"));
        writeFileSync(empty, "");
        writeFileSync(binary, randomBytes(1_000_000));
        const out = path.join(work, "out.json");
        const { code, stdout, stderr } = await start(data, ["--top", "5", "--results", out, ...files]).done;
        assert.equal(code, 0, stdout + stderr);
        const results = JSON.parse(readFileSync(out, "utf8")) as FileResult[];
        assert.deepEqual(
            results.map(({ input }) => input),
            files,
        );
        for (const { input, words, exitCode, nodeId, taskId } of results) {
            assert.deepEqual(words, topWords(input, 5), input);
            assert.equal(exitCode, 0);
            assert.match(nodeId, /^tvmps_/);
            assert.ok(taskId.length > 0);
        }
        assert.equal(new Set(results.map(({ taskId }) => taskId)).size, files.length);
        nothingLeft(data);
    });

    it("prints the results alone on stdout with --json", async () => {
        const data = path.join(folder(), "data");
        const { code, stdout, stderr } = await start(data, [
            "--json",
            "--top",
            "1",
            path.join(root, "LICENSE"),
        ]).done;
        assert.equal(code, 0, stderr);
        const results = JSON.parse(stdout) as FileResult[];
        assert.deepEqual(results[0]?.words, topWords(path.join(root, "LICENSE"), 1));
        nothingLeft(data);
    });

    it("keeps a stack that neither up nor refresh wants to change, and whose destruction leaves nothing", async () => {
        const data = path.join(folder(), "data");
        const kept = await start(data, ["--keep", path.join(root, "LICENSE")]).done;
        assert.equal(kept.code, 0, kept.stdout + kept.stderr);
        // What it says can be done, as far as it asks nothing and needs nobody else's program.
        const said = [...kept.stdout.matchAll(/^ {2}npx batchlocal (.+?) {2,}/gm)].map(
            ([, words = ""]) => words,
        );
        for (const command of ["status", "exec -- pulumi stack --stack local"]) {
            assert.ok(said.includes(command), kept.stdout);
            const { code, stdout, stderr } = await local(data, command.split(" "));
            assert.equal(code, 0, stdout + stderr);
        }
        const pulumi = (...args: string[]) =>
            local(data, ["exec", "--", "pulumi", ...args, "--stack", "local", "--non-interactive"]);
        try {
            for (const args of [
                ["up", "--yes", "--skip-preview", "--expect-no-changes"],
                ["refresh", "--yes", "--skip-preview", "--expect-no-changes"],
            ]) {
                const again = await pulumi(...args);
                assert.equal(again.code, 0, `${args.join(" ")}\n${again.stdout}${again.stderr}`);
            }
            await noSecretIn(data);
            const destroyed = await pulumi("destroy", "--yes", "--skip-preview");
            assert.equal(destroyed.code, 0, destroyed.stdout + destroyed.stderr);
            const status = await local(data, ["status", "--json"]);
            const { accounts } = JSON.parse(status.stdout) as { accounts: { name: string }[] };
            assert.deepEqual(
                accounts.map(({ name }) => name),
                ["batchlocal"],
            );
        } finally {
            await local(data, ["stop"]);
        }
        nothingLeft(data);
    });

    it("ends with the exit code and the errors of a task that fails, and still destroys the stack", async () => {
        const [data, work] = [path.join(folder(), "data"), folder()];
        const script = path.join(work, "top-words.sh");
        writeFileSync(script, "#!/bin/sh\necho 'this one is broken' >&2\nexit 3\n");
        const run = await start(data, [path.join(root, "LICENSE")], { TOP_WORDS_SCRIPT: script }).done;
        assert.equal(run.code, 1, run.stdout + run.stderr);
        assert.match(run.stderr, /exit code 3/);
        assert.match(run.stderr, /this one is broken/);
        nothingLeft(data);
        const next = await start(data, ["--json", path.join(root, "LICENSE")]).done;
        assert.equal(next.code, 0, next.stderr);
    });

    it("ends cleanly on Ctrl-C while tasks run, and runs again", async () => {
        const [data, work] = [path.join(folder(), "data"), folder()];
        const script = path.join(work, "top-words.sh");
        writeFileSync(script, "#!/bin/sh\nsleep 120\n");
        const run = start(data, [path.join(root, "LICENSE")], { TOP_WORDS_SCRIPT: script });
        await run.said(/TaskCollection \S+ created/);
        run.child.kill("SIGINT");
        const { code, stdout, stderr } = await run.done;
        assert.equal(code, 130, stdout + stderr);
        nothingLeft(data);
        const next = await start(data, ["--json", path.join(root, "LICENSE")]).done;
        assert.equal(next.code, 0, next.stderr);
        nothingLeft(data);
    });

    for (const [what, victim] of [
        ["Batch Local", /batchlocal\.js.* (exec|start) /],
        ["the engine", /^pulumi up /],
    ] as const) {
        it(`works again after ${what} was killed in the middle`, async () => {
            const [data, work] = [path.join(folder(), "data"), folder()];
            const script = path.join(work, "top-words.sh");
            writeFileSync(script, "#!/bin/sh\nsleep 120\n");
            const run = start(data, [path.join(root, "LICENSE")], { TOP_WORDS_SCRIPT: script });
            await run.said(/TaskCollection \S+ created/);
            const victims = processesOf(data).filter(({ command }) => victim.test(command));
            assert.ok(victims.length > 0, JSON.stringify(processesOf(data)));
            for (const { pid } of victims) process.kill(pid, "SIGKILL");
            const { code } = await run.done;
            assert.notEqual(code, 0);
            nothingLeft(data);
            const next = await start(data, ["--json", path.join(root, "LICENSE")]).done;
            assert.equal(next.code, 0, next.stdout + next.stderr);
            nothingLeft(data);
        });
    }
});

/** Keys, SAS signatures and tokens stay out of the engine's state and every log. */
async function noSecretIn(data: string): Promise<void> {
    const { stdout } = await local(data, ["env", "--shell", "json"]);
    const environment = JSON.parse(stdout) as Record<string, string>;
    const secrets = ["AZURE_BATCH_ACCESS_KEY", "ARM_CLIENT_SECRET", "IDENTITY_HEADER"].map(
        (name) => environment[name] ?? "",
    );
    secrets.push(/AccountKey=([^;]+)/.exec(environment["AZURE_STORAGE_CONNECTION_STRING"] ?? "")?.[1] ?? "");
    assert.ok(
        secrets.every((secret) => secret.length > 10),
        "the secrets to look for are known",
    );
    const searched = filesBelow(data).filter(
        (file) => /pulumi|logs/.test(path.relative(data, file)) && !file.includes("node_modules"),
    );
    assert.ok(
        searched.some((file) => file.endsWith(".json")),
        "there is state to search",
    );
    for (const file of searched) {
        const content = readFileSync(file, "latin1");
        for (const secret of secrets) assert.ok(!content.includes(secret), `${file} holds a secret`);
        assert.doesNotMatch(content, /[?&]sig=[A-Za-z0-9%+/]{20}|eyJhbGciOi/, file);
    }
}
