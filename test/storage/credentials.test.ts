import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { readFile } from "node:fs/promises";
import { request } from "node:https";
import { join } from "node:path";
import {
    BlobServiceClient,
    ContainerSASPermissions,
    generateBlobSASQueryParameters,
    StorageSharedKeyCredential,
} from "@azure/storage-blob";
import { UnsecuredJWT } from "jose";
import type { Storage } from "../../local/storage";
import {
    givenCertificate,
    givenIssuer,
    givenStorage,
    issuer,
    newAccount,
    newKey,
    temporaryFolder,
    type Issuer,
} from "./given";

interface Answer {
    readonly status: number;
    readonly code: string;
    readonly challenge: string | undefined;
    readonly body: string;
}

describe("credentials of storage", () => {
    const account = newAccount("creds");
    const folder = temporaryFolder();
    let storage: Storage;
    let us: Issuer;
    let ca: string | undefined;
    const inAnHour = (): Date => new Date(Date.now() + 3_600_000);

    before(async () => {
        us = await givenIssuer();
        ca = (await givenCertificate()).ca;
        storage = await givenStorage({ dataDir: folder.path, accounts: [account], trust: us.trust });
        const blobs = storage.blobs(account.name);
        await blobs.createContainer("secret");
        await blobs.put("secret", "blob", "content");
    });
    after(async () => {
        await storage.stop();
        folder.remove();
    });

    /** GET over TLS, trusting our certificate authority and nothing else. */
    function get(
        url: string,
        headers: Record<string, string> = {},
        method = "GET",
        body = "",
    ): Promise<Answer> {
        return new Promise((resolve, reject) => {
            const sent = request(
                url,
                { ca, method, headers: { "x-ms-version": "2025-07-05", ...headers } },
                (answer) => {
                    let text = "";
                    answer.setEncoding("utf8").on("data", (part: string) => (text += part));
                    answer.on("end", () =>
                        resolve({
                            status: answer.statusCode ?? 0,
                            code: String(answer.headers["x-ms-error-code"] ?? ""),
                            challenge: answer.headers["www-authenticate"],
                            body: text,
                        }),
                    );
                },
            );
            sent.on("error", reject).end(body);
        });
    }
    const blob = (): string => `${storage.blobEndpoint(account.name)}/secret/blob`;
    const bearer = (token: string): Record<string, string> => ({ authorization: `Bearer ${token}` });

    it("takes a token of the trusted issuer over TLS, with either form of the audience", async () => {
        for (const audience of ["https://storage.azure.com", "https://storage.azure.com/"]) {
            const answer = await get(blob(), bearer(await us.token({}, { audience })));
            assert.equal(answer.status, 200);
            assert.equal(answer.body, "content");
        }
    });

    it("refuses every wrong token with the service's code", async () => {
        const foreign = await givenIssuer();
        const good = await us.token();
        const [head, claims] = good.split(".");
        const hmac = `${Buffer.from('{"alg":"HS256","kid":"one"}').toString("base64url")}.${claims}`;
        const publicKey = JSON.stringify(us.trust.jwks.keys[0]);
        const tokens: Record<string, string> = {
            expired: await us.token({}, { expires: Math.floor(Date.now() / 1000) - 60 }),
            "not yet valid": await us.token({}, { notBefore: "5m" }),
            "signed by a foreign key": await foreign.token(),
            "of a foreign issuer": await us.token({}, { issuer: "https://sts.windows.net/other/" }),
            "for another audience": await us.token({}, { audience: "https://batch.core.windows.net/" }),
            "for one that only begins alike": await us.token(
                {},
                { audience: "https://storage.azure.com.evil.example/" },
            ),
            "alg none": new UnsecuredJWT({ oid: "x" })
                .setIssuer(issuer)
                .setAudience("https://storage.azure.com")
                .setExpirationTime("1h")
                .encode(),
            "HMAC with the public key": `${hmac}.${createHmac("sha256", publicKey).update(hmac).digest("base64url")}`,
            "with other claims under the signature": `${head}.${Buffer.from('{"oid":"root"}').toString("base64url")}.${good.split(".")[2]}`,
            "no token at all": "",
            "no JWT": "abc",
        };
        for (const [what, token] of Object.entries(tokens)) {
            const answer = await get(blob(), bearer(token));
            assert.equal(answer.status, 401, what);
            assert.equal(answer.code, "InvalidAuthenticationInfo", what);
            assert.match(answer.challenge ?? "", /^Bearer authorization_uri=/, what);
            assert.match(answer.body, /<AuthenticationErrorDetail>/, what);
            console.log(`      token ${what}: ${answer.status} ${answer.code}`);
        }
    });

    it("refuses a good token over plain HTTP", async () => {
        const answer = await fetch(blob().replace("https:", "http:"), {
            headers: { ...bearer(await us.token()), "x-ms-version": "2025-07-05" },
        });
        assert.equal(answer.status, 403);
        assert.equal(answer.headers.get("x-ms-error-code"), "AuthenticationFailed");
    });

    it("asks who has no credentials to bring some, on each service", async () => {
        const endpoints = [
            storage.blobEndpoint(account.name),
            storage.queueEndpoint(account.name),
            storage.tableEndpoint(account.name),
        ];
        const paths = ["/?comp=list", "/?comp=list", "/Tables"];
        const json = { accept: "application/json;odata=nometadata" };
        for (const [index, endpoint] of endpoints.entries()) {
            const answer = await get(endpoint + paths[index]);
            assert.equal(answer.status, 401);
            assert.equal(answer.code, "NoAuthenticationInformation");
            const withToken = await get(endpoint + paths[index], { ...json, ...bearer(await us.token()) });
            assert.equal(withToken.status, 200, withToken.body);
            const withForeign = await get(
                endpoint + paths[index],
                bearer(await (await givenIssuer()).token()),
            );
            assert.equal(withForeign.code, "InvalidAuthenticationInfo");
        }
    });

    it("knows the accounts it was given and no other, Azurite's well-known one neither", async () => {
        const wellKnown =
            "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==";
        for (const name of ["devstoreaccount1", "unknown"]) {
            await assert.rejects(list(name, wellKnown), { statusCode: 404, code: "ResourceNotFound" });
            const answer = await get(`${storage.blobEndpoint(name)}/?comp=list`, bearer(await us.token()));
            assert.equal(answer.status, 404);
        }
    });

    function list(name: string, key: string): Promise<unknown> {
        const client = new BlobServiceClient(
            storage.blobEndpoint(name, "http"),
            new StorageSharedKeyCredential(name, key),
        );
        return client.listContainers().next();
    }

    it("takes either key and no other; a regenerated key makes the old one useless at once", async () => {
        const name = "rotated";
        const [first, second, third] = [newKey(), newKey(), newKey()];
        await assert.rejects(list(name, first), { statusCode: 404 });
        await storage.setAccount({ name, keys: [first, second] });
        await list(name, first);
        await list(name, second);
        await assert.rejects(list(name, third), { statusCode: 403, code: "AuthenticationFailed" });
        await storage.setAccount({ name, keys: [third, second] });
        await assert.rejects(list(name, first), { statusCode: 403, code: "AuthenticationFailed" });
        await list(name, second);
        await list(name, third);
        await storage.removeAccount(name);
        await assert.rejects(list(name, third), { statusCode: 404 });
    });

    it("refuses a signature made with a key that is gone, that has expired, or that asks for more than it grants", async () => {
        const name = "signed";
        const old = { name, keys: [newKey(), newKey()] as const };
        await storage.setAccount(old);
        await storage.blobs(name).createContainer("box");
        await storage.blobs(name).put("box", "a b/ü", "x");
        const url = storage.blobSas(name, "box", "a b/ü", { permissions: "r", expires: inAnHour() });
        assert.equal((await get(url)).body, "x");
        assert.equal((await get(url, {}, "DELETE")).code, "AuthorizationPermissionMismatch");
        const forged = url.replace("/a%20b/", "/other/");
        assert.equal((await get(forged)).code, "AuthenticationFailed");
        const expired = storage.blobSas(name, "box", "a b/ü", {
            permissions: "r",
            expires: new Date(Date.now() - 60_000),
        });
        assert.equal((await get(expired)).status, 403);
        const listing = storage.containerSas(name, "box", { permissions: "rl", expires: inAnHour() });
        assert.equal((await get(`${listing}&restype=container&comp=list`)).status, 200);
        await storage.setAccount({ name, keys: [newKey(), newKey()] });
        assert.equal((await get(url)).code, "AuthenticationFailed");
        assert.equal((await get(`${listing}&restype=container&comp=list`)).status, 403);
    });

    it("refuses Shared Key with a clock more than 15 minutes off", async () => {
        for (const [minutes, expected] of [
            [0, 200],
            [-14, 200],
            [-16, 403],
            [16, 403],
        ] as const) {
            const date = new Date(Date.now() + minutes * 60_000).toUTCString();
            const toSign = `GET\n\n\n\n\n\n\n\n\n\n\n\nx-ms-date:${date}\nx-ms-version:2025-07-05\n/${account.name}/${account.name}/secret/blob`;
            const signed = createHmac("sha256", Buffer.from(account.keys[0], "base64"))
                .update(toSign)
                .digest("base64");
            const headers = { "x-ms-date": date, authorization: `SharedKey ${account.name}:${signed}` };
            const answer = await get(blob(), headers);
            assert.equal(answer.status, expected, `${minutes} minutes: ${answer.body}`);
            if (expected === 403) assert.equal(answer.code, "AuthenticationFailed");
        }
    });

    it("gives user delegation keys for a token alone, and nobody can make one from Azurite's source", async () => {
        const starts = new Date(Date.now() - 60_000);
        const body = `<?xml version="1.0"?><KeyInfo><Start>${iso(starts)}</Start><Expiry>${iso(inAnHour())}</Expiry></KeyInfo>`;
        const service = `${storage.blobEndpoint(account.name)}/?restype=service&comp=userdelegationkey`;
        const type = { "content-type": "application/xml" };
        assert.equal((await get(service, type, "POST", body)).status, 401);
        const made = await get(service, { ...type, ...bearer(await us.token()) }, "POST", body);
        assert.equal(made.status, 200, made.body);
        const field = (name: string): string =>
            new RegExp(`<${name}>(.*?)</${name}>`).exec(made.body)?.[1] ?? "";
        const query = (value: string): string =>
            generateBlobSASQueryParameters(
                {
                    containerName: "secret",
                    permissions: ContainerSASPermissions.parse("r"),
                    expiresOn: inAnHour(),
                    version: "2023-11-03",
                },
                {
                    signedObjectId: field("SignedOid"),
                    signedTenantId: field("SignedTid"),
                    signedStartsOn: new Date(field("SignedStart")),
                    signedExpiresOn: new Date(field("SignedExpiry")),
                    signedService: "b",
                    signedVersion: field("SignedVersion"),
                    value,
                },
                account.name,
            ).toString();
        assert.equal((await get(`${blob()}?${query(field("Value"))}`)).body, "content");

        const parts = ["SignedOid", "SignedTid", "SignedStart", "SignedExpiry"].map(field);
        const guessed = createHmac("sha256", "azurite-user-delegation-signing-seed-v1")
            .update([...parts, "b", field("SignedVersion")].join("\n"))
            .digest("base64");
        assert.notEqual(guessed, field("Value"));
        assert.equal((await get(`${blob()}?${query(guessed)}`)).status, 403);
    });

    it("reads a public container without credentials, and refuses wrong ones there too", async () => {
        const client = new BlobServiceClient(
            storage.blobEndpoint(account.name, "http"),
            new StorageSharedKeyCredential(account.name, account.keys[0]),
        );
        const open = client.getContainerClient("open");
        await open.create({ access: "blob" });
        await open.getBlockBlobClient("x").upload("1", 1);
        const url = `${storage.blobEndpoint(account.name)}/open/x`;
        assert.equal((await get(url)).status, 200);
        assert.equal((await get(url, bearer("abc"))).status, 401);
    });

    it("follows a change of the trusted keys at once", async () => {
        const next = await givenIssuer();
        const old = await us.token();
        await storage.setTrust(next.trust);
        assert.equal((await get(blob(), bearer(await next.token()))).status, 200);
        assert.equal((await get(blob(), bearer(old))).status, 401);
        await storage.setTrust(us.trust);
        assert.equal((await get(blob(), bearer(old))).status, 200);
    });

    it("writes no key to its files", async () => {
        await storage.setAccount(account);
        for (const file of ["metadata.db", "metadata.db-wal"]) {
            const text = await readFile(join(folder.path, "storage", file), "latin1").catch(() => "");
            for (const key of account.keys) assert.ok(!text.includes(key));
        }
    });
});

const iso = (date: Date): string => date.toISOString().replace(/\.\d+Z$/, "Z");
