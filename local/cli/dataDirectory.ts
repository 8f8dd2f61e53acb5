/** Which data directory is meant, and what makes a directory one. */
import {
    existsSync,
    mkdirSync,
    readdirSync,
    renameSync,
    rmSync,
    writeFileSync,
    statSync,
    statfsSync,
    chmodSync,
} from "node:fs";
import os from "node:os";
import path from "node:path";
import { Failure, wrongUsage } from "./problems";

const projectFolder = ".batchlocal";

/** What makes a folder a project: the nearest one above has the data. */
const projectMarks = [
    projectFolder,
    "Pulumi.yaml",
    "Pulumi.yml",
    "package.json",
    "pyproject.toml",
    "setup.py",
    "go.mod",
    "pom.xml",
    "Cargo.toml",
    ".git",
];

/** Says that a directory is ours, so that `reset` never empties another one. */
const mark = "batchlocal-data";
const markText = "This directory belongs to Batch Local. `batchlocal reset` empties it.\n";

/** `--data`, else `BATCHLOCAL_DATA`, else `.batchlocal` of the nearest project, else the user's data folder. Absolute. */
export function chooseDataDirectory(
    given: string | undefined,
    cwd = process.cwd(),
    env = process.env,
): string {
    if (given !== undefined && given.trim() === "") throw wrongUsage("--data needs a directory, it is empty");
    const named = given ?? (env.BATCHLOCAL_DATA || undefined);
    if (named !== undefined) return path.resolve(cwd, named);
    const home = path.resolve(env.HOME || os.homedir());
    for (let folder = path.resolve(cwd); ; folder = path.dirname(folder)) {
        // Home folders are full of marks, and no project.
        if (folder === home || folder === path.dirname(folder)) return userDataFolder(home, env);
        if (projectMarks.some((name) => existsSync(path.join(folder, name))))
            return path.join(folder, projectFolder);
    }
}

function userDataFolder(home: string, env: NodeJS.ProcessEnv): string {
    if (process.platform === "darwin") return path.join(home, "Library", "Application Support", "batchlocal");
    return path.join(env.XDG_DATA_HOME || path.join(home, ".local", "share"), "batchlocal");
}

/** Makes the directory, or takes an empty one or one that is ours. */
export function prepareDataDirectory(directory: string): void {
    makeDirectory(directory);
    if (!statSync(directory).isDirectory())
        throw new Failure(`${directory} is no directory; choose another with --data`);
    if (!isDataDirectory(directory) && readdirSync(directory).length > 0) {
        throw new Failure(
            `${directory} has files in it that are not Batch Local's; choose an empty or a new directory with --data`,
        );
    }
    needRoom(directory);
    chmodSync(directory, 0o700);
    writeFileSync(path.join(directory, mark), markText, { mode: 0o600 });
    // Keys and other people's data must not get into version control.
    writeFileSync(path.join(directory, ".gitignore"), "*\n", { mode: 0o600 });
}

/** One step at a time: a recursive mkdir never ends where the file system says "no such file" to making one, as /proc does. */
function makeDirectory(directory: string): void {
    if (existsSync(directory)) return;
    makeDirectory(path.dirname(directory));
    mkdirSync(directory, { mode: 0o700 });
}

/** Below this the store, the logs or the engine's state would fail half way, each in words of its own. */
const leastRoom = 32 * 2 ** 20;

function needRoom(directory: string): void {
    const { bavail, bsize } = statfsSync(directory);
    const free = bavail * bsize;
    if (free >= leastRoom) return;
    const [has, needs] = [free, leastRoom].map((bytes) => `${(bytes / 2 ** 20).toFixed(0)} MiB`);
    throw new Failure(
        `${directory}: the disk has ${has} free and ${needs} are needed; make room or choose another place with --data`,
    );
}

export function isDataDirectory(directory: string): boolean {
    return existsSync(path.join(directory, mark));
}

/** Empties a data directory. Moved away first: what is left of a broken-off removal is never taken for data. */
export function removeDataDirectory(directory: string): void {
    if (!existsSync(directory)) return;
    if (!statSync(directory).isDirectory() || !isDataDirectory(directory)) {
        throw new Failure(`${directory} is no data directory of Batch Local; nothing was removed`);
    }
    const away = `${directory}.removed-${process.pid}`;
    renameSync(directory, away);
    rmSync(away, { recursive: true, force: true, maxRetries: 3 });
}
