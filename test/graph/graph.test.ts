import assert from "node:assert/strict";
import http from "node:http";
import type { AddressInfo } from "node:net";
import { decodeJwt } from "jose";
import { applicationsOf, graphHandler, isGraph } from "../../local/graph";
import { identityEndpoints } from "../../local/identity";
import { openStore, type Store } from "../../local/store";
import { base, fixture, type Fixture } from "../identity/support";

type Json = Record<string, unknown>;

describe("graph", () => {
    let fix: Fixture;
    let store: Store;
    let server: http.Server;
    let address: string;
    let token: string;
    before(async () => {
        fix = await fixture();
        store = openStore(":memory:");
        const services = {
            store,
            identity: fix.identity,
            scheduler: { now: () => Date.now() },
            graph: { baseUrls: [base] },
        };
        const graph = graphHandler(services);
        const identity = identityEndpoints(fix.identity);
        fix.identity.useApplications(applicationsOf(store));
        server = http.createServer((request, response) => {
            if (isGraph(request.url ?? "")) graph(request, response);
            else void identity(request, response);
        });
        await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
        address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
        token = await tokenFor(base);
    });
    after(() => {
        server.closeAllConnections();
        server.close();
        store.close();
        fix.close();
    });

    const tokenFor = (audience: string) =>
        fix.identity.issueToken({ objectId: "o", applicationId: "a", audience });
    const ask = async (method: string, path: string, body?: unknown, bearer: string | undefined = token) => {
        const response = await fetch(`${address}/v1.0${path}`, {
            method,
            headers: {
                "content-type": "application/json",
                ...(bearer === "" ? {} : { authorization: `Bearer ${bearer}` }),
            },
            body: body === undefined ? undefined : JSON.stringify(body),
        });
        const text = await response.text();
        return { status: response.status, body: (text === "" ? {} : JSON.parse(text)) as Json };
    };
    const must = async (status: number, ...args: Parameters<typeof ask>) => {
        const answer = await ask(...args);
        assert.equal(answer.status, status, JSON.stringify(answer.body));
        return answer.body;
    };
    const signIn = async (form: Record<string, string>) => {
        const response = await fetch(`${address}/${fix.identity.tenantId}/oauth2/v2.0/token`, {
            method: "POST",
            body: new URLSearchParams({
                grant_type: "client_credentials",
                scope: "https://batch.core.windows.net/.default",
                ...form,
            }),
        });
        return (await response.json()) as Json;
    };
    const errorCode = (body: Json) => (body.error as { code: string }).code;

    it("refuses whoever has no token, one for another resource, or a forged one", async () => {
        const none = `${Buffer.from('{"alg":"none"}').toString("base64url")}.${token.split(".")[1]}.`;
        for (const wrong of ["", "x", none, await tokenFor("https://management.azure.com/")]) {
            const { status, body } = await ask("GET", "/applications", undefined, wrong);
            assert.equal(status, 401);
            assert.equal(errorCode(body), "InvalidAuthenticationToken");
        }
        await must(200, "GET", "/applications", undefined, await tokenFor("https://graph.microsoft.com/"));
    });

    it("keeps applications and their service principals", async () => {
        const made = await must(201, "POST", "/applications", {
            displayName: "render",
            tags: ["x"],
            appId: "mine",
        });
        assert.notEqual(made.appId, "mine");
        assert.equal(made.secretHashes, undefined);
        const read = await must(200, "GET", `/applications/${String(made.id)}`);
        assert.equal(read.displayName, "render");
        await must(204, "PATCH", `/applications/${String(made.id)}`, {
            displayName: "farm",
            id: "other",
            secretHashes: {},
        });
        assert.equal((await must(200, "GET", `/applications/${String(made.id)}`)).displayName, "farm");
        const found = await must(
            200,
            "GET",
            `/applications?$filter=${encodeURIComponent(`appId eq '${String(made.appId)}'`)}`,
        );
        assert.equal((found.value as Json[]).length, 1);
        const principal = await must(201, "POST", "/servicePrincipals", { appId: made.appId });
        assert.equal(principal.displayName, "farm");
        assert.equal((await ask("POST", "/servicePrincipals", { appId: made.appId })).status, 409);
        assert.equal((await ask("POST", "/servicePrincipals", { appId: "nobody" })).status, 400);
        await must(204, "DELETE", `/applications/${String(made.id)}`);
        for (const gone of [
            `/applications/${String(made.id)}`,
            `/servicePrincipals/${String(principal.id)}`,
        ]) {
            const { status, body } = await ask("GET", gone);
            assert.equal(status, 404);
            assert.equal(errorCode(body), "Request_ResourceNotFound");
        }
    });

    it("refuses what makes no sense", async () => {
        assert.equal(errorCode((await ask("POST", "/applications", {})).body), "Request_BadRequest");
        assert.equal((await ask("POST", "/applications", [])).status, 400);
        assert.equal((await ask("GET", "/applications?$filter=x")).status, 400);
        assert.equal((await ask("GET", "/users")).status, 501);
        const { id } = await must(201, "POST", "/applications", { displayName: "strict" });
        const credential = { name: "n", issuer: "i", subject: "s", audiences: ["a"] };
        for (const wrong of [
            { ...credential, name: "" },
            { ...credential, audiences: [] },
            { ...credential, issuer: undefined },
        ]) {
            assert.equal(
                (await ask("POST", `/applications/${String(id)}/federatedIdentityCredentials`, wrong)).status,
                400,
            );
        }
        const dates = { passwordCredential: { startDateTime: "2030-01-01", endDateTime: "2029-01-01" } };
        assert.equal((await ask("POST", `/applications/${String(id)}/addPassword`, dates)).status, 400);
        assert.equal(
            (await ask("POST", `/applications/${String(id)}/removePassword`, { keyId: "none" })).status,
            400,
        );
    });

    it("lets an application sign in with a password until it is removed, once it has a service principal", async () => {
        const { id, appId } = await must(201, "POST", "/applications", { displayName: "robot" });
        const password = await must(200, "POST", `/applications/${String(id)}/addPassword`, {
            passwordCredential: { displayName: "ci" },
        });
        const form = { client_id: String(appId), client_secret: String(password.secretText) };
        assert.deepEqual((await signIn(form)).error_codes, [700016]);
        const principal = await must(201, "POST", "/servicePrincipals", { appId });
        assert.equal(decodeJwt(String((await signIn(form)).access_token)).oid, principal.id);
        assert.deepEqual((await signIn({ ...form, client_secret: "wrong" })).error_codes, [7000215]);
        const kept = JSON.stringify(store.resources.list());
        assert.ok(!kept.includes(String(password.secretText)), "a secret is kept as its hash alone");
        const read = await must(200, "GET", `/applications/${String(id)}`);
        assert.equal((read.passwordCredentials as Json[])[0]?.secretText, null);
        const expired = await must(200, "POST", `/applications/${String(id)}/addPassword`, {
            passwordCredential: {
                startDateTime: "2020-01-01T00:00:00Z",
                endDateTime: "2021-01-01T00:00:00Z",
            },
        });
        assert.deepEqual(
            (await signIn({ ...form, client_secret: String(expired.secretText) })).error_codes,
            [7000222],
        );
        await must(204, "POST", `/applications/${String(id)}/removePassword`, { keyId: password.keyId });
        assert.deepEqual((await signIn(form)).error_codes, [7000215]);
    });

    it("lets a managed identity stand for an application that trusts it", async () => {
        const { id, appId } = await must(201, "POST", "/applications", { displayName: "federated" });
        await must(201, "POST", "/servicePrincipals", { appId });
        const audience = "api://AzureADTokenExchange";
        const place = `/applications/${String(id)}/federatedIdentityCredentials`;
        const entry = {
            name: "pool",
            issuer: fix.identity.issuer,
            subject: "pool-identity",
            audiences: [audience],
        };
        const credential = await must(201, "POST", place, entry);
        assert.equal((await ask("POST", place, entry)).status, 400);
        const present = async (objectId: string) =>
            signIn({
                client_id: String(appId),
                client_assertion_type: "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
                client_assertion: await fix.identity.issueToken({ objectId, applicationId: "p", audience }),
            });
        assert.ok((await present("pool-identity")).access_token);
        assert.deepEqual((await present("another")).error_codes, [70021]);
        await must(204, "PATCH", `${place}/${String(credential.id)}`, { subject: "another" });
        assert.equal((await must(200, "GET", `${place}/pool`)).subject, "another");
        assert.ok((await present("another")).access_token);
        await must(204, "DELETE", `${place}/${String(credential.id)}`);
        assert.deepEqual((await present("another")).error_codes, [70021]);
        assert.deepEqual((await must(200, "GET", place)).value, []);
    });
});
