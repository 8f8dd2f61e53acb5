/**
 * Deploys examples/top-n-words onto the Batch Local whose environment we are in, shows the words, and destroys it all again.
 * Runs under `batchlocal exec`.
 */
import { existsSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { repositoryRoot } from "../common";
import { parseStartArguments, type StartArguments } from "../start-arguments";
import { backendFolder, mendBackend } from "./backend";
import { Engine } from "./engine";
import { failuresOf, readResults } from "./outcome";
import { reportOf, type FileResult } from "./report";

const root = repositoryRoot();
const project = path.join(root, "examples", "top-n-words");
const stack = "local";
const silent = () => undefined;

async function main(): Promise<number> {
    const parsed = parseStartArguments(process.argv.slice(2));
    if ("error" in parsed) throw new Error(parsed.error);
    const options = parsed.arguments;
    const say = (line: string) => {
        (options.json ? process.stderr : process.stdout).write(`${line}\n`);
    };
    const engine = new Engine(project, (line) => {
        say(`  ${line}`);
    });
    let interrupted = false;
    for (const signal of ["SIGINT", "SIGTERM"] as const) {
        process.on(signal, () => {
            if (!interrupted) say("Interrupted: ending what runs, then removing what was made.");
            interrupted = true;
            engine.interrupt();
        });
    }

    const backend = backendFolder(process.env["PULUMI_BACKEND_URL"]);
    if (backend !== undefined) mendBackend(backend, "top-n-words", stack);
    await removeLeftover(engine, say);
    const files = options.files.length > 0 ? options.files : ownDocuments();
    if (!interrupted) await configure(engine, options, files);

    let code = 1;
    if (!interrupted) {
        say(
            `Deploying examples/top-n-words: one task for each of ${files.length} file${files.length === 1 ? "" : "s"}`,
        );
        const up = await engine.run([
            "up",
            "--yes",
            "--skip-preview",
            "--stack",
            stack,
            "--suppress-outputs",
        ]);
        if (up === 0) {
            const results = await readResults(engine, stack, files);
            deliver(results, options, say);
            code = 0;
        } else if (!interrupted) {
            for (const line of await failuresOf(engine, stack)) process.stderr.write(`${line}\n`);
        }
    }
    if (interrupted) code = 130;
    if (options.keep && !interrupted) {
        sayHowToLookAround(say);
        return code;
    }
    say("Destroying the stack");
    const destroyed = await destroy(engine);
    if (destroyed !== 0)
        process.stderr.write(
            "error: the stack could not be destroyed; `npx batchlocal reset` removes all of it\n",
        );
    return code === 0 ? destroyed : code;
}

/** What a kept or killed run left behind. */
async function removeLeftover(engine: Engine, say: (line: string) => void): Promise<void> {
    const stacks = await engine.read(["stack", "ls", "--json"]);
    const present =
        stacks !== undefined &&
        (JSON.parse(stacks) as { name: string }[]).some(({ name }) => name.split("/").at(-1) === stack);
    if (!present) return;
    say("Removing what an earlier run left");
    // A killed engine leaves its lock and what it was about to do.
    await engine.run(["cancel", "--yes", "--stack", stack], silent);
    if ((await destroy(engine)) !== 0)
        throw new Error(
            "what an earlier run left could not be destroyed; `npx batchlocal reset` removes all of it",
        );
}

async function destroy(engine: Engine): Promise<number> {
    const code = await engine.run([
        "destroy",
        "--yes",
        "--skip-preview",
        "--stack",
        stack,
        "--suppress-outputs",
    ]);
    return code === 0 ? engine.run(["stack", "rm", "--yes", "--stack", stack], silent) : code;
}

async function configure(engine: Engine, options: StartArguments, files: readonly string[]): Promise<void> {
    const values = {
        "azure-native:location": "westus2",
        files: JSON.stringify(files.map((file) => path.resolve(file))),
        top: String(options.top),
        ...scriptOfUser(),
    };
    // A run that was killed may have left its stack's file, sealed with the passphrase of a data directory that is gone.
    rmSync(path.join(project, `Pulumi.${stack}.yaml`), { force: true });
    const plain = Object.entries(values).flatMap(([name, value]) => ["--plaintext", `${name}=${value}`]);
    for (const step of [
        ["stack", "init", stack],
        ["config", "set-all", "--stack", stack, ...plain],
    ]) {
        const lines: string[] = [];
        if ((await engine.run(step, (line) => lines.push(line))) !== 0) {
            throw new Error(`pulumi ${step.slice(0, 2).join(" ")} failed: ${lines.join(" ")}`);
        }
    }
}

/** Another task program than the example's own, for those who want to try one. */
function scriptOfUser(): { script?: string } {
    const script = process.env["TOP_WORDS_SCRIPT"];
    return script === undefined ? {} : { script: path.resolve(script) };
}

/** As a user in this folder would name them. */
function ownDocuments(): string[] {
    return ["ARCHITECTURE.md", "CHANGELOG.md", "CONTRIBUTING.md", "README.md"]
        .map((name) => path.join(root, name))
        .filter((file) => existsSync(file))
        .map((file) => path.relative(process.cwd(), file));
}

function deliver(results: readonly FileResult[], options: StartArguments, say: (line: string) => void): void {
    const text = `${JSON.stringify(results, undefined, 4)}\n`;
    if (options.results !== undefined) writeFileSync(options.results, text);
    if (options.json) process.stdout.write(text);
    else say(`\n${reportOf(results)}\n`);
}

function sayHowToLookAround(say: (line: string) => void): void {
    say("Batch Local goes on serving, and the stack is deployed. From the root of the repository:");
    const commands = {
        status: "what runs, and where",
        [`exec -- pulumi stack --stack ${stack}`]: "what is deployed",
        "exec -- az batch pool list": "pools, with the Azure CLI where it is installed",
        [`exec -- pulumi destroy --stack ${stack}`]: "removes the stack",
        stop: "ends Batch Local",
    };
    for (const [command, what] of Object.entries(commands))
        say(`  npx batchlocal ${command.padEnd(39)} ${what}`);
}

void main().then(
    (code) => {
        process.exitCode = code;
    },
    (problem: unknown) => {
        process.stderr.write(`error: ${problem instanceof Error ? problem.message : String(problem)}\n`);
        process.exitCode = 1;
    },
);
