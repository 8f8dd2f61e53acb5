import assert from "node:assert/strict";
import { generateKeyPairSync } from "node:crypto";
import { decodeJwt, decodeProtectedHeader, SignJWT } from "jose";
import type { TokenProblem } from "../../local/identity/identity";
import { Tokens } from "../../local/identity/tokens";
import { openKeys } from "../../local/identity";
import { fixture, type Fixture } from "./support";

const batch = "https://batch.core.windows.net/";
const who = { objectId: "11111111-2222-3333-4444-555555555555", applicationId: "app-1", audience: batch };

describe("identity: tokens", () => {
    let ours: Fixture;
    let foreign: Fixture;
    before(async () => {
        ours = await fixture();
        foreign = await fixture();
    });
    after(() => {
        ours.close();
        foreign.close();
    });

    const problem = async (token: string, audiences = [batch]): Promise<TokenProblem["problem"] | "none"> => {
        const outcome = await ours.identity.verifyToken(token, audiences);
        return "problem" in outcome ? outcome.problem : "none";
    };
    /** Signed with our own key, with claims we would never give. */
    const forge = async (claims: Record<string, unknown>): Promise<string> => {
        const { createPrivateKey } = await import("node:crypto");
        const keys = await openKeys(ours.directory);
        const now = Math.floor(Date.now() / 1000);
        return new SignJWT({
            iss: ours.identity.issuer,
            aud: batch,
            oid: who.objectId,
            tid: ours.identity.tenantId,
            iat: now,
            nbf: now - 10,
            exp: now + 100,
            ...claims,
        })
            .setProtectedHeader({
                alg: "RS256",
                kid: decodeProtectedHeader(await ours.identity.issueToken(who)).kid,
            })
            .sign(createPrivateKey(keys.tokenKey));
    };

    it("prove who asks, to the resource they were made for", async () => {
        const token = await ours.identity.issueToken(who);
        for (const audience of [batch, "https://batch.core.windows.net"]) {
            assert.deepEqual(await ours.identity.verifyToken(token, [audience]), {
                kind: "token",
                objectId: who.objectId,
                applicationId: who.applicationId,
                tenantId: ours.identity.tenantId,
                audience: batch,
            });
        }
    });

    it("carry Entra's claims of version 1 and of version 2", async () => {
        const v1 = decodeJwt(await ours.identity.issueToken(who));
        assert.equal(v1.ver, "1.0");
        assert.equal(v1.appid, who.applicationId);
        assert.equal(v1.iss, ours.identity.issuers[0]);
        const v2 = decodeJwt(await ours.identity.issueToken({ ...who, version: "2.0" }));
        assert.equal(v2.ver, "2.0");
        assert.equal(v2.azp, who.applicationId);
        assert.equal(v2.iss, ours.identity.issuers[1]);
        for (const claims of [v1, v2]) {
            assert.equal(claims.sub, who.objectId);
            assert.equal(claims.oid, who.objectId);
            assert.equal(claims.tid, ours.identity.tenantId);
            assert.equal((claims.exp ?? 0) - (claims.iat ?? 0), 3600);
            assert.ok((claims.nbf ?? 0) <= (claims.iat ?? 0));
        }
        assert.equal(await problem(await ours.identity.issueToken({ ...who, version: "2.0" })), "none");
    });

    it("are refused for another resource, also when the token is known already", async () => {
        const token = await ours.identity.issueToken(who);
        assert.equal(await problem(token, ["https://management.azure.com/"]), "audience");
        assert.equal(await problem(token), "none");
        assert.equal(await problem(token, ["https://management.azure.com/"]), "audience");
        assert.equal(await problem(token, []), "audience");
    });

    it("are refused when another tenant signed them", async () => {
        assert.equal(await problem(await foreign.identity.issueToken(who)), "signature");
    });

    it("are refused when another key signed them under our key's id and issuer", async () => {
        const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
        const model = await ours.identity.issueToken(who);
        const token = await new SignJWT(decodeJwt(model))
            .setProtectedHeader({ alg: "RS256", kid: decodeProtectedHeader(model).kid })
            .sign(privateKey);
        assert.equal(await problem(token), "signature");
    });

    it("are refused with alg=none and with a secret made of our public key", async () => {
        const [, payload] = (await ours.identity.issueToken(who)).split(".");
        const none = Buffer.from(JSON.stringify({ alg: "none", typ: "JWT" })).toString("base64url");
        assert.equal(await problem(`${none}.${payload}.`), "algorithm");
        const claims = decodeJwt(await ours.identity.issueToken(who));
        const confused = await new SignJWT(claims)
            .setProtectedHeader({ alg: "HS256" })
            .sign(Buffer.from(JSON.stringify(ours.identity.jwks.keys[0])));
        assert.equal(await problem(confused), "algorithm");
    });

    it("are refused when a claim was changed after signing", async () => {
        const [head, payload = "", signature] = (await ours.identity.issueToken(who)).split(".");
        const claims = JSON.parse(Buffer.from(payload, "base64url").toString()) as Record<string, unknown>;
        const changed = Buffer.from(JSON.stringify({ ...claims, oid: "somebody-else" })).toString(
            "base64url",
        );
        assert.equal(await problem(`${head}.${changed}.${signature}`), "signature");
    });

    it("are refused before their time and after it", async () => {
        const now = Math.floor(Date.now() / 1000);
        assert.equal(await problem(await forge({})), "none");
        assert.equal(await problem(await forge({ exp: now - 1 })), "expired");
        assert.equal(await problem(await forge({ nbf: now + 60 })), "notYetValid");
    });

    it("that are remembered expire all the same", async () => {
        const keys = await openKeys(ours.directory);
        const tokens = await Tokens.open(keys.tokenKey, "tenant", ["https://a/", "https://b/"]);
        const start = 1_700_000_000_000;
        const token = await tokens.issue({ ...who, lifetime: 60 }, start);
        assert.ok(!("problem" in (await tokens.verify(token, [batch], start))));
        assert.ok(!("problem" in (await tokens.verify(token, [batch], start + 59_999))));
        for (const [at, expected] of [
            [start + 60_000, "expired"],
            [start - 301_000, "notYetValid"],
        ] as const) {
            const outcome = await tokens.verify(token, [batch], at);
            assert.equal("problem" in outcome && outcome.problem, expected);
        }
    });

    it("are refused with a foreign issuer or tenant, or with claims missing, though our key signed them", async () => {
        assert.equal(await problem(await forge({ iss: "https://sts.windows.net/other/" })), "issuer");
        assert.equal(await problem(await forge({ tid: "other" })), "issuer");
        for (const claim of ["exp", "nbf", "aud", "oid", "tid", "iss"]) {
            assert.notEqual(await problem(await forge({ [claim]: undefined })), "none", claim);
        }
        assert.equal(await problem(await forge({ aud: [batch, "https://other/"] })), "malformed");
    });

    it("are refused when they are no tokens", async () => {
        for (const text of ["", "a.b.c", "Bearer", "x".repeat(5000), "..", "e30.e30.e30"]) {
            assert.equal(await problem(text), "malformed", text.slice(0, 20));
        }
    });

    it("of thousands of clients do not pile up in memory", async () => {
        const keys = await openKeys(ours.directory);
        const tokens = await Tokens.open(keys.tokenKey, "tenant", ["https://a/", "https://b/"]);
        const first = await tokens.issue(who);
        assert.ok(!("problem" in (await tokens.verify(first, [batch]))));
        for (let index = 0; index < 1100; index++) await tokens.verify(await tokens.issue(who), [batch]);
        assert.ok(
            !("problem" in (await tokens.verify(first, [batch]))),
            "a forgotten token is verified anew",
        );
    }).timeout(20_000);
});
