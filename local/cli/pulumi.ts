/** The Pulumi CLI: engine, language host and plugins; a home, a backend and a passphrase that are not the user's own. */
import { randomBytes } from "node:crypto";
import { chmodSync, existsSync, readdirSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { makePrivateDirectory, readOrMake, writePrivateFile } from "../identity/files";
import { installStandIns } from "../pulumi/install";
import { findOnPath } from "./azureCli";
import { messageOf } from "./problems";
import { setup } from "./setup";

export interface PulumiOptions {
    directory: string;
    base: NodeJS.ProcessEnv;
    /** Get the engine now where it is missing, and fail where it cannot be had; else who runs `pulumi` first gets it. */
    needEngine: boolean;
    /** Folders of programs that may be run: the SDKs they have tell which plugins are asked for. */
    programs: readonly string[];
    log(line: string): void;
}

export interface PulumiSetUp {
    home: string;
    backend: string;
    passphraseFile: string;
    /** Folders for PATH. */
    path: string[];
}

export async function setUpPulumi(options: PulumiOptions): Promise<PulumiSetUp> {
    const { directory } = options;
    const home = path.join(directory, "home");
    const backend = path.join(directory, "state");
    for (const each of [directory, home, backend]) makePrivateDirectory(each);
    await readOrMake(directory, "passphrase", () => randomBytes(24).toString("base64url"));
    const engine = await engineFolders(options);
    return {
        home,
        backend: pathToFileURL(backend).href,
        passphraseFile: path.join(directory, "passphrase"),
        path: [...engine, ...placePlugins(options, home)],
    };
}

/** Gives the folders that must be on PATH because the engine's home is the user's own, which is not ours to write into. */
function placePlugins({ base, programs, log }: PulumiOptions, home: string): string[] {
    const ownHome = base.PULUMI_HOME;
    const userHome = path.join(base.HOME ?? os.homedir(), ".pulumi");
    const folders = new Set<string>();
    for (const program of programs) {
        try {
            const { installed } = installStandIns({
                pulumiHome: home,
                program,
                otherHomes: ownHome ? [ownHome, userHome] : [userHome],
                env: base,
            });
            if (ownHome) for (const { place } of installed) folders.add(place);
        } catch (error) {
            log(`stand-ins for missing plugins were not placed: ${messageOf(error)}`);
        }
    }
    return [...folders];
}

async function engineFolders({ directory, base, needEngine, log }: PulumiOptions): Promise<string[]> {
    if (!needEngine && !hasEngine(base)) return [lateEngine(directory)];
    try {
        return [(await setup.ensureEngine({ log })).binDir];
    } catch (error) {
        if (needEngine) throw error;
        log(`the Pulumi CLI is not set up: ${messageOf(error)}`);
        return [];
    }
}

function hasEngine(base: NodeJS.ProcessEnv): boolean {
    if (findOnPath("pulumi", base) !== undefined) return true;
    const cached = path.join(setup.cacheFolder(base), "engine");
    if (!existsSync(cached)) return false;
    return readdirSync(cached).some((name) => existsSync(path.join(cached, name, "bin", "pulumi")));
}

/** A folder with a `pulumi` that gets the engine when it is run. */
function lateEngine(directory: string): string {
    const folder = path.join(directory, "bin");
    makePrivateDirectory(folder);
    const compiled = path.join(__dirname, "latePulumi.js");
    const program = existsSync(compiled)
        ? compiled
        : path.resolve(__dirname, "../dist/local/cli/latePulumi.js");
    const file = path.join(folder, "pulumi");
    const words = [process.execPath, program, folder].map((word) => `'${word.replaceAll("'", `'\\''`)}'`);
    writePrivateFile(file, `#!/bin/sh\nexec ${words.join(" ")} "$@"\n`);
    chmodSync(file, 0o700);
    return folder;
}
