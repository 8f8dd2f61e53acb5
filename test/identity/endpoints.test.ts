import assert from "node:assert/strict";
import { generateKeyPairSync } from "node:crypto";
import { createLocalJWKSet, decodeJwt, jwtVerify, SignJWT, type JSONWebKeySet } from "jose";
import { secretCredential, type Application } from "../../local/identity";
import { base, fixture, serveEndpoints, type Endpoints, type Fixture } from "./support";

interface Json {
    [key: string]: unknown;
}

describe("identity: endpoints", () => {
    let fix: Fixture;
    let server: Endpoints;
    before(async () => {
        fix = await fixture();
        server = await serveEndpoints(fix.identity);
    });
    after(async () => {
        await server.close();
        fix.close();
    });

    const get = async (
        path: string,
        headers: Record<string, string> = {},
    ): Promise<{ status: number; body: Json }> => {
        const response = await fetch(server.address + path, { headers });
        const text = await response.text();
        return { status: response.status, body: text === "" ? {} : (JSON.parse(text) as Json) };
    };
    const post = async (path: string, form: Record<string, string>, headers: Record<string, string> = {}) => {
        const response = await fetch(server.address + path, {
            method: "POST",
            body: new URLSearchParams(form),
            headers,
        });
        return { status: response.status, body: (await response.json()) as Json };
    };
    const tokenPath = () => `/${fix.identity.tenantId}/oauth2/v2.0/token`;
    const credentials = (): Record<string, string> => ({
        grant_type: "client_credentials",
        client_id: fix.identity.client.clientId,
        client_secret: fix.identity.client.clientSecret,
        scope: "https://batch.core.windows.net//.default openid offline_access profile",
    });
    const without = (name: string) =>
        Object.fromEntries(Object.entries(credentials()).filter(([key]) => key !== name));

    it("describe the cloud in the form of each api-version", async () => {
        const { body } = await get("/metadata/endpoints?api-version=2022-09-01");
        assert.equal(body.resourceManager, base);
        const authentication = body.authentication as { loginEndpoint: string; audiences: string[] };
        assert.equal(authentication.loginEndpoint, base);
        assert.ok(authentication.audiences[0]);
        const list = (await get("/metadata/endpoints?api-version=2019-05-01")).body as unknown as Json[];
        assert.deepEqual(list, [body]);
        const oldest = (await get("/metadata/endpoints?api-version=2015-01-01")).body;
        assert.deepEqual(oldest.authentication, { loginEndpoint: base, audiences: authentication.audiences });
    });

    it("leave other paths and verbs alone", async () => {
        for (const path of ["/subscriptions?api-version=2022-12-01", "/", "/metadata", `${tokenPath()}`]) {
            assert.equal((await fetch(server.address + path)).status, 418, path);
        }
    });

    for (const [path, v2] of [
        ["/TENANT/v2.0/.well-known/openid-configuration", true],
        ["/TENANT/.well-known/openid-configuration", false],
        ["/adfs/.well-known/openid-configuration", false],
    ] as const) {
        it(`lead from ${path} to a token that the published keys verify`, async () => {
            const { body: configuration } = await get(path.replace("TENANT", fix.identity.tenantId));
            const here = (url: unknown) => String(url).replace(base, "");
            assert.ok(String(configuration.issuer).startsWith(base));
            assert.ok(String(configuration.authorization_endpoint).startsWith(base));
            const form = v2
                ? credentials()
                : { ...without("scope"), resource: "https://management.azure.com/" };
            const { status, body } = await post(here(configuration.token_endpoint), form);
            assert.equal(status, 200, JSON.stringify(body));
            const { body: jwks } = await get(here(configuration.jwks_uri));
            const { payload } = await jwtVerify(
                String(body.access_token),
                createLocalJWKSet(jwks as unknown as JSONWebKeySet),
            );
            assert.equal(
                payload.aud,
                v2 ? "https://batch.core.windows.net/" : "https://management.azure.com/",
            );
            assert.equal(payload.oid, fix.identity.client.objectId);
            assert.equal(Number(body.expires_in), 3600);
        });
    }

    it("tell clients that this authority is known", async () => {
        const { body } = await get("/common/discovery/instance?api-version=1.1&authorization_endpoint=x");
        assert.equal(String(body.tenant_discovery_endpoint).startsWith(base), true);
        assert.deepEqual((body.metadata as { aliases: string[] }[])[0]?.aliases, ["127.0.0.1:12345"]);
    });

    it("take the secret in the Authorization header too", async () => {
        const { clientId, clientSecret } = fix.identity.client;
        const authorization = `Basic ${Buffer.from(`${clientId}:${clientSecret}`).toString("base64")}`;
        const form = { grant_type: "client_credentials", scope: "https://management.azure.com/.default" };
        assert.equal((await post(tokenPath(), form, { authorization })).status, 200);
        const wrong = `Basic ${Buffer.from(`${clientId}:wrong`).toString("base64")}`;
        assert.deepEqual(
            (await post(tokenPath(), form, { authorization: wrong })).body.error_codes,
            [7000215],
        );
    });

    it("refuse wrong sign-ins in Entra's words", async () => {
        const cases: [string, Record<string, string>, number, string, number][] = [
            ["a wrong secret", { ...credentials(), client_secret: "wrong" }, 401, "invalid_client", 7000215],
            ["an empty secret", { ...credentials(), client_secret: "" }, 401, "invalid_client", 7000216],
            ["no secret", without("client_secret"), 401, "invalid_client", 7000216],
            [
                "an unknown application",
                { ...credentials(), client_id: "nobody" },
                400,
                "unauthorized_client",
                700016,
            ],
            ["no application", without("client_id"), 400, "invalid_request", 900144],
            ["no grant", without("grant_type"), 400, "invalid_request", 900144],
            [
                "another grant",
                { ...credentials(), grant_type: "password" },
                400,
                "unsupported_grant_type",
                70003,
            ],
            [
                "a scope without a resource",
                { ...credentials(), scope: "openid" },
                400,
                "invalid_scope",
                1002012,
            ],
            [
                "an assertion that is none",
                { ...without("client_secret"), client_assertion: "a.b.c", client_assertion_type: jwtBearer },
                400,
                "invalid_request",
                50027,
            ],
        ];
        for (const [name, form, status, error, code] of cases) {
            const answer = await post(tokenPath(), form);
            assert.equal(answer.status, status, name);
            assert.equal(answer.body.error, error, name);
            assert.deepEqual(answer.body.error_codes, [code], name);
            assert.match(String(answer.body.error_description), new RegExp(`^AADSTS${code}: `), name);
            assert.ok(!JSON.stringify(answer.body).includes(fix.identity.client.clientSecret), name);
            assert.equal(answer.body.access_token, undefined, name);
        }
        const elsewhere = await post("/another-tenant/oauth2/v2.0/token", credentials());
        assert.deepEqual(elsewhere.body.error_codes, [90002]);
    });

    it("refuse a form that is far too big", async () => {
        const response = await post(tokenPath(), { ...credentials(), padding: "x".repeat(200_000) });
        assert.equal(response.status, 400);
    });

    describe("sign in applications of the directory", () => {
        const rsa = generateKeyPairSync("rsa", { modulusLength: 2048 });
        const stranger = generateKeyPairSync("rsa", { modulusLength: 2048 });
        const robot: Application = { clientId: "robot", objectId: "robot-object", credentials: [] };
        let credential: Application["credentials"] = [];
        before(() => {
            fix.identity.useApplications((id) =>
                id === "robot" ? { ...robot, credentials: credential } : undefined,
            );
        });
        after(() => fix.identity.useApplications(() => undefined));

        const assertion = (claims: Json = {}, key = rsa.privateKey) =>
            new SignJWT({ iss: "robot", sub: "robot", aud: `${base}${tokenPath()}`, ...claims })
                .setProtectedHeader({ alg: "RS256" })
                .setExpirationTime((claims.exp as number | undefined) ?? "5m")
                .sign(key);
        const present = async (client_assertion: string) => {
            const form = {
                ...without("client_secret"),
                client_id: "robot",
                client_assertion_type: jwtBearer,
                client_assertion,
            };
            return (await post(tokenPath(), form)).body;
        };

        it("with one of their secrets that has not expired", async () => {
            credential = [
                secretCredential("old", Date.now() - 1),
                secretCredential("new", Date.now() + 60_000),
            ];
            const ask = async (client_secret: string) =>
                (await post(tokenPath(), { ...credentials(), client_id: "robot", client_secret })).body;
            assert.equal(decodeJwt(String((await ask("new")).access_token)).oid, "robot-object");
            assert.deepEqual((await ask("old")).error_codes, [7000222]);
            assert.deepEqual((await ask("other")).error_codes, [7000215]);
            assert.deepEqual((await ask(fix.identity.client.clientSecret)).error_codes, [7000215]);
        });

        it("with an assertion of their certificate, and with no other", async () => {
            credential = [
                { kind: "key", publicKey: { ...rsa.publicKey.export({ format: "jwk" }), kty: "RSA" } },
            ];
            assert.ok((await present(await assertion())).access_token);
            const past = Math.floor(Date.now() / 1000) - 10;
            assert.deepEqual((await present(await assertion({}, stranger.privateKey))).error_codes, [700027]);
            assert.deepEqual((await present(await assertion({ exp: past }))).error_codes, [700024]);
            assert.deepEqual(
                (await present(await assertion({ aud: "https://elsewhere/" }))).error_codes,
                [700023],
            );
            assert.ok((await present(await assertion({ sub: "other" }))).error);
            const none = `${Buffer.from('{"alg":"none"}').toString("base64url")}.${(await assertion()).split(".")[1]}.`;
            assert.ok((await present(none)).error);
        });

        it("with a managed identity's token that a federated credential names", async () => {
            const audience = "api://AzureADTokenExchange";
            const claims = { objectId: "pool-identity", applicationId: "pool-app", audience };
            credential = [
                { kind: "federated", issuer: fix.identity.issuer, subject: "pool-identity", audiences: [] },
            ];
            assert.ok((await present(await fix.identity.issueToken(claims))).access_token);
            const wrong = [{ objectId: "another" }, { audience: "https://batch.core.windows.net/" }];
            for (const change of wrong) {
                assert.deepEqual(
                    (await present(await fix.identity.issueToken({ ...claims, ...change }))).error_codes,
                    [70021],
                );
            }
            const forged = await new SignJWT({
                iss: fix.identity.issuer,
                sub: "pool-identity",
                aud: audience,
            })
                .setProtectedHeader({ alg: "RS256" })
                .setExpirationTime("5m")
                .sign(stranger.privateKey);
            assert.deepEqual((await present(forged)).error_codes, [700027]);
        });
    });

    describe("for managed identities", () => {
        const msi = (query: string, header?: string) =>
            get(
                `/msi/token?api-version=2019-08-01&${query}`,
                header === undefined ? {} : { "X-IDENTITY-HEADER": header },
            );
        const resource = "resource=https%3A%2F%2Fbatch.core.windows.net%2F";

        it("give a token for the resource that was asked for", async () => {
            const { status, body } = await msi(resource, fix.identity.identityHeader);
            assert.equal(status, 200);
            assert.equal(body.token_type, "Bearer");
            assert.equal(body.resource, "https://batch.core.windows.net/");
            assert.match(String(body.expires_on), /^\d{10}$/);
            const outcome = await fix.identity.verifyToken(String(body.access_token), [
                "https://batch.core.windows.net/",
            ]);
            assert.ok(!("problem" in outcome));
        });

        it("give nothing without the header or with a wrong one", async () => {
            for (const header of [undefined, "", "wrong", `${fix.identity.identityHeader}x`]) {
                const { status, body } = await msi(resource, header);
                assert.equal(status, 401, String(header));
                assert.equal(body.access_token, undefined);
            }
        });

        it("ask for the resource and the api-version", async () => {
            assert.equal((await msi("", fix.identity.identityHeader)).status, 400);
            const old = await get(`/msi/token?api-version=2017-09-01&${resource}`, {
                "X-IDENTITY-HEADER": fix.identity.identityHeader,
            });
            assert.equal(old.status, 400);
        });

        it("answer as the user-assigned identity that a node's header and the query choose", async () => {
            const armId =
                "/subscriptions/s/resourceGroups/g/providers/Microsoft.ManagedIdentity/userAssignedIdentities/one";
            fix.identity.registerManagedIdentity("node-1", {
                objectId: "o1",
                clientId: "c1",
                resourceIds: [armId],
            });
            const subject = async (query: string) => {
                const { status, body } = await msi(
                    query === "" ? resource : `${resource}&${query}`,
                    "node-1",
                );
                return status === 200 ? decodeJwt(String(body.access_token)).oid : status;
            };
            assert.equal(await subject(""), "o1");
            fix.identity.registerManagedIdentity("node-1", {
                objectId: "o2",
                clientId: "c2",
                resourceIds: [],
            });
            assert.equal(await subject(""), 400);
            assert.equal(await subject("client_id=c2"), "o2");
            assert.equal(await subject(`mi_res_id=${encodeURIComponent(armId.toUpperCase())}`), "o1");
            assert.equal(await subject("object_id=o2"), "o2");
            assert.equal(await subject("client_id=c3"), 400);
            assert.equal(
                await subject(`client_id=${fix.identity.client.clientId}`),
                400,
                "another header's identity",
            );
            fix.identity.forgetManagedIdentity("node-1");
            assert.equal(await subject("client_id=c2"), 401);
        });
    });
});

const jwtBearer = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
