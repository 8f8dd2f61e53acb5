/** `/healthz`: whether the service can do its work. Says nothing else, since anybody may ask. */
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Store } from "../store/store";
import { version } from "./version";

export interface HealthParts {
    store: Pick<Store, "committed">;
    storageRuns(): boolean;
}

/** Answers when the request is for health; false when it is for somebody else. */
export async function answerHealth(
    request: IncomingMessage,
    response: ServerResponse,
    { store, storageRuns }: HealthParts,
): Promise<boolean> {
    if (!/^\/healthz(?:\?|$)/.test(request.url ?? "")) return false;
    const problem = !storageRuns() ? "the storage process has ended" : await brokenStore(store);
    const body = JSON.stringify(
        problem === undefined ? { status: "healthy", version } : { status: "unhealthy", version, problem },
    );
    response.writeHead(problem === undefined ? 200 : 503, {
        "Content-Type": "application/json; charset=utf-8",
        "Content-Length": Buffer.byteLength(body),
        "Cache-Control": "no-store",
    });
    response.end(request.method === "HEAD" ? undefined : body);
    return true;
}

async function brokenStore(store: Pick<Store, "committed">): Promise<string | undefined> {
    try {
        await store.committed();
        return undefined;
    } catch {
        return "the store cannot be written";
    }
}
