import { deepStrictEqual, ok, strictEqual } from "node:assert";
import { execFileSync } from "node:child_process";
import {
    appendFileSync,
    existsSync,
    mkdirSync,
    mkdtempSync,
    rmSync,
    symlinkSync,
    writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";

import { listFiles, openFile, removeFile, statFile } from "../../local/node/files";

describe("files of a node", () => {
    let outside: string;
    let root: string;
    before(() => {
        outside = mkdtempSync(join(tmpdir(), "files-"));
        root = join(outside, "root");
        mkdirSync(join(root, "task/wd/deep"), { recursive: true });
        writeFileSync(join(outside, "secret"), "secret");
        writeFileSync(join(root, "task/stdout.txt"), "0123456789", { mode: 0o664 });
        writeFileSync(join(root, "task/wd/a.bin"), "a");
        writeFileSync(join(root, "task/wd/deep/b.json"), "{}");
        symlinkSync(join(outside, "secret"), join(root, "task/leak"));
        symlinkSync(outside, join(root, "task/away"));
        symlinkSync("stdout.txt", join(root, "task/out"));
        symlinkSync("..", join(root, "task/wd/loop"));
        execFileSync("mkfifo", [join(root, "task/pipe")]);
    });
    after(() => rmSync(outside, { recursive: true, force: true }));

    const names = async (directory: string, recursive: boolean) =>
        (await listFiles(root, directory, recursive))?.map(
            (file) => file.name + (file.isDirectory ? "/" : ""),
        );
    const read = async (path: string, range?: { start: number; end?: number }) => {
        const opened = await openFile(root, path, range);
        return opened && text(opened.content());
    };

    it("are listed by name, with all below when asked, and without links that lead away", async () => {
        deepStrictEqual(await names("task", false), ["out", "pipe", "stdout.txt", "wd/"]);
        deepStrictEqual(await names("task", true), [
            "out",
            "pipe",
            "stdout.txt",
            "wd/",
            "wd/a.bin",
            "wd/deep/",
            "wd/deep/b.json",
            "wd/loop/",
        ]);
        strictEqual(await names("nothing", false), undefined);
        strictEqual(await names("task/stdout.txt", false), undefined);
    });

    it("show size, type and mode", async () => {
        const file = await statFile(root, "task/stdout.txt");
        strictEqual(file?.size, 10);
        strictEqual(file.contentType, "text/plain");
        ok(/^0o1006[0-6]4$/.test(file.fileMode), file.fileMode);
        ok(Math.abs(file.modified - Date.now()) < 600_000);
        strictEqual((await statFile(root, "task/wd/a.bin"))?.contentType, "application/octet-stream");
        strictEqual((await statFile(root, "task/wd"))?.isDirectory, true);
    });

    it("are read whole or by range, through links that stay inside too", async () => {
        strictEqual(await read("task/stdout.txt"), "0123456789");
        strictEqual(await read("task/stdout.txt", { start: 2, end: 4 }), "234");
        strictEqual(await read("task/stdout.txt", { start: 8, end: 100 }), "89");
        strictEqual(await read("task/stdout.txt", { start: 20 }), "");
        strictEqual(await read("task/out"), "0123456789");
    });

    it("are read as they were when opened, though a task goes on writing", async () => {
        writeFileSync(join(root, "task/growing"), "before");
        const opened = await openFile(root, "task/growing");
        appendFileSync(join(root, "task/growing"), "after");
        strictEqual(opened?.file.size, 6);
        strictEqual(opened && (await text(opened.content())), "before");
        rmSync(join(root, "task/growing"));
    });

    it("outside of the node cannot be reached by any path", async () => {
        const paths = [
            "../secret",
            "task/../../secret",
            "/etc/passwd",
            "task/leak",
            "task/away/secret",
            "task/away",
            "\0",
        ];
        for (const path of paths) {
            strictEqual(await read(path), undefined, path);
            strictEqual(await statFile(root, path), undefined, path);
            strictEqual(await listFiles(root, path, true), undefined, path);
        }
        strictEqual(await removeFile(root, "../secret", true), "absent");
        strictEqual(await removeFile(root, "task/away/secret", true), "absent");
        strictEqual(await removeFile(root, ".", true), "absent");
        ok(existsSync(join(outside, "secret")));
    });

    it("that are no files are not opened", async () => {
        strictEqual(await read("task/pipe"), undefined);
        strictEqual(await read("task/wd"), undefined);
    });

    it("are removed, directories with content only when asked", async () => {
        strictEqual(await removeFile(root, "task/wd/deep", false), "notEmpty");
        strictEqual(await removeFile(root, "task/wd/deep/b.json", false), "removed");
        strictEqual(await removeFile(root, "task/wd/deep", false), "removed");
        strictEqual(await removeFile(root, "task/leak", false), "removed");
        ok(existsSync(join(outside, "secret")));
        strictEqual(await removeFile(root, "task", true), "removed");
        strictEqual(await removeFile(root, "task", true), "absent");
    });
});
