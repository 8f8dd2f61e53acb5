/** Small secret files: whole or not there, readable by their owner alone. */
import { chmodSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { randomBytes } from "node:crypto";

/** Makes a directory that only its owner can look into; one that was there before is tightened. */
export function makePrivateDirectory(directory: string): void {
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    chmodSync(directory, 0o700);
}

/** Replaces a file at one stroke, so that a kill leaves the old one or the new one. */
export function writePrivateFile(file: string, text: string): void {
    const temporary = `${file}.${randomBytes(4).toString("hex")}.tmp`;
    try {
        writeFileSync(temporary, text, { mode: 0o600, flag: "wx" });
        renameSync(temporary, file);
    } catch (error) {
        rmSync(temporary, { force: true });
        throw error;
    }
}

export function readIfThere(file: string): string | undefined {
    try {
        return readFileSync(file, "utf8");
    } catch (error) {
        if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
        throw error;
    }
}

/** The file's text; where there is none yet, what `make` gives is written and returned. */
export async function readOrMake(
    directory: string,
    name: string,
    make: () => string | Promise<string>,
): Promise<string> {
    const file = path.join(directory, name);
    const there = readIfThere(file);
    if (there !== undefined) {
        chmodSync(file, 0o600);
        return there;
    }
    const text = await make();
    writePrivateFile(file, text);
    return text;
}
