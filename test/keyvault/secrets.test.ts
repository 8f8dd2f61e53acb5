import assert from "node:assert/strict";
import { readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import http from "node:http";
import path from "node:path";
import { generateKeyPair, SignJWT, UnsecuredJWT } from "jose";
import { decodeJwt } from "jose";
import { openIdentity } from "../../local/identity";
import type { Arm } from "../arm/given";
import { armVersion, at, House, nameOf, refusalOf, vaultId, VaultClient, type Json } from "./given";

describe("key vault: secrets", function () {
    this.timeout(30_000);
    const house = new House();
    let arm: Arm;
    let vault: VaultClient;
    before(async () => {
        arm = await house.open();
        vault = await VaultClient.make(arm, "secrets-vault");
    });
    after(() => house.close());

    it("challenges whoever comes without a token, naming the authority and the resource", async () => {
        const answer = await vault.raw("GET", "secrets/any", undefined, {});
        assert.equal(refusalOf(answer), "401 Unauthorized");
        assert.equal(
            answer.headers["www-authenticate"],
            `Bearer authorization="${arm.base}/${arm.tenant}", resource="https://vault.azure.net"`,
        );
    });

    it("refuses wrong credentials of every kind, and shows nothing", async () => {
        await vault.must(200, "PUT", "secrets/guarded", { value: "guarded-value" });
        const good = await vault.token();
        const claims = decodeJwt(good);
        const seconds = Math.floor(Date.now() / 1000);
        const { privateKey } = await generateKeyPair("RS256");
        const foreign = await new SignJWT(claims).setProtectedHeader({ alg: "RS256" }).sign(privateKey);
        const [head = "", body = "", signature = ""] = good.split(".");
        const changed = Buffer.from(JSON.stringify({ ...claims, oid: "somebody" })).toString("base64url");
        const own = await openIdentity(arm.service.info().files, { issuerBase: arm.base });
        const audience = "https://vault.azure.net";
        const wrong: Record<string, string> = {
            "no scheme": good,
            "another scheme": `SharedKey account:${good}`,
            basic: `Basic ${Buffer.from("a:b").toString("base64")}`,
            "not a token": "Bearer abc",
            "alg none": `Bearer ${new UnsecuredJWT(claims).encode()}`,
            "signed by a stranger": `Bearer ${foreign}`,
            "changed claims": `Bearer ${head}.${changed}.${signature}`,
            "cut off": `Bearer ${head}.${body}.${signature.slice(2)}`,
            "for the resource manager": `Bearer ${await arm.token("https://management.azure.com/.default")}`,
            "for storage": `Bearer ${await arm.token("https://storage.azure.com/.default")}`,
            "for another vault service": `Bearer ${await arm.token("https://managedhsm.azure.net/.default")}`,
            expired: `Bearer ${await own.issueToken({ objectId: "o", applicationId: "a", audience, lifetime: -60 })}`,
        };
        assert.ok((claims.exp ?? 0) > seconds);
        for (const [what, authorization] of Object.entries(wrong)) {
            for (const [method, target, sent] of [
                ["GET", "secrets/guarded", undefined],
                ["GET", "secrets", undefined],
                ["PUT", "secrets/guarded", { value: "changed" }],
                ["DELETE", "secrets/guarded", undefined],
                ["GET", "certificates", undefined],
            ] as const) {
                const answer = await vault.raw(method, target, sent, { authorization });
                assert.equal(refusalOf(answer), "401 Unauthorized", `${what}: ${method} ${target}`);
                assert.ok(answer.headers["www-authenticate"]?.startsWith("Bearer "), what);
                assert.ok(!JSON.stringify(answer.body).includes("guarded-value"));
            }
        }
        assert.equal((await vault.must(200, "GET", "secrets/guarded"))["value"], "guarded-value");
    });

    it("takes no token over plain HTTP", async () => {
        const token = await vault.token();
        const status = await new Promise<number | undefined>((resolve, reject) => {
            const url = `${vault.uri.replace("https:", "http:")}secrets/guarded?api-version=7.4`;
            http.get(url, { headers: { authorization: `Bearer ${token}` } }, (response) => {
                response.resume();
                resolve(response.statusCode);
            }).once("error", reject);
        });
        assert.equal(status, 403);
    });

    it("takes the versions that clients speak and no other", async () => {
        for (const version of ["2016-10-01", "7.0", "7.3", "7.6", "2025-07-01", "2026-04-01"])
            assert.equal((await vault.call("GET", "secrets", undefined, version)).status, 200, version);
        for (const version of ["7.99", "2019-01-01", ""])
            assert.equal(
                await vault.refusal("GET", "secrets", undefined, version),
                "400 BadParameter",
                version,
            );
    });

    it("keeps every version of a value, with tags, content type and attributes", async () => {
        const one = await vault.must(200, "PUT", "secrets/Db-Password", {
            value: "one",
            contentType: "text/plain",
            tags: { env: "test" },
            attributes: { nbf: 1_700_000_000, exp: 1_900_000_000 },
        });
        const two = await vault.must(200, "PUT", "secrets/db-password", { value: "two", tags: null });
        assert.match(String(one["id"]), new RegExp(`^${vault.uri}secrets/Db-Password/[0-9a-f]{32}$`));
        const { attributes, ...rest } = await vault.must(
            200,
            "GET",
            `secrets/DB-PASSWORD/${String(one["id"]).split("/").at(-1)}`,
        );
        assert.deepEqual(rest, {
            value: "one",
            contentType: "text/plain",
            id: one["id"],
            tags: { env: "test" },
        });
        const { created, updated, ...others } = attributes as Json;
        assert.ok(Number(created) <= Number(updated));
        assert.deepEqual(others, {
            enabled: true,
            nbf: 1_700_000_000,
            exp: 1_900_000_000,
            recoveryLevel: "Recoverable+Purgeable",
            recoverableDays: 90,
        });
        // Clients leave the version empty, with its slash.
        assert.equal((await vault.must(200, "GET", "secrets/db-password/"))["value"], "two");
        const { items } = await vault.all("secrets/db-password/versions");
        assert.deepEqual(items.map(({ id }) => id).sort(), [one["id"], two["id"]].sort());
        assert.ok(!JSON.stringify(items).includes("value"));
        assert.equal(await vault.refusal("GET", "secrets/db-password/0123"), "404 SecretNotFound");
        assert.equal(await vault.refusal("GET", "secrets/nobody"), "404 SecretNotFound");
        assert.equal(await vault.refusal("GET", "secrets/nobody/versions"), "404 SecretNotFound");
    });

    it("changes attributes of a version and leaves its value alone; a disabled one is not shown", async () => {
        await vault.must(200, "PUT", "secrets/switch", { value: "v", contentType: "a", tags: { a: "1" } });
        const changed = await vault.must(200, "PATCH", "secrets/switch", { attributes: { enabled: false } });
        assert.equal(changed["value"], undefined);
        assert.deepEqual([changed["contentType"], changed["tags"]], ["a", { a: "1" }]);
        assert.equal(await vault.refusal("GET", "secrets/switch"), "403 Forbidden SecretDisabled");
        const version = String(changed["id"]).split("/").at(-1);
        await vault.must(200, "PATCH", `secrets/switch/${version}`, {
            attributes: { enabled: true },
            tags: {},
        });
        const back = await vault.must(200, "GET", "secrets/switch");
        assert.deepEqual([back["value"], back["tags"]], ["v", {}]);
        assert.equal(await vault.refusal("PATCH", "secrets/nobody", {}), "404 SecretNotFound");
    });

    it("lists 25 at a time at most, each once, and takes no wrong page", async () => {
        const pages = await VaultClient.make(arm, "paged-vault");
        const names = Array.from({ length: 60 }, (_, index) => `s${index}`);
        for (const name of names) await pages.must(200, "PUT", `secrets/${name}`, { value: name });
        const { items, pages: sizes } = await pages.all("secrets");
        assert.deepEqual(sizes, [25, 25, 10]);
        assert.deepEqual(items.map(nameOf).sort(), names.sort());
        assert.deepEqual((await pages.all("secrets?maxresults=20")).pages, [20, 20, 20]);
        for (const wrong of ["maxresults=26", "maxresults=0", "maxresults=x", "$skiptoken=*"])
            assert.equal(await pages.refusal("GET", `secrets?${wrong}`), "400 BadParameter", wrong);
    });

    it("keeps vaults apart", async () => {
        const other = await VaultClient.make(arm, "other-vault");
        await vault.must(200, "PUT", "secrets/mine", { value: "1" });
        assert.equal(await other.refusal("GET", "secrets/mine"), "404 SecretNotFound");
    });

    it("deletes softly: gone, its name taken, until it is recovered or purged", async () => {
        const soft = await VaultClient.make(arm, "soft-vault", { softDeleteRetentionInDays: 7 });
        await soft.must(200, "PUT", "secrets/s", { value: "old" });
        await soft.must(200, "PUT", "secrets/s", { value: "new" });
        const deleted = await soft.must(200, "DELETE", "secrets/s");
        assert.equal(deleted["recoveryId"], `${soft.uri}deletedsecrets/s`);
        assert.equal(Number(deleted["scheduledPurgeDate"]) - Number(deleted["deletedDate"]), 7 * 86_400);
        assert.equal(at(deleted, "attributes", "recoveryLevel"), "CustomizedRecoverable+Purgeable");
        assert.equal(deleted["value"], undefined);
        const gone = "404 SecretNotFound";
        assert.equal(await soft.refusal("GET", "secrets/s"), gone);
        assert.equal(await soft.refusal("GET", `secrets/s/${String(deleted["id"]).split("/").at(-1)}`), gone);
        assert.equal(await soft.refusal("DELETE", "secrets/s"), gone);
        assert.deepEqual((await soft.all("secrets")).items, []);
        assert.equal(
            await soft.refusal("PUT", "secrets/s", { value: "x" }),
            "409 Conflict ObjectIsDeletedButRecoverable",
        );
        assert.deepEqual((await soft.all("deletedsecrets")).items.map(nameOf), ["s"]);
        await soft.must(200, "GET", "deletedsecrets/s");
        await soft.must(200, "POST", "deletedsecrets/s/recover");
        assert.equal((await soft.must(200, "GET", "secrets/s"))["value"], "new");
        assert.equal((await soft.all("secrets/s/versions")).items.length, 2);
        assert.equal(await soft.refusal("POST", "deletedsecrets/s/recover"), gone);
        assert.equal(await soft.refusal("DELETE", "deletedsecrets/s"), gone);
        await soft.must(200, "DELETE", "secrets/s");
        assert.equal((await soft.call("DELETE", "deletedsecrets/s")).status, 204);
        assert.equal(await soft.refusal("GET", "deletedsecrets/s"), gone);
        const fresh = await soft.must(200, "PUT", "secrets/s", { value: "fresh" });
        assert.deepEqual(
            (await soft.all("secrets/s/versions")).items.map(({ id }) => id),
            [fresh["id"]],
        );
    });

    it("purges nothing where purge protection is on", async () => {
        const safe = await VaultClient.make(arm, "protected-vault", { enablePurgeProtection: true });
        await safe.must(200, "PUT", "secrets/s", { value: "v" });
        await safe.must(200, "DELETE", "secrets/s");
        assert.equal(await safe.refusal("DELETE", "deletedsecrets/s"), "403 Forbidden ForbiddenByPolicy");
        await safe.must(200, "POST", "deletedsecrets/s/recover");
        assert.equal(
            at(await safe.must(200, "GET", "secrets/s"), "attributes", "recoveryLevel"),
            "Recoverable",
        );
    });

    it("backs up and restores with all versions, and no text that was made elsewhere", async () => {
        await vault.must(200, "PUT", "secrets/saved", { value: "one" });
        await vault.must(200, "PUT", "secrets/saved", { value: "two", tags: { a: "b" } });
        const { value: backup } = await vault.must(200, "POST", "secrets/saved/backup");
        assert.ok(!Buffer.from(String(backup), "base64url").toString().includes("two"));
        assert.equal(
            await vault.refusal("POST", "secrets/restore", { value: backup }),
            "409 Conflict ObjectAlreadyExists",
        );
        const other = await VaultClient.make(arm, "restored-vault");
        await other.must(200, "POST", "secrets/restore", { value: backup });
        const restored = await other.must(200, "GET", "secrets/saved");
        assert.deepEqual([restored["value"], restored["tags"]], ["two", { a: "b" }]);
        assert.equal((await other.all("secrets/saved/versions")).items.length, 2);
        for (const value of ["", "abc", `${String(backup).slice(0, -4)}AAAA`])
            assert.equal(await other.refusal("POST", "secrets/restore", { value }), "400 BadParameter");
    });

    it("refuses what makes no sense, without saying the secret again", async () => {
        const secret = "do-not-repeat-me";
        const bodies: unknown[] = [
            {},
            { value: null },
            { value: 5 },
            { value: { secret } },
            [],
            `"${secret}"`,
            "{",
            { value: secret.repeat(2000) },
            { value: secret, tags: { a: 1 } },
            { value: secret, tags: Object.fromEntries(Array.from({ length: 16 }, (_, i) => [`t${i}`, ""])) },
            { value: secret, attributes: { enabled: "yes" } },
            { value: secret, attributes: { nbf: 20, exp: 10 } },
            { value: secret, contentType: "x".repeat(256) },
        ];
        for (const body of bodies) {
            const answer = await vault.call("PUT", "secrets/odd", body);
            assert.equal(refusalOf(answer), "400 BadParameter", JSON.stringify(body).slice(0, 80));
            assert.ok(!JSON.stringify(answer.body).includes(secret));
        }
        for (const name of ["under_score", "a%20b", "x".repeat(128), "%C3%A4"])
            assert.equal(
                await vault.refusal("PUT", `secrets/${name}`, { value: "v" }),
                "400 BadParameter",
                name,
            );
        assert.equal(
            (await vault.call("PUT", "secrets/odd", { value: "x".repeat(2 * 1024 * 1024) })).status,
            413,
        );
        assert.equal((await vault.call("POST", "secrets/odd", { value: "v" })).status, 405);
        for (const there of ["keys/x", "storage", "certificates/contacts", "certificates/issuers"]) {
            const answer = await vault.call("GET", there);
            assert.equal(answer.status, 501, there);
            assert.match(String(at(answer.body, "error", "message")), new RegExp(there));
        }
        assert.equal(await vault.refusal("GET", "secrets/odd"), "404 SecretNotFound");
    });

    it("is one with the resource manager's secrets", async () => {
        const id = `${vaultId(arm, "secrets-vault")}/secrets/shared`;
        const put = (properties: Json) =>
            arm.call("PUT", `${id}?${armVersion}`, { tags: { by: "arm" }, properties });
        const made = await put({
            value: "from-arm",
            contentType: "text/plain",
            attributes: { enabled: true },
        });
        assert.equal(made.status, 200, JSON.stringify(made.body));
        const read = await vault.must(200, "GET", "secrets/shared");
        assert.deepEqual(
            [read["value"], read["contentType"], read["tags"]],
            ["from-arm", "text/plain", { by: "arm" }],
        );
        assert.equal(at(made.body, "properties", "secretUriWithVersion"), read["id"]);
        const next = await vault.must(200, "PUT", "secrets/shared", { value: "from-the-vault" });
        const shown = await arm.call("GET", `${id}?${armVersion}`);
        assert.equal(at(shown.body, "properties", "secretUriWithVersion"), next["id"]);
        assert.ok(!JSON.stringify(shown.body).includes("from-"));
        const listed = await arm.call("GET", `${id.replace(/\/shared$/, "")}?${armVersion}`);
        assert.ok((listed.body["value"] as Json[]).some(({ name }) => name === "shared"));
        const off = { properties: { attributes: { enabled: false } } };
        assert.equal((await arm.call("PATCH", `${id}?${armVersion}`, off)).status, 200);
        assert.equal(await vault.refusal("GET", "secrets/shared"), "403 Forbidden SecretDisabled");
        assert.equal((await put({})).status, 400);
        assert.equal((await put({ value: 7 })).status, 400);
        await vault.must(200, "DELETE", "secrets/shared");
        assert.equal((await arm.call("GET", `${id}?${armVersion}`)).status, 404);
        assert.equal((await put({ value: "again" })).status, 409);
        const lost = id.replace("secrets-vault", "no-vault");
        assert.equal(
            (await arm.call("PUT", `${lost}?${armVersion}`, { properties: { value: "x" } })).status,
            404,
        );
    });

    it("keeps all of it over a restart, on the same port, and nothing of it in plain text on disk", async () => {
        const value = "plain-text-that-must-not-be-on-disk";
        await vault.must(200, "PUT", "secrets/durable", { value });
        await vault.must(200, "PUT", "secrets/was-deleted", { value });
        await vault.must(200, "DELETE", "secrets/was-deleted");
        await house.shut();
        const keyFile = path.join(house.folder, "keyvault", "sealing.key");
        assert.equal(statSync(keyFile).mode & 0o777, 0o600);
        assert.equal(statSync(path.dirname(keyFile)).mode & 0o777, 0o700);
        const files = readdirSync(house.folder, { recursive: true, withFileTypes: true }).filter((file) =>
            file.isFile(),
        );
        assert.ok(files.some(({ name }) => name === "state.db"));
        for (const { parentPath, name } of files)
            assert.ok(!readFileSync(path.join(parentPath, name)).includes(value), name);

        const key = readFileSync(keyFile);
        rmSync(keyFile);
        await assert.rejects(house.open(), /sealing\.key is gone/);
        writeFileSync(keyFile, Buffer.alloc(32).toString("base64"), { mode: 0o600 });
        await assert.rejects(house.open(), /not the key/);
        writeFileSync(keyFile, key, { mode: 0o600 });

        arm = await house.open();
        vault = VaultClient.of(arm, vault.uri);
        assert.equal((await vault.must(200, "GET", "secrets/durable"))["value"], value);
        assert.equal(await vault.refusal("GET", "secrets/was-deleted"), "404 SecretNotFound");
        await vault.must(200, "POST", "deletedsecrets/was-deleted/recover");
        assert.equal((await vault.must(200, "GET", "secrets/was-deleted"))["value"], value);
    });
});
