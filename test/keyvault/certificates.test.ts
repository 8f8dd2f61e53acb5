import assert from "node:assert/strict";
import { createPrivateKey, X509Certificate } from "node:crypto";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { readPkcs12 } from "../../local/keyvault/certificates/pkcs12";
import { skip } from "../support/skip";
import type { Arm } from "../arm/given";
import { at, House, nameOf, VaultClient, type Json } from "./given";

const pem = "application/x-pem-file";
const pkcs12 = "application/x-pkcs12";

describe("key vault: certificates", function () {
    this.timeout(30_000);
    const house = new House();
    const folder = mkdtempSync(path.join(tmpdir(), "batchlocal-pfx-"));
    let arm: Arm;
    let vault: VaultClient;
    before(async () => {
        arm = await house.open();
        vault = await VaultClient.make(arm, "certificates");
    });
    after(async () => {
        rmSync(folder, { recursive: true, force: true });
        await house.close();
    });

    const policy = (more: Json = {}, key: Json = {}, contentType = pem): Json => ({
        key_props: { exportable: true, kty: "EC", crv: "P-256", ...key },
        secret_props: { contentType },
        x509_props: {
            subject: "CN=local",
            sans: { dns_names: ["a.test", "b.test"] },
            validity_months: 3,
            ...more,
        },
        issuer: { name: "Self" },
    });
    const make = async (name: string, given: Json) => {
        const started = await vault.must(202, "POST", `certificates/${name}/create`, { policy: given });
        assert.equal(started["status"], "inProgress");
        const pending = await vault.must(200, "GET", `certificates/${name}/pending`);
        assert.equal(pending["status"], "completed");
        assert.equal(pending["target"], `${vault.uri}certificates/${name}`);
        return vault.must(200, "GET", `certificates/${name}`);
    };
    const secretOf = async (name: string) => vault.must(200, "GET", `secrets/${name}`);

    it("makes a self-signed one as the policy says, with a secret that holds all of it", async () => {
        const made = await make("self", policy());
        const certificate = new X509Certificate(Buffer.from(String(made["cer"]), "base64"));
        assert.equal(certificate.subject, "CN=local");
        assert.ok(certificate.verify(certificate.publicKey));
        assert.ok(certificate.checkHost("b.test"));
        assert.equal(
            made["x5t"],
            Buffer.from(certificate.fingerprint.replaceAll(":", ""), "hex").toString("base64url"),
        );
        assert.equal(at(made, "attributes", "exp"), Date.parse(certificate.validTo) / 1000);
        const days = (Date.parse(certificate.validTo) - Date.parse(certificate.validFrom)) / 86_400_000;
        assert.ok(days >= 89 && days <= 92, `${days}`);
        const secret = await secretOf("self");
        assert.deepEqual([secret["managed"], secret["contentType"], secret["kid"]], [true, pem, made["kid"]]);
        assert.equal(secret["id"], made["sid"]);
        const value = String(secret["value"]);
        assert.ok(
            new X509Certificate(value.slice(value.indexOf("-----BEGIN CERT"))).checkPrivateKey(
                createPrivateKey(value),
            ),
        );
        assert.ok(!JSON.stringify(made).includes("PRIVATE"));
    });

    it("gives PKCS #12 without a password, and PEM of it when asked", async () => {
        const made = await make("pfx", policy({}, { kty: "RSA", key_size: 2048, crv: undefined }, pkcs12));
        const secret = await secretOf("pfx");
        assert.equal(secret["contentType"], pkcs12);
        const { key, certificates } = await readPkcs12(Buffer.from(String(secret["value"]), "base64"), "");
        assert.ok(key);
        assert.equal(certificates[0]?.toString("base64"), made["cer"]);
        const asPem = await vault.must(200, "GET", `secrets/pfx?outContentType=${pem}`);
        assert.match(String(asPem["value"]), /^-----BEGIN PRIVATE KEY-----[^]+-----END CERTIFICATE-----\n$/);
    });

    it("keeps a key that is not exportable to itself", async () => {
        await make("kept", policy({}, { exportable: false }));
        assert.ok(!String((await secretOf("kept"))["value"]).includes("PRIVATE"));
        await make("kept-pfx", policy({}, { exportable: false }, pkcs12));
        const file = Buffer.from(String((await secretOf("kept-pfx"))["value"]), "base64");
        assert.equal((await readPkcs12(file, "")).key, undefined);
    });

    it("makes a new version with the policy it has, and with the same key where that says so", async () => {
        const one = await make("renewed", policy({}, { reuse_key: true }));
        const two = await make("renewed", {});
        assert.notEqual(one["id"], two["id"]);
        const publicKeys = [one, two].map(({ cer }) =>
            new X509Certificate(Buffer.from(String(cer), "base64")).publicKey.export({
                format: "pem",
                type: "spki",
            }),
        );
        assert.equal(publicKeys[0], publicKeys[1]);
        await vault.must(200, "PATCH", "certificates/renewed/policy", { key_props: { reuse_key: false } });
        const three = await make("renewed", {});
        const last = new X509Certificate(Buffer.from(String(three["cer"]), "base64"));
        assert.notEqual(last.publicKey.export({ format: "pem", type: "spki" }), publicKeys[0]);
        assert.equal((await vault.all("certificates/renewed/versions")).items.length, 3);
        const first = String(one["id"]).split("/").at(-1);
        assert.equal((await vault.must(200, "GET", `certificates/renewed/${first}`))["cer"], one["cer"]);
        assert.equal((await vault.must(200, "GET", `secrets/renewed/${first}`))["id"], one["sid"]);
    });

    it("takes PEM, as text and in Base64, when the policy announces it", async () => {
        await make("source", policy());
        const value = String((await secretOf("source"))["value"]);
        const announced = { secret_props: { contentType: pem } };
        for (const [name, sent] of [
            ["as-text", value],
            ["as-base64", Buffer.from(value).toString("base64")],
        ] as const) {
            const made = await vault.must(200, "POST", `certificates/${name}/import`, {
                value: sent,
                policy: announced,
            });
            assert.equal((await secretOf(name))["value"], value);
            assert.deepEqual(at(made, "policy", "issuer"), { name: "Unknown" });
            assert.deepEqual(at(made, "policy", "x509_props", "sans"), { dns_names: ["a.test", "b.test"] });
            assert.deepEqual(at(made, "policy", "key_props", "crv"), "P-256");
        }
        assert.equal(await vault.refusal("POST", "certificates/x/import", { value }), "400 BadParameter");
        const alone = value.slice(value.indexOf("-----BEGIN CERT"));
        const other = String((await secretOf("self"))["value"]);
        const mixed = other.slice(0, other.indexOf("-----BEGIN CERT")) + alone;
        for (const wrong of [
            alone,
            mixed,
            "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----",
            "nonsense",
        ]) {
            const sent = { value: wrong, policy: announced };
            assert.equal(await vault.refusal("POST", "certificates/x/import", sent), "400 BadParameter");
        }
        assert.equal(await vault.refusal("GET", "certificates/x"), "404 CertificateNotFound");
        assert.equal(await vault.refusal("GET", "secrets/x"), "404 SecretNotFound");
    });

    it("takes PKCS #12 files as openssl writes them, new and old, and openssl reads ours", async function () {
        if (spawnSync("openssl", ["version"]).status !== 0) skip(this, "openssl is not here");
        await make("chain", policy({}, { kty: "RSA", key_size: 2048, crv: undefined }));
        const [source, file] = [path.join(folder, "source.pem"), path.join(folder, "made.pfx")];
        const authority = readFileSync(path.join(house.folder, "identity", "ca.pem"), "utf8");
        writeFileSync(source, String((await secretOf("chain"))["value"]) + authority, { mode: 0o600 });
        let tried = 0;
        for (const [options, password] of [
            [[], "pass word"],
            [["-legacy"], "pass"],
            [["-keypbe", "NONE", "-certpbe", "NONE"], "pass"],
            [["-nomac"], "pass"],
            [[], ""],
        ] as const) {
            const made = spawnSync("openssl", [
                ...[
                    "pkcs12",
                    "-export",
                    ...options,
                    "-in",
                    source,
                    "-out",
                    file,
                    "-passout",
                    `pass:${password}`,
                ],
            ]);
            // Older ones know no -legacy: that is their usual form.
            if (made.status !== 0) continue;
            tried++;
            const value = readFileSync(file).toString("base64");
            const name = `imported-${tried}`;
            await vault.must(200, "POST", `certificates/${name}/import`, { value, pwd: password });
            assert.equal(
                (await vault.must(200, "GET", `certificates/${name}`))["x5t"],
                (await vault.must(200, "GET", "certificates/chain"))["x5t"],
            );
            if (options.length === 0) {
                const wrong = { value, pwd: "wrong" };
                assert.equal(await vault.refusal("POST", "certificates/x/import", wrong), "400 BadParameter");
            }
            writeFileSync(file, Buffer.from(String((await secretOf(name))["value"]), "base64"));
            const read = spawnSync("openssl", ["pkcs12", "-in", file, "-passin", "pass:", "-nodes"]);
            assert.equal(read.status, 0, read.stderr.toString());
            assert.equal([...read.stdout.toString().matchAll(/BEGIN CERTIFICATE/g)].length, 2);
            assert.match(read.stdout.toString(), /BEGIN (RSA )?PRIVATE KEY/);
        }
        assert.ok(tried >= 3, `${tried} kinds of files`);
    });

    it("waits for what an authority signs, takes only that, and can be given up", async () => {
        const asked = { policy: { ...policy(), issuer: { name: "Unknown" } } };
        const started = await vault.must(202, "POST", "certificates/merged/create", asked);
        assert.equal((await vault.must(200, "GET", "certificates/merged/pending"))["status"], "inProgress");
        assert.ok(!JSON.stringify(started).includes("sealed"));
        assert.equal(await vault.refusal("GET", "certificates/merged"), "404 CertificateNotFound");
        const stranger = (await vault.must(200, "GET", "certificates/self"))["cer"];
        const merge = "certificates/merged/pending/merge";
        assert.equal(await vault.refusal("POST", merge, { x5c: [stranger] }), "400 BadParameter");
        assert.equal(await vault.refusal("POST", merge, { x5c: ["AAAA"] }), "400 BadParameter");
        assert.equal(await vault.refusal("POST", merge, { x5c: [] }), "400 BadParameter");
        const pending = "certificates/merged/pending";
        const cancelled = await vault.must(200, "PATCH", pending, { cancellation_requested: true });
        assert.equal(cancelled["status"], "cancelled");
        assert.equal(
            await vault.refusal("POST", merge, { x5c: [stranger] }),
            "404 PendingCertificateNotFound",
        );
        await vault.must(200, "DELETE", pending);
        assert.equal(await vault.refusal("GET", pending), "404 PendingCertificateNotFound");
    });

    it("ties the secret to its certificate: it changes, goes and comes back with that alone", async () => {
        await make("tied", policy());
        const mine = { value: "mine" };
        assert.equal(await vault.refusal("PUT", "secrets/tied", mine), "403 Forbidden ForbiddenByPolicy");
        assert.equal(await vault.refusal("PATCH", "secrets/tied", {}), "403 Forbidden ForbiddenByPolicy");
        assert.equal(await vault.refusal("DELETE", "secrets/tied"), "403 Forbidden ForbiddenByPolicy");
        assert.equal(await vault.refusal("POST", "secrets/tied/backup"), "403 Forbidden ForbiddenByPolicy");
        const off = await vault.must(200, "PATCH", "certificates/tied", {
            attributes: { enabled: false },
            tags: { a: "b" },
        });
        assert.deepEqual([at(off, "attributes", "enabled"), off["tags"]], [false, { a: "b" }]);
        assert.equal(await vault.refusal("GET", "secrets/tied"), "403 Forbidden SecretDisabled");
        await vault.must(200, "PATCH", "certificates/tied", { attributes: { enabled: true } });
        const before = await secretOf("tied");
        const deleted = await vault.must(200, "DELETE", "certificates/tied");
        assert.equal(deleted["recoveryId"], `${vault.uri}deletedcertificates/tied`);
        assert.equal(await vault.refusal("GET", "secrets/tied"), "404 SecretNotFound");
        const again = { policy: policy() };
        const taken = "409 Conflict ObjectIsDeletedButRecoverable";
        assert.equal(await vault.refusal("POST", "certificates/tied/create", again), taken);
        assert.deepEqual((await vault.all("deletedcertificates")).items.map(nameOf), ["tied"]);
        await vault.must(200, "POST", "deletedcertificates/tied/recover");
        assert.equal((await secretOf("tied"))["value"], before["value"]);
        await vault.must(200, "DELETE", "certificates/tied");
        assert.equal((await vault.call("DELETE", "deletedcertificates/tied")).status, 204);
        assert.equal(await vault.refusal("GET", "deletedcertificates/tied"), "404 CertificateNotFound");
        await vault.must(200, "PUT", "secrets/tied", mine);
        assert.equal(
            await vault.refusal("POST", "certificates/tied/create", again),
            "409 Conflict ObjectAlreadyExists",
        );
    });

    it("refuses policies that cannot be followed", async () => {
        const wrong: Json[] = [
            { ...policy(), x509_props: {} },
            { ...policy(), x509_props: { subject: "not a name" } },
            { ...policy(), issuer: { name: "DigiCert" } },
            policy({}, { kty: "RSA", key_size: 1024 }),
            policy({}, { kty: "oct" }),
            policy({}, { crv: "secp256k1" }),
            policy({ validity_months: 0 }),
            policy({}, {}, "application/pdf"),
        ];
        for (const each of wrong) {
            const answer = await vault.refusal("POST", "certificates/wrong/create", { policy: each });
            assert.equal(answer, "400 BadParameter", JSON.stringify(each));
        }
        assert.equal(
            await vault.refusal("GET", "certificates/wrong/pending"),
            "404 PendingCertificateNotFound",
        );
    });

    it("has them after a restart", async () => {
        const before = await secretOf("self");
        const names = (await vault.all("certificates")).items.map(nameOf);
        await house.shut();
        arm = await house.open();
        vault = VaultClient.of(arm, vault.uri);
        assert.deepEqual(await secretOf("self"), before);
        assert.deepEqual((await vault.all("certificates")).items.map(nameOf), names);
    });
});
