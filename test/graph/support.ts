import assert from "node:assert/strict";
import http from "node:http";
import type { AddressInfo } from "node:net";
import { applicationsOf, graphHandler, isGraph } from "../../local/graph";
import { identityEndpoints } from "../../local/identity";
import { openStore, type Store } from "../../local/store";
import { base, fixture, type Fixture } from "../identity/support";

export type Json = Record<string, unknown>;

/** Graph and the token endpoint on one port, on a store of their own. */
export class Directory {
    private constructor(
        readonly fix: Fixture,
        readonly store: Store,
        readonly address: string,
        private readonly server: http.Server,
        readonly token: string,
    ) {}

    static async open(): Promise<Directory> {
        const fix = await fixture();
        const store = openStore(":memory:");
        const graph = graphHandler({
            store,
            identity: fix.identity,
            scheduler: { now: () => Date.now() },
            graph: { baseUrls: [base] },
        });
        const identity = identityEndpoints(fix.identity);
        fix.identity.useApplications(applicationsOf(store));
        const server = http.createServer((request, response) => {
            if (isGraph(request.url ?? "")) graph(request, response);
            else void identity(request, response);
        });
        await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
        const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
        const token = await fix.identity.issueToken({ objectId: "o", applicationId: "a", audience: base });
        return new Directory(fix, store, address, server, token);
    }

    close(): void {
        this.server.closeAllConnections();
        this.server.close();
        this.store.close();
        this.fix.close();
    }

    async ask(method: string, path: string, body?: unknown): Promise<{ status: number; body: Json }> {
        const url = path.startsWith("http") ? path : `${this.address}${path}`;
        const response = await fetch(url, {
            method,
            headers: { "content-type": "application/json", authorization: `Bearer ${this.token}` },
            body: body === undefined ? undefined : JSON.stringify(body),
        });
        const text = await response.text();
        return { status: response.status, body: (text === "" ? {} : JSON.parse(text)) as Json };
    }

    async must(status: number, method: string, path: string, body?: unknown): Promise<Json> {
        const answer = await this.ask(method, path, body);
        assert.equal(answer.status, status, `${method} ${path}: ${JSON.stringify(answer.body)}`);
        return answer.body;
    }

    /** An application with its service principal. */
    async application(displayName: string): Promise<{ id: string; appId: string; principal: string }> {
        const { id, appId } = await this.must(201, "POST", "/v1.0/applications", { displayName });
        const principal = await this.must(201, "POST", "/v1.0/servicePrincipals", { appId });
        return { id: String(id), appId: String(appId), principal: String(principal["id"]) };
    }

    async signIn(form: Record<string, string>): Promise<Json> {
        const response = await fetch(`${this.address}/${this.fix.identity.tenantId}/oauth2/v2.0/token`, {
            method: "POST",
            body: new URLSearchParams({
                grant_type: "client_credentials",
                scope: "https://batch.core.windows.net/.default",
                ...form,
            }),
        });
        return (await response.json()) as Json;
    }
}
