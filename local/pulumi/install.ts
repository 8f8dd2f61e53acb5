// Places the stand-ins where the engine looks for plugins, for those plugins that are not there.
import * as fs from "node:fs";
import { createRequire } from "node:module";
import * as os from "node:os";
import * as path from "node:path";

export interface InstallOptions {
    /** The engine's home (PULUMI_HOME) whose `plugins` folder is written. */
    pulumiHome: string;
    /** The folder of the program: the versions are those of the SDKs that it has. @default the working folder */
    program?: string;
    /** Versions by plugin name, for programs in other languages. They win over what the program's folder tells. */
    versions?: Readonly<Record<string, string>>;
    /** Where plugins may lie already besides `pulumiHome`. @default the user's own engine home */
    otherHomes?: readonly string[];
    env?: NodeJS.ProcessEnv;
}

export interface PlacedPlugin {
    name: string;
    version: string;
    /** The plugin's folder, or the program found on PATH. */
    place: string;
}

export interface InstallResult {
    /** Stand-ins that the engine will use. */
    installed: PlacedPlugin[];
    /** Real plugins that the engine will use. */
    real: PlacedPlugin[];
}

export const standInNames = ["azure-native", "azuread", "random"] as const;

/** Tells our folders from the real plugin's. */
const MARKER = "stand-in.json";

/**
 * Writes a launcher for each plugin that the program needs and that is not installed. A real plugin found in the
 * user's own engine home is linked instead; one on PATH is found by the engine itself.
 */
export function installStandIns(options: InstallOptions): InstallResult {
    const env = options.env ?? process.env;
    const homes = options.otherHomes ?? [path.join(env.HOME ?? os.homedir(), ".pulumi")];
    const result: InstallResult = { installed: [], real: [] };
    for (const name of standInNames) {
        const version = options.versions?.[name] ?? versionFor(name, options.program ?? process.cwd());
        if (version === undefined) continue;
        const folder = path.join(options.pulumiHome, "plugins", folderName(name, version));
        const real = findReal(name, version, folder, homes, env);
        if (real === undefined) {
            writeLauncher(name, version, folder);
            result.installed.push({ name, version, place: folder });
        } else {
            linkReal(real, folder);
            result.real.push({ name, version, place: real });
        }
    }
    return result;
}

function folderName(name: string, version: string): string {
    return `resource-${name}-v${version}`;
}

/** The version of the SDK that the program has, which is the version of the plugin that it asks for. */
function versionFor(name: string, program: string): string | undefined {
    try {
        const file = createRequire(path.join(path.resolve(program), "index.js")).resolve(
            `@pulumi/${name}/package.json`,
        );
        return (JSON.parse(fs.readFileSync(file, "utf8")) as { version: string }).version;
    } catch {
        return undefined; // the program does not use it
    }
}

function isStandIn(folder: string): boolean {
    return fs.existsSync(path.join(folder, MARKER));
}

function findReal(
    name: string,
    version: string,
    folder: string,
    homes: readonly string[],
    env: NodeJS.ProcessEnv,
): string | undefined {
    const program = `pulumi-resource-${name}`;
    const candidates = [
        folder,
        ...homes.map((home) => path.join(home, "plugins", folderName(name, version))),
    ];
    const placed = candidates.find((place) => fs.existsSync(path.join(place, program)) && !isStandIn(place));
    if (placed) return fs.realpathSync(placed);
    return (env.PATH ?? "")
        .split(path.delimiter)
        .filter((entry) => entry !== "")
        .map((entry) => path.join(entry, program))
        .find((file) => fs.existsSync(file));
}

function linkReal(real: string, folder: string): void {
    if (!fs.statSync(real).isDirectory() || path.resolve(real) === path.resolve(folder)) return;
    fs.mkdirSync(path.dirname(folder), { recursive: true });
    if (fs.existsSync(folder) && fs.realpathSync(folder) === real) return;
    fs.rmSync(folder, { recursive: true, force: true });
    fs.symlinkSync(real, folder, "dir");
}

/** The folder appears whole: an engine that looks meanwhile finds all or nothing. */
function writeLauncher(name: string, version: string, folder: string): void {
    const program = compiledMain();
    const launcher = `#!/bin/sh\nSTAND_IN_PARENT=$PPID exec ${[process.execPath, program, name, version].map(quoted).join(" ")} "$@"\n`;
    const file = path.join(folder, `pulumi-resource-${name}`);
    if (isStandIn(folder) && fs.existsSync(file) && fs.readFileSync(file, "utf8") === launcher) return;
    const temporary = `${folder}.${process.pid}.making`;
    fs.rmSync(temporary, { recursive: true, force: true });
    fs.mkdirSync(temporary, { recursive: true });
    fs.writeFileSync(path.join(temporary, `pulumi-resource-${name}`), launcher, { mode: 0o755 });
    fs.writeFileSync(path.join(temporary, MARKER), JSON.stringify({ standInFor: name, version }));
    fs.rmSync(folder, { recursive: true, force: true });
    fs.renameSync(temporary, folder);
}

/** The compiled program: beside this file, or in the build when this file runs from its source (in tests). */
function compiledMain(): string {
    const beside = path.join(__dirname, "main.js");
    if (fs.existsSync(beside)) return beside;
    const built = path.resolve(__dirname, "..", "dist", "local", "pulumi", "main.js");
    if (fs.existsSync(built)) return built;
    throw new Error(`${built} is missing: run "npm run build"`);
}

function quoted(text: string): string {
    return `'${text.replaceAll("'", `'\\''`)}'`;
}
