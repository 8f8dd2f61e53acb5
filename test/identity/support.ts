import { mkdtempSync, rmSync } from "node:fs";
import http from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { identityEndpoints, openIdentity, type LocalIdentity } from "../../local/identity";

export const base = "https://127.0.0.1:12345";

export interface Fixture {
    directory: string;
    identity: LocalIdentity;
    close(): void;
}

export async function fixture(): Promise<Fixture> {
    const directory = mkdtempSync(path.join(tmpdir(), "batchlocal-identity-"));
    const identity = await openIdentity(directory, { issuerBase: base });
    return { directory, identity, close: () => rmSync(directory, { recursive: true, force: true }) };
}

export interface Endpoints {
    address: string;
    close(): Promise<void>;
}

/** The identity endpoints alone, on a port of their own. */
export async function serveEndpoints(identity: LocalIdentity): Promise<Endpoints> {
    const handle = identityEndpoints(identity);
    const server = http.createServer((request, response) => {
        void handle(request, response).then((handled) => {
            if (!handled) response.writeHead(418).end();
        });
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    return {
        address: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
        close: () =>
            new Promise((resolve) => {
                server.closeAllConnections();
                server.close(() => resolve());
            }),
    };
}
