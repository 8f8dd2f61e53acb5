import { createRequire } from "node:module";
import { launchStorage } from "../storage/launch";
import type { ServiceOptions } from "./options";
import type { Service } from "./serve";

const load = createRequire(__filename);

/**
 * Starts the service in this process, as `serve` does, and sooner: its storage process loads beside it, while this one loads and
 * opens the rest. To be imported by what must not load the service itself first.
 */
export async function launchService(options: ServiceOptions): Promise<Service> {
    const storage = launchStorage();
    // It is told by whoever speaks to the process next.
    storage.on("error", () => undefined);
    try {
        const { serve } = load("./serve") as typeof import("./serve");
        return await serve(options, storage);
    } catch (error) {
        storage.kill("SIGKILL");
        throw error;
    }
}
