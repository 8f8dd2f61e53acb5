/** Stands on PATH as `pulumi` where there is no engine yet: gets one, then hands over. Waiting for it is for who runs it alone. */
import path from "node:path";
import { setup } from "./setup";

async function main(): Promise<number> {
    const [ownFolder = "", ...args] = process.argv.slice(2);
    const folders = (process.env.PATH ?? "").split(path.delimiter).filter((folder) => folder !== ownFolder);
    process.env.PATH = folders.join(path.delimiter);
    const { pulumi } = await setup.ensureEngine({ log: (line) => void process.stderr.write(`${line}\n`) });
    return setup.runForeground(pulumi, args);
}

main().then(
    (code) => process.exit(code),
    (error: unknown) => {
        process.stderr.write(`${setup.describe(error)}\n`);
        process.exit(1);
    },
);
