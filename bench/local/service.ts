import { spawn, type ChildProcess } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync } from "node:fs";
import https from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ServiceClient } from "../../local/cli/client";
import type { ServiceInfo } from "../../local/cli/discovery";
import { peakMegabytes } from "../common/memory";
import { Client } from "./client";

const compiled = join(__dirname, "../../local/dist/local/cli/main.js");
/** Set to a folder: the service's processor profile of each start is written there when it ends. */
const profiles = process.env.BENCH_PROFILE;

/** Batch Local as a process of its own, compiled, on a data directory. */
export class Service {
    private constructor(
        private readonly child: ChildProcess,
        readonly directory: string,
        readonly client: Client,
        /** From the start of the process until its health route says so. */
        readonly startMs: number,
    ) {}

    static async start(directory = mkdtempSync(join(tmpdir(), "bench-local-"))): Promise<Service> {
        const began = performance.now();
        const profile = profiles === undefined ? [] : ["--cpu-prof", "--cpu-prof-dir", profiles];
        const code = `require(${JSON.stringify(compiled)}).main(process.argv.slice(1)).then((code) => process.exit(code))`;
        const child = spawn(
            process.execPath,
            [
                ...profile,
                "--no-warnings",
                "-e",
                code,
                "--",
                "start",
                "--data",
                directory,
                "--elevation",
                "as-me",
            ],
            {
                stdio: ["ignore", "ignore", "inherit"],
                env: { ...process.env, BATCHLOCAL_ENDS_WITH: String(process.pid) },
            },
        );
        // A bench that is ended early leaves no service behind, at once where it can.
        const end = () => child.kill();
        process.once("exit", end);
        child.once("exit", () => process.off("exit", end));
        const info = await announced(join(directory, "service.json"), child);
        await healthy(info.endpoints.health);
        const startMs = performance.now() - began;
        const own = new ServiceClient(info);
        const account = await own.defaultAccount();
        own.close();
        if (account?.key === undefined) throw new Error("no default account");
        const endpoint = account.endpoint.replace("https:", "http:");
        return new Service(child, directory, new Client(endpoint, account.name, account.key), startMs);
    }

    /** SIGTERM, or as `kill -9` does. */
    async stop(signal: "SIGTERM" | "SIGKILL" = "SIGTERM"): Promise<void> {
        this.client.close();
        const ended = new Promise((resolve) => this.child.once("exit", resolve));
        this.child.kill(signal);
        await ended;
    }

    remove(): void {
        rmSync(this.directory, { recursive: true, force: true, maxRetries: 5 });
    }

    /** The most memory the service's process ever had, in MB. Only Linux tells. */
    peakMb(): number {
        return peakMegabytes(this.child.pid ?? 0);
    }

    /** Processor time of the service and all its processes so far, tasks included, in ms. */
    processorMs(): number {
        const fields = new Map<number, { parent: number; ms: number }>();
        for (const name of readdirSync("/proc").filter((each) => /^\d+$/.test(each))) {
            try {
                const rest = readFileSync(`/proc/${name}/stat`, "utf8").split(") ")[1]?.split(" ") ?? [];
                fields.set(Number(name), {
                    parent: Number(rest[1]),
                    // Its own, and that of its children that have ended.
                    ms: [11, 12, 13, 14].reduce((sum, at) => sum + Number(rest[at]) * 10, 0),
                });
            } catch {
                // It ended meanwhile.
            }
        }
        const ours = (pid: number): boolean =>
            pid === this.child.pid || (pid > 1 && ours(fields.get(pid)?.parent ?? 0));
        return [...fields].reduce((sum, [pid, { ms }]) => sum + (ours(pid) ? ms : 0), 0);
    }
}

export const isBuilt = existsSync(compiled);

export const pause = (milliseconds: number): Promise<void> =>
    new Promise((resolve) => setTimeout(resolve, milliseconds));

async function announced(file: string, child: ChildProcess): Promise<ServiceInfo> {
    for (;;) {
        if (child.exitCode !== null) throw new Error(`Batch Local ended with ${child.exitCode}`);
        try {
            const info = JSON.parse(readFileSync(file, "utf8")) as ServiceInfo;
            if (info.pid === child.pid) return info;
        } catch {
            // Not yet.
        }
        await pause(5);
    }
}

async function healthy(url: string): Promise<void> {
    // Health says nothing secret; whose certificate it is does not matter here.
    const status = await new Promise<number | undefined>((resolve, reject) => {
        https
            .get(url, { rejectUnauthorized: false }, (response) => {
                response.resume().on("end", () => resolve(response.statusCode));
            })
            .on("error", reject);
    });
    if (status !== 200) throw new Error(`health: ${status}`);
}
