// Deploys small programs on a Batch Local of their own, with the real engine.
import { spawn } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";

export const root = path.resolve(__dirname, "..", "..");
const batchlocal = path.join(root, "local", "bin", "batchlocal.js");

export interface Finished {
    code: number | null;
    stdout: string;
    stderr: string;
}

/** One step of a plan, as `pulumi preview --json` has it. */
export interface Step {
    op: string;
    urn: string;
    replaceReasons?: string[] | null;
    oldState?: { inputs?: Record<string, unknown> };
    newState?: { inputs?: Record<string, unknown>; outputs?: Record<string, unknown> };
}

/** A project in a temporary folder and a Batch Local with its data beside it, or the one of another stack. */
export class TestStack {
    readonly folder = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), "batch-constructs-")));
    readonly #project: string;
    readonly #data: string;
    readonly #extra: Record<string, string>;
    /** The engine has checked the types of the program as it is: once more at each command would cost seconds and tell nothing. */
    #typesChecked = false;

    /** @param program text of the program, in JavaScript, or the folder of a project in the repository, which is copied */
    constructor(
        program: string | { readonly copyOf: string },
        env: Record<string, string> = {},
        sharing?: TestStack,
    ) {
        this.#project = path.join(this.folder, "project");
        this.#data = sharing === undefined ? path.join(this.folder, "data") : sharing.#data;
        this.#extra = env;
        fs.mkdirSync(this.#project);
        fs.symlinkSync(path.join(root, "node_modules"), path.join(this.#project, "node_modules"));
        if (typeof program !== "string") {
            fs.cpSync(path.join(root, program.copyOf), this.#project, { recursive: true });
            return;
        }
        fs.writeFileSync(path.join(this.#project, "Pulumi.yaml"), "name: constructs\nruntime: nodejs\n");
        fs.writeFileSync(
            path.join(this.#project, "package.json"),
            JSON.stringify({ name: "constructs", private: true, main: "index.js" }),
        );
        this.program(program);
    }

    /** Data of Batch Local, with state and logs of the engine. */
    get data(): string {
        return this.#data;
    }

    get project(): string {
        return this.#project;
    }

    /** Changes the program. */
    program(text: string): void {
        fs.writeFileSync(path.join(this.#project, "index.js"), text);
        this.#typesChecked = false;
    }

    /** Runs a command of Batch Local. */
    local(args: readonly string[], env: Record<string, string> = {}, input?: string): Promise<Finished> {
        return new Promise((resolve) => {
            const child = spawn(process.execPath, [batchlocal, ...args], {
                cwd: this.#project,
                env: {
                    ...process.env,
                    PULUMI_BACKEND_URL: undefined,
                    ...this.#extra,
                    ...env,
                    BATCHLOCAL_DATA: this.#data,
                },
                stdio: [input === undefined ? "ignore" : "pipe", "pipe", "pipe"],
            });
            child.stdin?.end(input);
            let [stdout, stderr] = ["", ""];
            child.stdout?.on("data", (data: Buffer) => (stdout += data.toString()));
            child.stderr?.on("data", (data: Buffer) => (stderr += data.toString()));
            child.on("close", (code) => resolve({ code, stdout, stderr }));
        });
    }

    /** Runs the engine on the stack. */
    async pulumi(
        args: readonly string[],
        env: Record<string, string> = {},
        input?: string,
    ): Promise<Finished> {
        const command = ["exec", "--", "pulumi", ...args, "--non-interactive", "--stack", "test"];
        const known: Record<string, string> = this.#typesChecked
            ? { PULUMI_NODEJS_TRANSPILE_ONLY: "true" }
            : {};
        const finished = await this.local(command, { ...known, ...env }, input);
        if (finished.code === 0 && /^(up|preview)$/.test(args[0] ?? "")) this.#typesChecked = true;
        return finished;
    }

    /** @param more options of `batchlocal start` */
    async start(...more: string[]): Promise<void> {
        const started = await this.local(["start", "--detach", ...more]);
        if (started.code !== 0) throw new Error(started.stdout + started.stderr);
        await this.init();
    }

    /** Makes the stack, in a Batch Local that runs already. */
    async init(): Promise<void> {
        must(await this.local(["exec", "--", "pulumi", "stack", "init", "test", "--non-interactive"]));
    }

    /** Deploys. @throws with all that was said when it fails */
    async up(env: Record<string, string> = {}, ...more: string[]): Promise<string> {
        return must(await this.pulumi(["up", "--yes", "--skip-preview", ...more], env));
    }

    /** Sets a value of the stack's configuration; a secret one comes through standard input. */
    async config(key: string, value: string, secret = false): Promise<void> {
        if (!secret) must(await this.pulumi(["config", "set", key, value]));
        else must(await this.pulumi(["config", "set", key, "--secret"], {}, value));
    }

    /** Refreshes, which must find nothing, and destroys. */
    async leave(env: Record<string, string> = {}): Promise<void> {
        must(await this.pulumi(["refresh", "--yes", "--skip-preview", "--expect-no-changes"], env));
        must(await this.pulumi(["destroy", "--yes", "--skip-preview"], env));
    }

    /** Runs the engine. @throws with all that was said when it fails */
    async succeed(args: readonly string[], env: Record<string, string> = {}): Promise<string> {
        return must(await this.pulumi(args, env));
    }

    /** What the engine plans, by URN; a resource that is replaced has several steps, its `replace` counts. */
    async plan(env: Record<string, string> = {}): Promise<Step[]> {
        const text = must(await this.pulumi(["preview", "--json"], env));
        return (JSON.parse(text.slice(text.indexOf("{"))) as { steps?: Step[] }).steps ?? [];
    }

    async outputs(): Promise<Record<string, unknown>> {
        const text = must(await this.pulumi(["stack", "output", "--json", "--show-secrets"]));
        return JSON.parse(text) as Record<string, unknown>;
    }

    /** Destroys the stack, ends Batch Local and removes the folder. */
    async close(): Promise<void> {
        await this.local(["stop"]);
        fs.rmSync(this.folder, { recursive: true, force: true });
    }
}

function must({ code, stdout, stderr }: Finished): string {
    if (code !== 0) throw new Error(`exit code ${code}\n${stdout}\n${stderr}`);
    return stdout;
}
