import { createHash } from "node:crypto";
import {
    createServer,
    type IncomingHttpHeaders,
    type IncomingMessage,
    type Server,
    type ServerResponse,
} from "node:http";
import type { AddressInfo } from "node:net";

const signature = "sig=let-me-in";

/** As much of blob storage as nodes use: Get, Put Blob, Put Block, Put Block List and List, with one signature that opens all. */
export class BlobServer {
    readonly requests: { method: string; url: string; headers: IncomingHttpHeaders }[] = [];
    private readonly containers = new Map<string, Map<string, Buffer>>();
    private readonly blocks = new Map<string, Buffer>();
    private readonly hanging = new Set<string>();
    private failures = 0;
    private watchers: (() => void)[] = [];

    private constructor(private readonly server: Server) {}

    static async start(): Promise<BlobServer> {
        const server = createServer();
        const self = new BlobServer(server);
        server.on("request", (request, response) => {
            self.answer(request, response).catch((error: unknown) => response.destroy(error as Error));
        });
        await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
        return self;
    }

    async close(): Promise<void> {
        this.server.closeAllConnections();
        await new Promise((resolve) => this.server.close(resolve));
    }

    endpoint(): string {
        return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/acct`;
    }

    container(name: string, signed = true): string {
        const { port } = this.server.address() as AddressInfo;
        return `http://127.0.0.1:${port}/acct/${name}${signed ? `?${signature}` : ""}`;
    }

    url(container: string, blob: string, signed = true): string {
        const { port } = this.server.address() as AddressInfo;
        return `http://127.0.0.1:${port}/acct/${container}/${blob}${signed ? `?${signature}` : ""}`;
    }

    createContainer(name: string): void {
        this.containers.set(name, new Map());
    }

    put(container: string, blob: string, content: string | Uint8Array): void {
        if (!this.containers.has(container)) this.createContainer(container);
        this.containers.get(container)?.set(blob, Buffer.from(content));
    }

    remove(container: string, blob: string): void {
        this.containers.get(container)?.delete(blob);
    }

    names(container: string): string[] {
        return [...(this.containers.get(container)?.keys() ?? [])].sort();
    }

    get(container: string, blob: string): string | undefined {
        return this.containers.get(container)?.get(blob)?.toString();
    }

    size(container: string, blob: string): number | undefined {
        return this.containers.get(container)?.get(blob)?.length;
    }

    failNext(count: number): void {
        this.failures = count;
    }

    hang(container: string, blob: string): void {
        this.hanging.add(`/acct/${container}/${blob}`);
    }

    async asked(part: string): Promise<void> {
        while (!this.requests.some((request) => request.url.includes(part))) {
            await new Promise<void>((resolve) => this.watchers.push(resolve));
        }
    }

    private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
        const url = new URL(request.url ?? "", "http://local");
        this.requests.push({ method: request.method ?? "", url: url.href, headers: request.headers });
        for (const wake of this.watchers.splice(0)) wake();
        const chunks: Buffer[] = [];
        for await (const chunk of request) chunks.push(chunk as Buffer);
        const refuse = (status: number, code: string) => {
            response.writeHead(status, { "x-ms-error-code": code, "content-type": "application/xml" });
            response.end(
                `<?xml version="1.0"?><Error><Code>${code}</Code><Message>${code} ${request.url}</Message></Error>`,
            );
        };
        if (this.hanging.has(url.pathname)) return;
        if (this.failures > 0) {
            this.failures -= 1;
            return refuse(503, "ServerBusy");
        }
        const allowed = url.search.includes(signature) || request.headers.authorization === "Bearer a-token";
        if (!allowed) return refuse(403, "AuthenticationFailed");
        const [, , name = "", ...rest] = decodeURIComponent(url.pathname).split("/");
        const blob = rest.join("/");
        const container = this.containers.get(name);
        if (!container) return refuse(404, "ContainerNotFound");
        if (request.method === "DELETE") {
            response.writeHead(container.delete(blob) ? 202 : 404).end();
        } else if (request.method === "PUT") {
            this.store(container, blob, url, Buffer.concat(chunks));
            response
                .writeHead(201, {
                    etag: etagOf(container.get(blob)),
                    "last-modified": new Date().toUTCString(),
                })
                .end();
        } else if (url.searchParams.get("comp") === "list") {
            const prefix = url.searchParams.get("prefix") ?? "";
            response
                .writeHead(200, { "content-type": "application/xml" })
                .end(list([...container.entries()], prefix));
        } else {
            const content = container.get(blob);
            const answer = { etag: etagOf(content), "last-modified": new Date().toUTCString() };
            if (content)
                response.writeHead(200, { ...answer, "content-length": content.length }).end(content);
            else refuse(404, "BlobNotFound");
        }
    }

    private store(container: Map<string, Buffer>, blob: string, url: URL, body: Buffer): void {
        const { searchParams } = url;
        if (searchParams.get("comp") === "block") {
            this.blocks.set(searchParams.get("blockid") ?? "", body);
        } else if (searchParams.get("comp") === "blocklist") {
            const ids = [...body.toString().matchAll(/<Latest>(.*?)<\/Latest>/g)].map(
                (match) => match[1] ?? "",
            );
            container.set(blob, Buffer.concat(ids.map((id) => this.blocks.get(id) ?? Buffer.alloc(0))));
        } else {
            container.set(blob, body);
        }
    }
}

function etagOf(content: Buffer | undefined): string {
    return `"${createHash("sha256")
        .update(content ?? "")
        .digest("hex")}"`;
}

function list(entries: [string, Buffer][], prefix: string): string {
    const blobs = entries
        .filter(([name]) => name.startsWith(prefix))
        .map(
            ([name, content]) =>
                `<Blob><Name>${name.replaceAll("&", "&amp;")}</Name><Properties><Etag>${etagOf(content)}</Etag><Content-Length>${content.length}</Content-Length></Properties></Blob>`,
        );
    return `<?xml version="1.0" encoding="utf-8"?><EnumerationResults ServiceEndpoint="x" ContainerName="x"><Blobs>${blobs.join("")}</Blobs><NextMarker /></EnumerationResults>`;
}
