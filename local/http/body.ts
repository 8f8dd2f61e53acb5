import type { IncomingMessage } from "node:http";

/** What came of reading a request's body. `gone`: the client left before it was whole. */
export type BodyRead = { text: string } | { problem: "noLength" | "tooLarge" | "gone" };

/** Reads the whole body as text. Absent means empty; a body without its length is refused, as the service does. */
export function readBody(request: IncomingMessage, limit: number): Promise<BodyRead> {
    const declared = request.headers["content-length"];
    if (declared === undefined && request.headers["transfer-encoding"] === undefined) {
        return Promise.resolve({ problem: "noLength" });
    }
    if (declared === "0") return Promise.resolve({ text: "" });
    // What is left of it is read and thrown away while the refusal is under way: closing at once would reset the connection, and with
    // it what the client has not read yet.
    if (Number(declared) > limit) return Promise.resolve({ problem: "tooLarge" });
    return new Promise((resolve) => {
        const chunks: Buffer[] = [];
        let size = 0;
        request.on("data", (chunk: Buffer) => {
            size += chunk.length;
            if (size <= limit) chunks.push(chunk);
            else resolve({ problem: "tooLarge" });
        });
        request.once("end", () => {
            resolve({ text: Buffer.concat(chunks).toString("utf8") });
        });
        request.once("error", () => resolve({ problem: "gone" }));
        request.once("close", () => resolve({ problem: "gone" }));
    });
}
