import assert from "node:assert/strict";
import { X509Certificate } from "node:crypto";
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import tls from "node:tls";
import { openKeys } from "../../local/identity";

const dayMs = 86_400_000;

describe("identity: the keys of a data directory", () => {
    let directory: string;
    beforeEach(() => (directory = mkdtempSync(path.join(tmpdir(), "batchlocal-keys-"))));
    afterEach(() => rmSync(directory, { recursive: true, force: true }));

    it("are made once and found again", async () => {
        const first = await openKeys(directory);
        const second = await openKeys(directory);
        assert.deepEqual(second, first);
    });

    it("differ from one data directory to the next", async () => {
        const other = path.join(directory, "other");
        const [a, b] = [await openKeys(directory), await openKeys(other)];
        for (const name of ["tenantId", "subscriptionId", "identityHeader"] as const) {
            assert.notEqual(a.secrets[name], b.secrets[name]);
        }
        assert.notEqual(a.secrets.client.clientSecret, b.secrets.client.clientSecret);
        assert.notEqual(a.tokenKey, b.tokenKey);
        assert.notEqual(a.tls.key, b.tls.key);
    });

    it("are readable by their owner alone", async () => {
        await openKeys(directory);
        const folder = path.join(directory, "identity");
        assert.equal(statSync(folder).mode & 0o777, 0o700);
        const files = readdirSync(folder);
        assert.ok(files.includes("identity.json") && files.includes("token.key.pem"), files.join());
        for (const file of files) assert.equal(statSync(path.join(folder, file)).mode & 0o777, 0o600, file);
    });

    it("hold a certificate for loopback that our authority signed and a TLS client accepts", async () => {
        const keys = await openKeys(directory);
        const certificate = new X509Certificate(keys.tls.cert);
        assert.equal(certificate.checkHost("localhost"), "localhost");
        assert.equal(certificate.checkIP("127.0.0.1"), "127.0.0.1");
        assert.ok(certificate.checkIP("::1"));
        assert.equal(certificate.checkHost("example.org"), undefined);
        const server = tls.createServer(keys.tls, (socket) => socket.end("hello")).listen(0, "127.0.0.1");
        await new Promise((resolve) => server.once("listening", resolve));
        const { port } = server.address() as { port: number };
        const connect = (ca?: string) =>
            new Promise<string>((resolve, reject) => {
                const socket = tls.connect({ host: "127.0.0.1", port, ca });
                socket.once("data", (data) => resolve(data.toString())).once("error", reject);
            });
        try {
            assert.equal(await connect(readFileSync(keys.caFile, "utf8")), "hello");
            assert.equal(await connect(readFileSync(keys.caBundleFile, "utf8")), "hello");
            await assert.rejects(connect(), "a client that does not know our authority must refuse");
        } finally {
            server.close();
        }
    });

    it("put our authority behind the system's own roots", async () => {
        const keys = await openKeys(directory);
        const [bundle, own] = [readFileSync(keys.caBundleFile, "utf8"), readFileSync(keys.caFile, "utf8")];
        assert.ok(bundle.endsWith(own));
        assert.ok(bundle.split("BEGIN CERTIFICATE").length > 20, "the system's roots are missing");
    });

    it("do not feed the bundle to itself when the environment names it", async () => {
        const keys = await openKeys(directory);
        const size = statSync(keys.caBundleFile).size;
        const before = process.env.SSL_CERT_FILE;
        process.env.SSL_CERT_FILE = keys.caBundleFile;
        try {
            await openKeys(directory);
        } finally {
            if (before === undefined) delete process.env.SSL_CERT_FILE;
            else process.env.SSL_CERT_FILE = before;
        }
        assert.equal(statSync(keys.caBundleFile).size, size);
    });

    it("renew the server certificate near its end, and the authority before it could not sign a whole year", async () => {
        const first = await openKeys(directory);
        const authority = readFileSync(first.caFile, "utf8");
        const later = await openKeys(directory, { now: new Date(Date.now() + 380 * dayMs) });
        assert.notEqual(later.tls.cert, first.tls.cert);
        assert.equal(readFileSync(later.caFile, "utf8"), authority);
        const muchLater = await openKeys(directory, { now: new Date(Date.now() + 3400 * dayMs) });
        assert.notEqual(readFileSync(muchLater.caFile, "utf8"), authority);
        const issuer = new X509Certificate(readFileSync(muchLater.caFile, "utf8"));
        assert.ok(new X509Certificate(muchLater.tls.cert).verify(issuer.publicKey));
    });

    it("make a new server certificate when another host is to be served", async () => {
        const first = await openKeys(directory);
        const wider = await openKeys(directory, { hosts: ["192.0.2.7", "batch.test"] });
        assert.notEqual(wider.tls.cert, first.tls.cert);
        assert.equal(new X509Certificate(wider.tls.cert).checkIP("192.0.2.7"), "192.0.2.7");
        assert.equal(new X509Certificate(wider.tls.cert).checkHost("batch.test"), "batch.test");
    });

    it("tell of a damaged identity file instead of making a new identity", async () => {
        await openKeys(directory);
        writeFileSync(path.join(directory, "identity", "identity.json"), "{ half");
        await assert.rejects(openKeys(directory), /identity\.json is damaged/);
    });
});
