import fs from "node:fs";
import path from "node:path";

/** Operating system of the nodes that a command runs on. */
export type Os = "linux" | "windows";

/** A script: text, a list of commands, or a file on this machine, read when the program runs. */
export type Script = string | readonly string[] | { readonly file: string };

/** One argument of a Linux command line, quoted. */
export function quote(argument: string): string {
    return /^[A-Za-z0-9_\-+=@%:,./]+$/.test(argument) ? argument : `'${argument.replace(/'/g, `'\\''`)}'`;
}

/**
 * A command line that runs a script in a shell. The service itself starts no shell, so variables, pipes and several commands need one.
 * The shell stops at the first command that fails.
 * @param script on Linux run by `/bin/sh`, or by the shell that its first line names (`#!/bin/bash`); on Windows by `cmd`, or by
 * PowerShell for a file that ends with `.ps1`, which stops at errors of its own commands but not at exit codes of other programs
 * @throws Error for a file that cannot be read, or that no shell runs
 */
export function shell(script: Script, os: Os = "linux"): string {
    const text = textOf(script);
    if (os === "linux") return `${shellOf(text)} -ec ${quote(text)}`;
    return isFile(script) && /\.ps1$/i.test(script.file) ? powershell(text) : cmd(text);
}

const isFile = (script: Script): script is { readonly file: string } =>
    typeof script === "object" && "file" in script;

function textOf(script: Script): string {
    if (typeof script === "string") return script;
    if (!isFile(script)) return script.join("\n");
    try {
        return fs.readFileSync(script.file, "utf8").replace(/^\uFEFF/, "");
    } catch (error) {
        throw new Error(
            `the script '${path.resolve(script.file)}' cannot be read (${(error as NodeJS.ErrnoException).code}): give a file of this machine`,
            { cause: error },
        );
    }
}

function shellOf(text: string): string {
    const [, interpreter] = /^#!\s*(?:\/usr\/bin\/env\s+)?(\S+)[^\n]*\r?\n/.exec(text) ?? [];
    if (interpreter === undefined) return "/bin/sh";
    const name = path.posix.basename(interpreter);
    if (!["sh", "bash", "dash", "ksh", "zsh"].includes(name)) {
        throw new Error(
            `the script begins with '#!${interpreter}', which is no shell: give it as a resource file and run it with a command`,
        );
    }
    return interpreter.startsWith("/") ? interpreter : `/bin/${name}`;
}

/** With /s, cmd takes off the outer quotes and leaves all between them as it is. */
function cmd(text: string): string {
    const commands = text
        .split(/\r?\n/)
        .map((line) => line.trim())
        .filter((line) => line !== "" && !/^(?:@?rem\b|::|@?echo off$)/i.test(line));
    // A space before && would become part of what `set NAME=value` sets.
    return `cmd /d /s /c "${commands.join("&& ")}"`;
}

/** PowerShell goes on after errors unless it is told, and takes UTF-16 without any quoting. */
function powershell(text: string): string {
    const whole = `$ErrorActionPreference = 'Stop'\n$ProgressPreference = 'SilentlyContinue'\n${text}\nexit $LASTEXITCODE\n`;
    const encoded = Buffer.from(whole, "utf16le").toString("base64");
    return `powershell -NoProfile -NonInteractive -ExecutionPolicy Bypass -EncodedCommand ${encoded}`;
}
