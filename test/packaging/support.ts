import { spawn } from "node:child_process";
import {
    existsSync,
    mkdirSync,
    mkdtempSync,
    readFileSync,
    realpathSync,
    symlinkSync,
    writeFileSync,
} from "node:fs";
import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";

export const root = path.resolve(__dirname, "../..");

export interface Ended {
    code: number | null;
    stdout: string;
    stderr: string;
}

/** Without what an outer npm or Batch Local tells its children. */
function cleanEnvironment(): NodeJS.ProcessEnv {
    return Object.fromEntries(
        Object.entries(process.env).filter(
            ([name]) => !/^(npm_|BATCHLOCAL_(?!ENDS_WITH)|NODE_OPTIONS|NODE_PATH)/i.test(name),
        ),
    );
}

export function run(
    program: string,
    args: readonly string[],
    options: { cwd: string; env?: NodeJS.ProcessEnv },
): Promise<Ended> {
    const child = spawn(program, args, {
        cwd: options.cwd,
        env: { ...cleanEnvironment(), ...options.env },
        stdio: ["ignore", "pipe", "pipe"],
    });
    let [stdout, stderr] = ["", ""];
    child.stdout.on("data", (chunk: Buffer) => (stdout += chunk.toString()));
    child.stderr.on("data", (chunk: Buffer) => (stderr += chunk.toString()));
    return new Promise((resolve, reject) => {
        child.once("error", reject);
        child.once("close", (code) => resolve({ code, stdout, stderr }));
    });
}

export async function must(
    program: string,
    args: readonly string[],
    options: { cwd: string; env?: NodeJS.ProcessEnv },
): Promise<string> {
    const { code, stdout, stderr } = await run(program, args, options);
    if (code !== 0) throw new Error(`${program} ${args.join(" ")} ended with ${code}:\n${stdout}${stderr}`);
    return stdout;
}

export function temporaryFolder(): string {
    return realpathSync(mkdtempSync(path.join(tmpdir(), "packed-")));
}

/**
 * Not `rmSync`, which deletes one after the other: where the disk is told of each freed block (ext4 with `discard`), the tens of thousands
 * of files of an install take minutes so, and seconds when several are under way.
 */
export function remove(folder: string): Promise<void> {
    return rm(folder, { recursive: true, force: true, maxRetries: 5 });
}

/** Packs what is built. @param workspace none: the library */
export async function pack(folder: string, workspace?: string): Promise<string> {
    const { ensureBuild } = (await import(path.join(root, "setup/build.js"))) as {
        ensureBuild(options: { only: string; log(line: string): void }): Promise<boolean>;
    };
    await ensureBuild({ only: workspace ?? "library", log: () => undefined });
    const args = ["pack", "--ignore-scripts", "--json", "--pack-destination", folder];
    const out = await must("npm", workspace === undefined ? args : [...args, "-w", workspace], { cwd: root });
    // npm 11 gives a list, later ones an object by package name.
    const packed = JSON.parse(out) as { filename: string }[] | Record<string, { filename: string }>;
    const [first] = Object.values(packed);
    if (first === undefined) throw new Error(`npm pack gave nothing: ${out}`);
    return path.join(folder, path.basename(first.filename));
}

/** An empty project. */
export function project(folder: string): string {
    mkdirSync(folder, { recursive: true });
    writeFileSync(path.join(folder, "package.json"), '{ "private": true }\n');
    return folder;
}

/** As a user does it: from the registry, or npm's cache of it. */
export async function install(folder: string, tarballs: readonly string[]): Promise<void> {
    await must("npm", ["install", "--prefer-offline", "--no-audit", "--no-fund", ...tarballs], {
        cwd: folder,
    });
}

/**
 * Unpacks a tarball into node_modules with links to what it declares, and to nothing else: a dependency that is used but not
 * declared, or a file that is not packed, is missing. Takes a second, where an install takes a minute.
 */
export async function place(folder: string, tarball: string, name: string): Promise<string> {
    const modules = path.join(folder, "node_modules");
    const target = path.join(modules, name);
    mkdirSync(target, { recursive: true });
    await must("tar", ["-xzf", tarball, "-C", target, "--strip-components=1"], { cwd: folder });
    const { dependencies } = JSON.parse(readFileSync(path.join(target, "package.json"), "utf8")) as {
        dependencies: Record<string, string>;
    };
    for (const dependency of Object.keys(dependencies)) link(modules, dependency);
    return target;
}

export function link(modules: string, name: string): void {
    const target = path.join(modules, name);
    mkdirSync(path.dirname(target), { recursive: true });
    const installed = [path.join(root, "local/node_modules", name), path.join(root, "node_modules", name)];
    const found = installed.find((each) => existsSync(each));
    if (found === undefined) throw new Error(`${name} is declared but not installed here`);
    if (!existsSync(target)) symlinkSync(found, target);
}
