import { spawn, type ChildProcess } from "node:child_process";
import path from "node:path";
import { createInterface } from "node:readline";

/** The Pulumi CLI on one project. Output goes to `print` line by line; one command at a time. */
export class Engine {
    private running: ChildProcess | undefined;

    constructor(
        private readonly project: string,
        private readonly print: (line: string) => void,
    ) {}

    /** Runs a command and shows what it says, here or where `print` says; the exit code. */
    run(args: readonly string[], print: (line: string) => void = this.print): Promise<number> {
        return this.start(args, (line) => {
            if (!isNoise(line)) print(line);
        });
    }

    /** Runs a command for its standard output; undefined when it failed. */
    async read(args: readonly string[]): Promise<string | undefined> {
        const lines: string[] = [];
        const code = await this.start(args, (line, stream) => {
            if (stream === "stdout") lines.push(line);
        });
        return code === 0 ? lines.join("\n") : undefined;
    }

    /** Asks the running command to end what it does and stop. */
    interrupt(): void {
        this.running?.kill("SIGINT");
    }

    private start(
        args: readonly string[],
        onLine: (line: string, stream: "stdout" | "stderr") => void,
    ): Promise<number> {
        return new Promise((resolve, reject) => {
            const child = spawn(
                process.execPath,
                [
                    path.join(__dirname, "guard.js"),
                    "pulumi",
                    ...args,
                    "--non-interactive",
                    "--color",
                    "never",
                ],
                {
                    cwd: this.project,
                    stdio: ["pipe", "pipe", "pipe"],
                    detached: true,
                    // The examples are type-checked by `npm test`; once more at each command would cost ten seconds.
                    env: { ...process.env, PULUMI_NODEJS_TRANSPILE_ONLY: "true" },
                },
            );
            this.running = child;
            const lines = (["stdout", "stderr"] as const).map(
                (stream) =>
                    new Promise<void>((done) => {
                        createInterface({ input: child[stream] })
                            .on("line", (line) => {
                                onLine(line, stream);
                            })
                            .on("close", done);
                    }),
            );
            child.on("error", reject);
            child.on("close", (code) => {
                this.running = undefined;
                void Promise.all(lines).then(() => {
                    resolve(code ?? 1);
                });
            });
        });
    }
}

/** Dots while it waits, blank lines, components (their children are shown), and the beginning of what soon ends. */
function isNoise(line: string): boolean {
    const text = line.trim();
    return (
        text === "" ||
        /^@ (updating|destroying|previewing)/.test(text) ||
        /pulumi-azure-batch:index:\S+ \S+ (creating|created|deleting|deleted|updating|updated)\b/.test(
            text,
        ) ||
        /(creating|deleting|updating|refreshing) \(\d+s\)$/.test(text) ||
        /^(The resources in the stack have been deleted|If you want to remove the stack completely)/.test(
            text,
        )
    );
}
