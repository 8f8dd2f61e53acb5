import { spawn, type ChildProcess } from "node:child_process";
import { accessSync, constants, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { coverScript, enterScript, overlayName } from "./sandboxScripts";
import { lineReader } from "./protocol";

interface Holder {
    process: ChildProcess;
    /** Its process id, once the namespaces are what they are to be. */
    ready: Promise<number>;
}

/** Namespaces of nodes, each kept by a process that waits in them. */
export class Sandboxes {
    private readonly holders = new Map<string, Holder>();

    /**
     * Opens the node's sandbox if need be and gives the process that holds it: for elevated commands the one in which they are root, for
     * others one inside of that in which they are who they are outside, so that a command has to enter and nothing more. Throws where
     * the kernel does not allow it.
     */
    async open(
        node: string,
        home: string,
        elevated: boolean,
        environment: Record<string, string>,
    ): Promise<number> {
        const root = await this.hold(`${node} root`, () => holdRoot(home, environment));
        if (elevated) return root;
        return this.hold(`${node} user`, () => holdUser(root, environment));
    }

    private hold(key: string, start: () => Holder): Promise<number> {
        const present = this.holders.get(key);
        if (present) return present.ready;
        const holder = start();
        this.holders.set(key, holder);
        holder.process.once("exit", () => this.holders.delete(key));
        return holder.ready;
    }

    /** Whether the node has one, or one that is on its way out. */
    has(node: string): boolean {
        return this.holders.has(`${node} root`) || this.holders.has(`${node} user`);
    }

    /** The words that run others inside. */
    wrap(holder: number, words: readonly string[], cwd: string, missing: string): string[] {
        return [...enter(holder), "sh", "-c", enterScript, cwd, missing, ...words];
    }
}

function enter(holder: number): string[] {
    return ["nsenter", "-t", String(holder), "-U", "-m", "--preserve-credentials"];
}

function holdRoot(home: string, environment: Record<string, string>): Holder {
    mkdirSync(join(home, overlayName), { recursive: true, mode: 0o700 });
    const { uid } = me();
    const map = uid === 0 ? [] : ["--map-root-user"];
    const script = 'echo up; read -r go; exec sh -c "$1" "$0" "$2"';
    const words = [
        "unshare",
        "--user",
        ...map,
        "--mount",
        "sh",
        "-c",
        script,
        home,
        coverScript,
        uid === 0 ? "" : "seed",
    ];
    return start(words, environment, (pid) => uid === 0 && mapAll(pid));
}

function holdUser(root: number, environment: Record<string, string>): Holder {
    const { uid, gid } = me();
    const drop = ["unshare", "--user", `--map-user=${uid}`, `--map-group=${gid}`, "--mount"];
    return start(
        [...enter(root), ...drop, "sh", "-c", "echo ready; read -r forever"],
        environment,
        () => undefined,
    );
}

/** Starts a holder. It says `up` when it waits for its ids, and `ready` when all is done. */
function start(words: string[], environment: Record<string, string>, up: (pid: number) => void): Holder {
    const [program = "", ...args] = words;
    const holder = spawn(program, args, {
        cwd: "/",
        env: { PATH: process.env.PATH, ...environment },
        stdio: ["pipe", "pipe", "pipe"],
        detached: true,
    });
    const ready = new Promise<number>((resolve, reject) => {
        let said = "";
        const { pid = 0 } = holder;
        const read = lineReader((line) => {
            if (line === "up") {
                up(pid);
                holder.stdin.write("go\n");
            } else if (line === "ready") {
                resolve(pid);
            }
        });
        const heard = (chunk: string) => {
            try {
                read(chunk);
            } catch (error) {
                holder.kill("SIGKILL");
                reject(error as Error);
            }
        };
        holder.stdout.setEncoding("utf8").on("data", heard);
        holder.stderr.setEncoding("utf8").on("data", (text: string) => void (said = text.trim()));
        holder.stdin.on("error", () => undefined);
        holder.once("error", reject);
        holder.once("exit", () => reject(new Error(said || "the namespaces could not be made")));
    });
    // Those who wait for it hear of it; nobody may wait.
    ready.catch(() => undefined);
    return { process: holder, ready };
}

/** Root may give the namespace every id it has itself, so that packages with users of their own install. */
function mapAll(pid: number): void {
    for (const kind of ["uid_map", "gid_map"]) {
        const own = readFileSync(`/proc/self/${kind}`, "utf8").trim().split("\n");
        const lines = own.map((line) => {
            const [inside = "0", , count = "1"] = line.trim().split(/\s+/);
            return `${inside} ${inside} ${count}\n`;
        });
        writeFileSync(`/proc/${pid}/${kind}`, lines.join(""));
    }
}

function me(): { uid: number; gid: number } {
    return { uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 };
}

/** Whether the programs that a sandbox is made of are here at all. */
export function hasSandboxPrograms(path: string): boolean {
    return ["unshare", "nsenter", "mount"].every((program) =>
        path.split(":").some((place) => isProgram(join(place, program))),
    );
}

function isProgram(file: string): boolean {
    try {
        accessSync(file, constants.X_OK);
        return true;
    } catch {
        return false;
    }
}
