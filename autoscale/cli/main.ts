import { run } from "./program";

/** Entry of the `batch-autoscale` command. */
export async function main(): Promise<void> {
    // A reader such as `head` may close early; that is not an error.
    process.stdout.on("error", (error: NodeJS.ErrnoException) => {
        if (error.code !== "EPIPE") throw error;
    });
    process.exitCode = await run(process.argv.slice(2), {
        out: (text) => process.stdout.write(text),
        error: (text) => process.stderr.write(text),
    });
}

if (require.main === module) void main();
