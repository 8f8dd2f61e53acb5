import * as assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import { installStandIns } from "../../../local/pulumi/install";
import { repositoryRoot, run } from "../../../setup/common";
import { ensureEngine } from "../../../setup/engine";

const BATCHLOCAL = path.join(repositoryRoot(), "local", "bin", "batchlocal.js");

/** Runs `batchlocal` with a data directory. */
export async function batchlocal(data: string, ...args: readonly string[]): Promise<void> {
    const { code, stdout, stderr } = await run(process.execPath, [BATCHLOCAL, ...args], {
        env: { ...process.env, BATCHLOCAL_DATA: data },
    });
    assert.equal(code, 0, stdout + stderr);
}

/** A finding as the engine tells it. */
export interface Finding {
    readonly policyName: string;
    readonly resourceUrn?: string;
    readonly message: string;
    readonly enforcementLevel: string;
    readonly severity?: string;
}

export interface Preview {
    readonly code: number;
    readonly output: string;
    readonly findings: Finding[];
    /** Changes by a remedy, as the engine tells them. */
    readonly remediations: { policyName: string; resourceUrn?: string; after?: Record<string, unknown> }[];
}

/** A folder with a program in it. */
function layOut(folder: string, source: string): string {
    const program = path.join(folder, "program");
    fs.mkdirSync(program);
    fs.symlinkSync(path.join(repositoryRoot(), "node_modules"), path.join(program, "node_modules"));
    fs.writeFileSync(path.join(program, "package.json"), '{ "name": "program", "main": "index.js" }');
    fs.writeFileSync(
        path.join(program, "Pulumi.yaml"),
        "name: program\nruntime:\n  name: nodejs\n  options: { typescript: false }\n",
    );
    fs.writeFileSync(path.join(program, "index.js"), source);
    return program;
}

/** A Pulumi program in a folder of its own that is previewed with a policy pack by the real engine. */
export class Program {
    private constructor(
        private readonly folder: string,
        private readonly env: NodeJS.ProcessEnv,
        private readonly command: readonly [string, ...string[]],
    ) {}

    /** One with stand-ins for the providers, and no cloud behind them. */
    static async make(folder: string, source: string): Promise<Program> {
        const program = layOut(folder, source);
        const state = path.join(folder, "state");
        fs.mkdirSync(state);
        const engine = await ensureEngine();
        const pulumiHome = path.join(folder, "home");
        installStandIns({ pulumiHome, program, env: { PATH: "", HOME: folder } });
        const env = {
            ...process.env,
            PULUMI_HOME: pulumiHome,
            PULUMI_BACKEND_URL: `file://${state}`,
            PULUMI_CONFIG_PASSPHRASE: "passphrase",
            PULUMI_SKIP_UPDATE_CHECK: "true",
            // For --event-log.
            PULUMI_DEBUG_COMMANDS: "true",
            PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
            // A preview asks nobody: with a location there is nothing to look up.
            ARM_LOCATION: "westus2",
            ARM_SUBSCRIPTION_ID: "00000000-0000-0000-0000-000000000001",
            ARM_TENANT_ID: "00000000-0000-0000-0000-000000000002",
            ARM_CLIENT_ID: "nobody",
            ARM_CLIENT_SECRET: "nothing",
        };
        return new Program(program, env, [engine.pulumi]).withStack();
    }

    /**
     * One on Batch Local.
     * @param data data directory of a Batch Local that runs
     */
    static async onBatchLocal(folder: string, source: string, data: string): Promise<Program> {
        const engine = await ensureEngine();
        const env = {
            ...process.env,
            PATH: `${engine.binDir}${path.delimiter}${process.env.PATH ?? ""}`,
            BATCHLOCAL_DATA: data,
            PULUMI_DEBUG_COMMANDS: "true",
        };
        const command = [process.execPath, BATCHLOCAL, "exec", "--", "pulumi"] as const;
        // They share a backend, and their projects have one name.
        const made = new Program(layOut(folder, source), env, command);
        const program = await made.withStack(path.basename(folder));
        await program.must(["config", "set", "azure-native:location", "westeurope"]);
        return program;
    }

    private async withStack(name = "dev"): Promise<this> {
        await this.must(["stack", "init", name]);
        return this;
    }

    private async must(args: readonly string[]): Promise<void> {
        const { code, output } = await this.run(args);
        assert.equal(code, 0, output);
    }

    /** Runs `pulumi` in the program's folder. */
    async run(
        args: readonly string[],
        env: NodeJS.ProcessEnv = {},
    ): Promise<{ code: number; output: string }> {
        const [command, ...first] = this.command;
        const result = await run(command, [...first, ...args, "--non-interactive"], {
            cwd: this.folder,
            env: { ...this.env, ...env },
        });
        return { code: result.code ?? -1, output: result.stdout + result.stderr };
    }

    /**
     * Runs `pulumi preview`, or another command, with the pack.
     * @param options.command @default ["preview"]
     * @param options.config configuration of the pack, as `--policy-pack-config` takes it
     * @param options.pack folder of the pack @default this repository's
     */
    async preview(
        options: {
            command?: readonly string[];
            config?: object;
            pack?: string;
            env?: NodeJS.ProcessEnv;
        } = {},
    ): Promise<Preview> {
        const log = path.join(this.folder, "events.jsonl");
        const pack = options.pack ?? path.join(repositoryRoot(), "policy");
        const args = [...(options.command ?? ["preview"]), "--policy-pack", pack];
        if (options.config !== undefined) {
            const file = path.join(this.folder, "pack.json");
            fs.writeFileSync(file, JSON.stringify(options.config));
            args.push("--policy-pack-config", file);
        }
        fs.rmSync(log, { force: true });
        const { code, output } = await this.run([...args, "--event-log", log], options.env);
        const events = fs.existsSync(log) ? fs.readFileSync(log, "utf8").trim().split("\n") : [];
        const findings: Finding[] = [];
        const remediations: Preview["remediations"] = [];
        for (const line of events.filter((text) => text !== "")) {
            const event = JSON.parse(line) as {
                policyEvent?: Finding;
                policyRemediationEvent?: Preview["remediations"][number];
            };
            if (event.policyEvent) findings.push(event.policyEvent);
            if (event.policyRemediationEvent) remediations.push(event.policyRemediationEvent);
        }
        return { code, output, findings, remediations };
    }
}
