import assert from "node:assert/strict";
import { createHmac, createPrivateKey, createPublicKey, generateKeyPairSync, randomBytes } from "node:crypto";
import { mkdtempSync, readFileSync, realpathSync, rmSync } from "node:fs";
import https from "node:https";
import { tmpdir } from "node:os";
import path from "node:path";
import { SignJWT, UnsecuredJWT, type JWTPayload } from "jose";
import { ServiceClient } from "../../local/cli/client";
import { findService } from "../../local/cli/discovery";
import { identityDirectory } from "../../local/identity";
import { run } from "../local-cli/support";

type Plane = "Batch" | "resource manager" | "storage";

/** A credential that somebody might try, as the header each plane would get. */
interface Attempt {
    credential: string;
    /** `undefined`: no credential at all. Absent planes have no such credential. */
    headers: Partial<Record<Plane, Promise<Record<string, string>> | Record<string, string>>>;
}

const audiences: Record<Plane, string> = {
    Batch: "https://batch.core.windows.net/",
    "resource manager": "https://management.azure.com/",
    storage: "https://storage.azure.com/",
};
const planes = Object.keys(audiences) as Plane[];

describe("wrong credentials, tried on Batch, the resource manager and storage of a running service", function () {
    this.timeout(120_000);
    let data: string;
    let client: ServiceClient;
    let urls: Record<Plane, string>;
    let batch: { name: string; key: string };
    let storage: { name: string; key: string };
    let signingKey: ReturnType<typeof createPrivateKey>;
    let keyId: string;
    let issuer: string;
    let ca: string;

    before(async () => {
        data = realpathSync(mkdtempSync(path.join(tmpdir(), "credentials-")));
        const { code, stderr } = await run(["start", "--detach", "--data", data]);
        assert.equal(code, 0, stderr);
        const service = findService(data);
        assert.ok(service);
        client = new ServiceClient(service);
        const account = await client.defaultAccount();
        assert.ok(account?.key !== undefined && account.storage);
        batch = { name: account.name, key: account.key };
        storage = account.storage;
        ca = readFileSync(client.caFile, "utf8");
        const base = service.endpoints["resourceManager"] ?? "";
        urls = {
            Batch: `${account.endpoint}/jobs?api-version=2025-06-01`,
            "resource manager": `${base}/subscriptions?api-version=2022-12-01`,
            storage: `${account.storage.endpoints.blob.replace(/\/$/, "")}?comp=list`,
        };
        signingKey = createPrivateKey(readFileSync(path.join(identityDirectory(data), "token.key.pem")));
        issuer = `${base}/${client.secrets.tenantId}/`;
        const good = (await token()).split(".")[0] ?? "";
        keyId = (JSON.parse(Buffer.from(good, "base64url").toString()) as { kid: string }).kid;
    });
    after(async () => {
        client.close();
        await run(["stop", "--data", data]);
        rmSync(data, { recursive: true, force: true, maxRetries: 5 });
    });

    const send = (url: string, headers: Record<string, string>, method = "GET", body = "") =>
        new Promise<{ status: number; code: string; body: string }>((resolve, reject) => {
            const length = method === "GET" ? {} : { "content-length": Buffer.byteLength(body) };
            const request = https.request(
                url,
                { ca, method, headers: { ...headers, ...length } },
                (answer) => {
                    let text = "";
                    answer.setEncoding("utf8").on("data", (part: string) => (text += part));
                    answer.on("end", () => {
                        const code =
                            answer.headers["x-ms-error-code"] ??
                            /"code":"(\w+)"|"error":"(\w+)"/.exec(text)?.slice(1).join("");
                        resolve({ status: answer.statusCode ?? 0, code: String(code ?? ""), body: text });
                    });
                },
            );
            request.on("error", reject).end(body);
        });

    /** A token that the service gives to who has its client's secret. */
    async function token(resource = audiences["resource manager"]): Promise<string> {
        const { clientId, clientSecret } = client.secrets.client;
        const form = { grant_type: "client_credentials", client_id: clientId, client_secret: clientSecret };
        const url = `${issuer}oauth2/v2.0/token`;
        const body = new URLSearchParams({ ...form, scope: `${resource}.default` }).toString();
        const type = { "content-type": "application/x-www-form-urlencoded" };
        const answer = await send(url, type, "POST", body);
        assert.equal(answer.status, 200, answer.body);
        return (JSON.parse(answer.body) as { access_token: string }).access_token;
    }

    const now = () => Math.floor(Date.now() / 1000);
    const claims = (plane: Plane, more: JWTPayload = {}): JWTPayload => ({
        iss: issuer,
        aud: audiences[plane],
        oid: client.secrets.client.objectId,
        sub: client.secrets.client.objectId,
        tid: client.secrets.tenantId,
        appid: client.secrets.client.clientId,
        iat: now(),
        nbf: now() - 60,
        exp: now() + 3600,
        ...more,
    });
    const signed = (plane: Plane, more: JWTPayload = {}, key = signingKey) =>
        new SignJWT(claims(plane, more))
            .setProtectedHeader({ alg: "RS256", typ: "JWT", kid: keyId })
            .sign(key);
    const bearer = (text: string) => ({ authorization: `Bearer ${text}`, "x-ms-version": "2024-11-04" });

    /** Signed as a Shared Key client of the plane does it. */
    function sharedKey(plane: Plane, key: string, minutes = 0): Record<string, string> {
        const date = new Date(Date.now() + minutes * 60_000).toUTCString();
        const hmac = (text: string) =>
            createHmac("sha256", Buffer.from(key, "base64")).update(text, "utf8").digest("base64");
        if (plane === "Batch") {
            const text = `GET\n\n\n\n\n\n\n\n\n\n\n\nocp-date:${date}\n/${batch.name}/jobs\napi-version:2025-06-01`;
            return { "ocp-date": date, authorization: `SharedKey ${batch.name}:${hmac(text)}` };
        }
        const version = "2024-11-04";
        const text = `GET\n\n\n\n\n\n\n\n\n\n\n\nx-ms-date:${date}\nx-ms-version:${version}\n/${storage.name}/${storage.name}\ncomp:list`;
        return {
            "x-ms-date": date,
            "x-ms-version": version,
            authorization: `SharedKey ${storage.name}:${hmac(text)}`,
        };
    }

    const onEach = (make: (plane: Plane) => Promise<string>): Attempt["headers"] =>
        Object.fromEntries(planes.map((plane) => [plane, make(plane).then(bearer)]));
    const withKeys = (make: (plane: Plane) => Record<string, string>): Attempt["headers"] => ({
        Batch: make("Batch"),
        storage: make("storage"),
    });
    const another = (plane: Plane): Plane => (plane === "Batch" ? "storage" : "Batch");

    /** Other keys for both accounts: what was good is of no use from the answer on. */
    async function regenerate(): Promise<void> {
        const authorization = {
            authorization: `Bearer ${await token()}`,
            "content-type": "application/json",
        };
        const group = `${new URL(issuer).origin}/subscriptions/${client.secrets.subscriptionId}/resourceGroups/batchlocal/providers`;
        const answers = [
            await send(
                `${group}/Microsoft.Batch/batchAccounts/${batch.name}/regenerateKeys?api-version=2024-07-01`,
                authorization,
                "POST",
                JSON.stringify({ keyName: "Primary" }),
            ),
            await send(
                `${group}/Microsoft.Storage/storageAccounts/${storage.name}/regenerateKey?api-version=2024-01-01`,
                authorization,
                "POST",
                JSON.stringify({ keyName: "key1" }),
            ),
        ];
        for (const { status, body } of answers) assert.equal(status, 200, body);
    }

    it("takes the right ones", async () => {
        for (const plane of planes) {
            const own = await send(urls[plane], bearer(await token(audiences[plane])));
            assert.equal(own.status, 200, `${plane}: ${own.body}`);
            // What the table changes is the only thing wrong with it.
            const made = await send(urls[plane], bearer(await signed(plane)));
            assert.equal(made.status, 200, `${plane}: ${made.body}`);
        }
        for (const [plane, { key }] of [
            ["Batch", batch],
            ["storage", storage],
        ] as const) {
            const answer = await send(urls[plane], sharedKey(plane, key));
            assert.equal(answer.status, 200, `${plane}: ${answer.body}`);
        }
    });

    it("refuses each with the service's own code", async () => {
        const [oldBatch, oldStorage] = [batch.key, storage.key];
        const foreign = generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey;
        const publicPem = createPublicKey(signingKey).export({ type: "spki", format: "pem" });
        const wrongKey = randomBytes(64).toString("base64");
        const none = (plane: Plane) => Promise.resolve(new UnsecuredJWT(claims(plane)).encode());
        const hmac = (plane: Plane) =>
            new SignJWT(claims(plane))
                .setProtectedHeader({ alg: "HS256", typ: "JWT", kid: keyId })
                .sign(Buffer.from(publicPem));
        const otherClaims = async (plane: Plane) => {
            const [head, , signature] = (await signed(plane, { aud: "https://x/" })).split(".");
            return `${head}.${Buffer.from(JSON.stringify(claims(plane))).toString("base64url")}.${signature}`;
        };
        await regenerate();
        const account = await client.defaultAccount();
        const keyNow = (plane: Plane) => (plane === "Batch" ? account?.key : account?.storage?.key) ?? "";
        for (const plane of ["Batch", "storage"] as const) {
            assert.notEqual(keyNow(plane), plane === "Batch" ? oldBatch : oldStorage);
            assert.equal((await send(urls[plane], sharedKey(plane, keyNow(plane)))).status, 200, plane);
            assert.equal((await send(urls[plane], sharedKey(plane, keyNow(plane), -14))).status, 200, plane);
        }
        const attempts: Attempt[] = [
            { credential: "none at all", headers: Object.fromEntries(planes.map((plane) => [plane, {}])) },
            { credential: "wrong key", headers: withKeys((plane) => sharedKey(plane, wrongKey)) },
            {
                credential: "old key, after another was made",
                headers: withKeys((plane) => sharedKey(plane, plane === "Batch" ? oldBatch : oldStorage)),
            },
            {
                credential: "clock 16 minutes behind",
                headers: withKeys((plane) => sharedKey(plane, keyNow(plane), -16)),
            },
            {
                credential: "clock 16 minutes ahead",
                headers: withKeys((plane) => sharedKey(plane, keyNow(plane), 16)),
            },
            { credential: "expired token", headers: onEach((plane) => signed(plane, { exp: now() - 60 })) },
            {
                credential: "token of tomorrow",
                headers: onEach((plane) => signed(plane, { nbf: now() + 86_400 })),
            },
            { credential: "token of a foreign key", headers: onEach((plane) => signed(plane, {}, foreign)) },
            {
                credential: "token of a foreign issuer",
                headers: onEach((plane) => signed(plane, { iss: "https://sts.windows.net/other/" })),
            },
            {
                credential: "token of a foreign tenant",
                headers: onEach((plane) => signed(plane, { tid: "other" })),
            },
            {
                credential: "token for another plane",
                headers: onEach((plane) => signed(plane, { aud: audiences[another(plane)] })),
            },
            { credential: "alg=none", headers: onEach(none) },
            { credential: "HMAC with the public key", headers: onEach(hmac) },
            { credential: "other claims under the signature", headers: onEach(otherClaims) },
            { credential: "no token", headers: onEach(() => Promise.resolve("nonsense")) },
        ];
        const codes: Record<Plane, string[]> = {
            Batch: ["400 MissingRequiredHeader", "401 AuthenticationFailed", "403 AuthenticationFailed"],
            "resource manager": [
                "401 AuthenticationFailed",
                "401 InvalidAuthenticationToken",
                "401 ExpiredAuthenticationToken",
            ],
            storage: [
                "401 NoAuthenticationInformation",
                "401 InvalidAuthenticationInfo",
                "403 AuthenticationFailed",
            ],
        };
        const lines: string[][] = [["credential", ...planes]];
        const believed: string[] = [];
        for (const { credential, headers } of attempts) {
            const cells: string[] = [];
            for (const plane of planes) {
                const given = await headers[plane];
                if (!given) {
                    cells.push("-");
                    continue;
                }
                const { status, code } = await send(urls[plane], given);
                const cell = `${status} ${code}`;
                cells.push(cell);
                if (!codes[plane].includes(cell)) believed.push(`${credential}, ${plane}: ${cell}`);
            }
            lines.push([credential, ...cells]);
        }
        const width = [0, 1, 2, 3].map((at) => Math.max(...lines.map((line) => line[at]?.length ?? 0)));
        for (const line of lines)
            process.stdout.write(`      ${line.map((cell, at) => cell.padEnd(width[at] ?? 0)).join("  ")}\n`);
        assert.deepEqual(believed, []);
        assert.equal(lines.length, attempts.length + 1);
    });

    it("gives no token for a wrong secret", async () => {
        const { clientId } = client.secrets.client;
        const url = `${issuer}oauth2/v2.0/token`;
        const ask = (form: Record<string, string>) =>
            send(
                url,
                { "content-type": "application/x-www-form-urlencoded" },
                "POST",
                new URLSearchParams({
                    grant_type: "client_credentials",
                    scope: `${audiences.Batch}.default`,
                    ...form,
                }).toString(),
            );
        const wrong = await ask({ client_id: clientId, client_secret: "wrong" });
        assert.deepEqual([wrong.status, wrong.code], [401, "invalid_client"]);
        assert.match(wrong.body, /AADSTS7000215/);
        const unknown = await ask({
            client_id: "00000000-0000-4000-8000-000000000000",
            client_secret: "wrong",
        });
        assert.equal(unknown.status, 400);
        assert.match(unknown.body, /AADSTS700016/);
    });
});
