// A project of its own under the real engine, on a Batch Local of its own.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { BatchClient, sharedKeyCredential } from "../../client";

export const root = path.resolve(__dirname, "../..");

export interface Finished {
    code: number | null;
    text: string;
}

/** One step of the engine: `{ op: "update", type: "Job", name: "frames" }`. */
export interface Step {
    op: string;
    type: string;
    name: string;
}

interface Metadata {
    op: string;
    type: string;
    urn: string;
}

export interface State {
    deployment: {
        pending_operations?: unknown[];
        resources?: {
            urn: string;
            type: string;
            id?: string;
            inputs?: Record<string, unknown>;
            outputs?: Record<string, unknown>;
        }[];
    };
}

export class Stack {
    readonly folder = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), "stack-")));
    readonly data = path.join(this.folder, "data");
    readonly project = path.join(this.folder, "program");
    #binaries = "";
    #client: BatchClient | undefined;

    /** @param program the program's main file, or a folder that is the whole project (its links to packages are made anew) */
    static async open(program: string, env: Record<string, string> = {}, faults?: object): Promise<Stack> {
        const stack = new Stack(env);
        try {
            await stack.#start(program, faults);
        } catch (error) {
            await stack.close();
            throw error;
        }
        return stack;
    }

    private constructor(readonly env: Record<string, string>) {}

    async #start(program: string, faults?: object): Promise<void> {
        const { ensureEngine } = (await import("../../setup/engine.js")) as unknown as {
            ensureEngine(options: { log: (line: string) => void }): Promise<{ binDir: string }>;
        };
        this.#binaries = (await ensureEngine({ log: () => undefined })).binDir;
        fs.mkdirSync(this.project);
        if (fs.statSync(program).isDirectory()) {
            fs.cpSync(program, this.project, {
                recursive: true,
                filter: (file) => path.basename(file) !== "node_modules",
            });
        } else {
            fs.copyFileSync(program, path.join(this.project, "index.js"));
            fs.writeFileSync(
                path.join(this.project, "Pulumi.yaml"),
                "name: stack\nruntime: nodejs\nmain: index.js\n",
            );
            fs.writeFileSync(path.join(this.project, "package.json"), '{"name":"stack","main":"index.js"}');
        }
        fs.symlinkSync(path.join(root, "node_modules"), path.join(this.project, "node_modules"));
        const file = path.join(this.folder, "faults.json");
        if (faults !== undefined) fs.writeFileSync(file, JSON.stringify(faults));
        const options = faults === undefined ? [] : ["--faults", file];
        const started = await this.finish(this.batchlocal(["start", "--detach", ...options]));
        assert.equal(started.code, 0, started.text);
        await this.must(["stack", "init", "test"]);
    }

    async close(): Promise<void> {
        this.#client?.close();
        await this.finish(this.batchlocal(["stop"]));
        fs.rmSync(this.folder, { recursive: true, force: true });
    }

    batchlocal(args: readonly string[], env: Record<string, string> = {}): ChildProcess {
        return spawn(process.execPath, [path.join(root, "local/bin/batchlocal.js"), ...args], {
            cwd: fs.existsSync(this.project) ? this.project : this.folder,
            stdio: ["ignore", "pipe", "pipe"],
            env: {
                ...process.env,
                PATH: `${this.#binaries}${path.delimiter}${process.env["PATH"] ?? ""}`,
                BATCHLOCAL_DATA: this.data,
                PULUMI_DEBUG_COMMANDS: "true",
                ...this.env,
                ...env,
            },
        });
    }

    finish(child: ChildProcess): Promise<Finished> {
        return new Promise((resolve) => {
            let text = "";
            child.stdout?.on("data", (chunk: Buffer) => (text += chunk.toString()));
            child.stderr?.on("data", (chunk: Buffer) => (text += chunk.toString()));
            child.once("close", (code) => resolve({ code, text }));
        });
    }

    /** The engine, with what the program is told in the variable DECLARED. */
    pulumi(args: readonly string[], declared: unknown = {}, env: Record<string, string> = {}): ChildProcess {
        return this.batchlocal(["exec", "--", "pulumi", ...args, "--non-interactive"], {
            DECLARED: JSON.stringify(declared),
            ...env,
        });
    }

    run(args: readonly string[], declared: unknown = {}, env?: Record<string, string>): Promise<Finished> {
        return this.finish(this.pulumi(args, declared, env));
    }

    async must(
        args: readonly string[],
        declared: unknown = {},
        env?: Record<string, string>,
    ): Promise<string> {
        const { code, text } = await this.run(args, declared, env);
        assert.equal(code, 0, `pulumi ${args.join(" ")}\n${text}`);
        return text;
    }

    /** Deploys and gives what was done, in order. */
    async up(declared: unknown = {}, env?: Record<string, string>): Promise<Step[]> {
        return this.#steps(["up", "--yes", "--skip-preview"], "resOutputsEvent", declared, env);
    }

    /** What a preview says that would be done. */
    async preview(declared: unknown = {}, env?: Record<string, string>): Promise<Step[]> {
        return this.#steps(["preview"], "resourcePreEvent", declared, env);
    }

    async #steps(
        args: string[],
        event: "resOutputsEvent" | "resourcePreEvent",
        declared: unknown,
        env?: Record<string, string>,
    ): Promise<Step[]> {
        const log = path.join(this.folder, "events.json");
        fs.rmSync(log, { force: true });
        await this.must([...args, "--event-log", log], declared, env);
        return fs
            .readFileSync(log, "utf8")
            .split("\n")
            .filter(Boolean)
            .map((line) => (JSON.parse(line) as Record<string, { metadata: Metadata }>)[event]?.metadata)
            .filter((step) => step !== undefined)
            .filter(({ op, type }) => op !== "same" && op !== "read" && type !== "pulumi:pulumi:Stack")
            .map(({ op, type, urn }) => ({
                op,
                type: type.split(":").at(-1) ?? "",
                name: urn.split("::").at(-1) ?? "",
            }));
    }

    async outputs(): Promise<Record<string, unknown>> {
        const text = await this.must(["stack", "output", "--json"]);
        return JSON.parse(text.slice(text.indexOf("{"))) as Record<string, unknown>;
    }

    async state(): Promise<State> {
        const file = path.join(this.folder, "state.json");
        await this.must(["stack", "export", "--file", file]);
        return JSON.parse(fs.readFileSync(file, "utf8")) as State;
    }

    /** The variables that clients find this Batch Local by. */
    async service(): Promise<{ endpoint: string; account: string; key: string }> {
        const { code, text } = await this.finish(this.batchlocal(["env", "--shell", "json"]));
        assert.equal(code, 0, text);
        const env = JSON.parse(text) as Record<string, string>;
        return {
            endpoint: env["AZURE_BATCH_ENDPOINT"] ?? "",
            account: env["AZURE_BATCH_ACCOUNT"] ?? "",
            key: env["AZURE_BATCH_ACCESS_KEY"] ?? "",
        };
    }

    /** A client of the default account that asks the service itself. */
    async client(): Promise<BatchClient> {
        if (this.#client !== undefined) return this.#client;
        const { endpoint, account, key } = await this.service();
        this.#client = new BatchClient(
            endpoint.replace(/^https:/, "http:"),
            sharedKeyCredential(account, key),
        );
        return this.#client;
    }
}

/** Steps as texts: `update Job frames`. */
export const told = (steps: readonly Step[]): string[] =>
    steps.map(({ op, type, name }) => `${op} ${type} ${name}`);
