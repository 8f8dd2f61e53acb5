import { spawn, type ChildProcess } from "node:child_process";
import { accessSync, constants, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { coverScript, enterScript, overlayName } from "./sandboxScripts";
import { lineReader } from "./protocol";

interface Sandbox {
    holder: ChildProcess;
    ready: Promise<number>;
}

/** Namespaces of nodes, each kept by a process that waits in them. */
export class Sandboxes {
    private readonly byNode = new Map<string, Sandbox>();

    /** Opens the node's sandbox if need be. Throws where the kernel does not allow one. */
    async open(node: string, home: string, environment: Record<string, string>): Promise<number> {
        let sandbox = this.byNode.get(node);
        if (!sandbox) {
            sandbox = hold(home, environment);
            this.byNode.set(node, sandbox);
            const mine = sandbox;
            sandbox.holder.once("exit", () => {
                if (this.byNode.get(node) === mine) this.byNode.delete(node);
            });
        }
        return sandbox.ready;
    }

    /** Whether the node has one, or one that is on its way out. */
    has(node: string): boolean {
        return this.byNode.has(node);
    }

    /** The words that run others inside: as root of the node, or as the user and without any of root's rights. */
    wrap(
        holder: number,
        words: readonly string[],
        cwd: string,
        elevated: boolean,
        missing: string,
    ): string[] {
        const enter = ["nsenter", "-t", String(holder), "-U", "-m", "--preserve-credentials"];
        const { uid, gid } = me();
        const drop = elevated ? [] : ["unshare", "--user", `--map-user=${uid}`, `--map-group=${gid}`];
        return [...enter, ...drop, "sh", "-c", enterScript, cwd, missing, ...words];
    }
}

function hold(home: string, environment: Record<string, string>): Sandbox {
    mkdirSync(join(home, overlayName), { recursive: true, mode: 0o700 });
    const { uid } = me();
    const map = uid === 0 ? [] : ["--map-root-user"];
    const holder = spawn(
        "unshare",
        [
            "--user",
            ...map,
            "--mount",
            "sh",
            "-c",
            `echo up; read -r go; exec sh -c "$1" "$0" "$2"`,
            home,
            coverScript,
            uid === 0 ? "" : "seed",
        ],
        {
            cwd: "/",
            env: { PATH: process.env.PATH, ...environment },
            stdio: ["pipe", "pipe", "pipe"],
            detached: true,
        },
    );
    const ready = new Promise<number>((resolve, reject) => {
        let said = "";
        const { pid = 0 } = holder;
        const read = lineReader((line) => {
            if (line === "up") {
                if (uid === 0) mapAll(pid);
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
    return { holder, ready };
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
