import assert from "node:assert/strict";
import type { webcrypto } from "node:crypto";
import http from "node:http";
import https from "node:https";
import type { AddressInfo } from "node:net";
import { decodeJwt, exportJWK, generateKeyPair, SignJWT, UnsecuredJWT, type JWTPayload } from "jose";
import { Directory, type Json } from "./support";

const audience = "api://AzureADTokenExchange";

/** An issuer of tokens as a CI system is one, on this machine. */
class Issuer {
    keys: { privateKey: webcrypto.CryptoKey; publicKey: webcrypto.CryptoKey; kid: string }[] = [];
    asked = 0;
    answer: ((path: string) => unknown) | undefined;

    private constructor(
        readonly url: string,
        private readonly server: http.Server | https.Server,
    ) {}

    static async open(tls?: { key: string; cert: string }): Promise<Issuer> {
        const found: { issuer?: Issuer } = {};
        const handler: http.RequestListener = (request, response) => {
            const { issuer } = found;
            if (issuer) issuer.asked++;
            void issuer?.documents(request.url ?? "").then((body) => {
                if (body === undefined) response.writeHead(404).end();
                else if (typeof body === "string") response.writeHead(302, { location: body }).end();
                else response.end(JSON.stringify(body));
            });
        };
        const server = tls ? https.createServer(tls, handler) : http.createServer(handler);
        await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
        const { port } = server.address() as AddressInfo;
        const issuer = new Issuer(`${tls ? "https" : "http"}://127.0.0.1:${port}/ci`, server);
        await issuer.turnKeys();
        return (found.issuer = issuer);
    }

    async turnKeys(): Promise<void> {
        const pair = await generateKeyPair("RS256", { extractable: true });
        this.keys = [{ ...pair, kid: `key-${Math.random()}` }];
    }

    private async documents(path: string): Promise<unknown> {
        const special = this.answer?.(path);
        if (special !== undefined) return special;
        if (path === "/ci/.well-known/openid-configuration")
            return { issuer: this.url, jwks_uri: `${this.url}/jwks` };
        if (path !== "/ci/jwks") return undefined;
        return {
            keys: await Promise.all(
                this.keys.map(async ({ publicKey, kid }) => ({
                    ...(await exportJWK(publicKey)),
                    kid,
                    alg: "RS256",
                })),
            ),
        };
    }

    sign(claims: JWTPayload = {}, key = this.keys[0]): Promise<string> {
        if (!key) throw new Error("no key");
        const seconds = Math.floor(Date.now() / 1000);
        return new SignJWT({
            iss: this.url,
            sub: "repo:one",
            aud: audience,
            exp: seconds + 300,
            iat: seconds,
            ...claims,
        })
            .setProtectedHeader({ alg: "RS256", kid: key.kid })
            .sign(key.privateKey);
    }

    close(): void {
        this.server.closeAllConnections();
        this.server.close();
    }
}

describe("graph: federated credentials of other issuers", () => {
    let directory: Directory;
    let issuer: Issuer;
    let appId: string;
    let place: string;
    before(async () => {
        directory = await Directory.open();
        issuer = await Issuer.open();
        const made = await directory.application("ci");
        appId = made.appId;
        place = `/v1.0/applications/${made.id}/federatedIdentityCredentials`;
        await trust("one", issuer.url);
    });
    after(() => {
        issuer.close();
        directory.close();
    });
    afterEach(() => {
        issuer.answer = undefined;
    });

    const trust = (name: string, url: string, subject = "repo:one") =>
        directory.must(201, "POST", place, { name, issuer: url, subject, audiences: [audience] });
    const present = async (assertion: string): Promise<Json> =>
        directory.signIn({
            client_id: appId,
            client_assertion_type: "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
            client_assertion: assertion,
        });
    const refused = async (assertion: string) => (await present(assertion))["error_codes"];

    it("sign in with what the issuer's published keys verify", async () => {
        const { access_token } = await present(await issuer.sign());
        assert.equal(decodeJwt(String(access_token))["appid"], appId);
    });

    it("refuse what is forged, changed, expired, or meant for others", async () => {
        const { privateKey } = await generateKeyPair("RS256");
        const stranger = { privateKey, publicKey: privateKey, kid: issuer.keys[0]?.kid ?? "" };
        const good = await issuer.sign();
        const [head, , signature] = good.split(".");
        const claims = Buffer.from(JSON.stringify({ ...decodeJwt(good), jti: "x" })).toString("base64url");
        const secret = new TextEncoder().encode("a shared secret that is long enough");
        const wrong: [string, string, number][] = [
            ["a stranger's key", await issuer.sign({}, stranger), 700027],
            ["changed claims", `${head}.${claims}.${signature}`, 700027],
            ["alg none", new UnsecuredJWT(decodeJwt(good)).encode(), 700027],
            [
                "HS256",
                await new SignJWT(decodeJwt(good)).setProtectedHeader({ alg: "HS256" }).sign(secret),
                700027,
            ],
            ["expired", await issuer.sign({ exp: Math.floor(Date.now() / 1000) - 400 }), 700024],
            ["not yet valid", await issuer.sign({ nbf: Math.floor(Date.now() / 1000) + 400 }), 700024],
            ["without end", await issuer.sign({ exp: undefined }), 700027],
            ["another subject", await issuer.sign({ sub: "repo:two" }), 70021],
            ["another audience", await issuer.sign({ aud: "https://elsewhere" }), 70021],
            ["another issuer", await issuer.sign({ iss: `${issuer.url}/` }), 70021],
            ["no token", "abc", 50027],
        ];
        for (const [what, assertion, code] of wrong) assert.deepEqual(await refused(assertion), [code], what);
        assert.ok((await present(good))["access_token"]);
    });

    it("refuse a key as soon as the issuer has taken it back", async () => {
        const old = await issuer.sign();
        assert.ok((await present(old))["access_token"]);
        await issuer.turnKeys();
        assert.deepEqual(await refused(old), [700027]);
        assert.ok((await present(await issuer.sign()))["access_token"]);
    });

    it("refuse when the issuer does not answer as one", async () => {
        const discovery = "/ci/.well-known/openid-configuration";
        const answers: Record<string, (path: string) => unknown> = {
            "says another name": (path) =>
                path === discovery ? { issuer: "http://x", jwks_uri: issuer.url } : undefined,
            "has no keys": (path) => (path === "/ci/jwks" ? { keys: "none" } : undefined),
            "sends elsewhere": (path) => (path === discovery ? "http://127.0.0.1:1/" : undefined),
            "keeps its keys outside": (path) =>
                path === discovery ? { issuer: issuer.url, jwks_uri: "https://example.com/keys" } : undefined,
            "talks too long": (path) => (path === discovery ? { issuer: "x".repeat(400_000) } : undefined),
        };
        for (const [what, answer] of Object.entries(answers)) {
            issuer.answer = answer;
            assert.deepEqual(await refused(await issuer.sign()), [50166], what);
        }
    });

    it("ask nobody beyond this machine", async () => {
        const outside = [
            "https://token.example.com",
            "http://10.0.0.1/ci",
            "http://127.0.0.1.example.com/ci",
            "file:///etc",
        ];
        for (const [index, url] of outside.entries()) {
            await trust(`outside-${index}`, url);
            const answer = await present(await issuer.sign({ iss: url }));
            assert.deepEqual(answer["error_codes"], [50166], url);
            assert.match(String(answer["error_description"]), /out of reach/);
        }
    });

    it("take an https issuer whose certificate is of our own authority, and no other", async () => {
        const own = await Issuer.open(directory.fix.identity.tls);
        await trust("https", own.url);
        assert.ok((await present(await own.sign()))["access_token"]);
        own.close();
        assert.deepEqual(await refused(await own.sign()), [50166]);
    });

    it("are useless as soon as they are removed, without anybody being asked", async () => {
        const assertion = await issuer.sign();
        assert.ok((await present(assertion))["access_token"]);
        await directory.must(204, "DELETE", `${place}/one`);
        const { asked } = issuer;
        assert.deepEqual(await refused(assertion), [70021]);
        assert.equal(issuer.asked, asked);
    });

    it("are twenty at most", async () => {
        const { id } = await directory.application("many");
        const there = `/v1.0/applications/${id}/federatedIdentityCredentials`;
        const entry = (index: number) => ({
            name: `n${index}`,
            issuer: "https://i",
            subject: `s${index}`,
            audiences: ["a"],
        });
        for (let index = 0; index < 20; index++) await directory.must(201, "POST", there, entry(index));
        await directory.must(400, "POST", there, entry(20));
    });
});
