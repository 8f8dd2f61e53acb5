import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { shell } from "../../components";
import { splitCommandLine } from "../../local/node/commandLine";
import { temporaryFolders } from "../support/folder";

const folder = temporaryFolders();

describe("shell", () => {
    const file = (name: string, text: string): { file: string } => {
        const place = path.join(folder(), name);
        fs.writeFileSync(place, text);
        return { file: place };
    };
    const run = (commandLine: string): string => {
        const [program, ...args] = splitCommandLine(commandLine);
        const { stdout } = spawnSync(program ?? "", args, { encoding: "utf8" });
        return stdout;
    };

    for (const script of [
        `echo "it's $HOME" '$x' \\\\ "\\""`,
        "printf '%s\\n' 'two  spaces' # comment\necho 'a\nb'",
        "for i in 1 2; do\n  echo $i\ndone",
        "cat <<'EOF'\n$not `read` \"here\"\nEOF",
    ]) {
        it(`gives a Linux node the very script: ${JSON.stringify(script)}`, () => {
            const itself = spawnSync("/bin/sh", ["-ec", script], { encoding: "utf8" }).stdout;
            assert.notEqual(itself, "");
            assert.equal(run(shell(script)), itself);
        });
    }

    it("stops at the first command that fails, in text, lists and files", () => {
        for (const script of [
            "echo a\nfalse\necho b",
            ["echo a", "false", "echo b"],
            file("s", "echo a\nfalse\necho b\n"),
        ])
            assert.equal(run(shell(script)), "a\n");
    });

    it("runs a file with the shell that its first line names, and refuses what no shell runs", () => {
        assert.equal(run(shell(file("s.sh", "#!/usr/bin/env bash\nx=(1 2 3)\necho ${#x[@]}\n"))), "3\n");
        assert.throws(
            () => shell(file("s.py", "#!/usr/bin/python3\nprint(1)\n")),
            /python3', which is no shell: give it as/,
        );
        assert.throws(() => shell({ file: "/not/there" }), /'\/not\/there' cannot be read \(ENOENT\)/);
    });

    it("gives Windows one line for cmd, between quotes that it takes off, without what is no command", () => {
        const script = `@echo off\r\nrem prepare\r\nset NAME=a "b" c\r\n\r\ncopy "x y.txt" C:\\data\\ || exit /b 3\r\n`;
        assert.equal(
            shell(script, "windows"),
            `cmd /d /s /c "set NAME=a "b" c&& copy "x y.txt" C:\\data\\ || exit /b 3"`,
        );
    });

    it("gives PowerShell a file without any quoting, and stops at its errors", () => {
        const text = `Write-Output "größe: $env:X 'y'"\n`;
        const [, encoded] =
            / -EncodedCommand (\S+)$/.exec(shell(file("s.ps1", `\uFEFF${text}`), "windows")) ?? [];
        const decoded = Buffer.from(encoded ?? "", "base64").toString("utf16le");
        assert.match(decoded, /^\$ErrorActionPreference = 'Stop'\n/);
        assert.ok(decoded.includes(`\n${text}`));
    });
});
