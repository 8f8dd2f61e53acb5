/** The set-up's own programs, which are plain JavaScript: two folders up from here in the sources as in the build. */
import { createRequire } from "node:module";

interface Engine {
    binDir: string;
    pulumi: string;
    version: string;
    source: "path" | "download" | "build";
}

interface Setup {
    /** Finds or gets the engine and puts it first on PATH of this process. */
    ensureEngine(options: { log(line: string): void }): Promise<Engine>;
    cacheFolder(env: NodeJS.ProcessEnv): string;
    runForeground(program: string, args: readonly string[], env?: NodeJS.ProcessEnv): Promise<number>;
    describe(error: unknown): string;
}

const load = createRequire(__filename);

export const setup: Setup = {
    ...(load("../../setup/common.js") as Pick<Setup, "cacheFolder" | "describe">),
    ensureEngine: (options) => (load("../../setup/engine.js") as Setup).ensureEngine(options),
    runForeground: (...args) => (load("../../setup/node.js") as Setup).runForeground(...args),
};
