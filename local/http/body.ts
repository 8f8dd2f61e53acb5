import type { IncomingMessage } from "node:http";

/** What came of reading a request's body. `gone`: the client left before it was whole. */
export type BodyRead = { text: string } | { problem: "noLength" | "tooLarge" | "gone" };

/**
 * A body beyond the limit is read and thrown away up to here before it is refused: to answer and close while it still comes would reset the
 * connection, and with it the answer. Some seconds of a core at most.
 */
const drainLimit = 2 * 2 ** 30;

/** Reads the whole body as text. Absent means empty; a body without its length is refused, as the service does. */
export function readBody(request: IncomingMessage, limit: number): Promise<BodyRead> {
    const declared = request.headers["content-length"];
    if (declared === undefined && request.headers["transfer-encoding"] === undefined) {
        return Promise.resolve({ problem: "noLength" });
    }
    if (declared === "0") return Promise.resolve({ text: "" });
    if (Number(declared) > drainLimit) return Promise.resolve({ problem: "tooLarge" });
    return new Promise((resolve) => {
        const chunks: Buffer[] = [];
        let size = 0;
        request.on("data", (chunk: Buffer) => {
            size += chunk.length;
            if (size <= limit) chunks.push(chunk);
            else if (size > drainLimit) resolve({ problem: "tooLarge" });
            else chunks.length = 0;
        });
        request.once("end", () => {
            resolve(
                size > limit ? { problem: "tooLarge" } : { text: Buffer.concat(chunks).toString("utf8") },
            );
        });
        request.once("error", () => resolve({ problem: "gone" }));
        request.once("close", () => resolve({ problem: "gone" }));
    });
}
