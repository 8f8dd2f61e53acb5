import assert from "node:assert/strict";
import { X509Certificate } from "node:crypto";
import { existsSync } from "node:fs";
import { Local, sh, type Body } from "./local";
import { Resources } from "./resources";

const policy = (contentType: string) => ({
    policy: {
        key_props: { kty: "EC", crv: "P-256", exportable: true },
        secret_props: { contentType },
        x509_props: { subject: "CN=nodes", validity_months: 12 },
        issuer: { name: "Self" },
    },
});
const place = "/var/lib/waagent/Microsoft.Azure.KeyVault";

describe("scenario: certificates of a key vault on nodes", function () {
    this.timeout(60_000);
    let local: Local;
    let resources: Resources;
    let vault: string;
    let identity: { id: string; clientId: string };

    before(async () => {
        // An hour takes a second.
        local = await Local.start({ elevation: "sandbox", speed: 3600 });
        resources = new Resources(local);
        [vault, identity] = await Promise.all([resources.vault("kv-nodes"), resources.identity("reader")]);
        await certificate("web", "application/x-pem-file");
    });
    after(() => local.close());

    const certificate = async (name: string, contentType: string) => {
        await resources.vaultAsk("POST", `${vault}/certificates/${name}/create`, policy(contentType));
        await local.until(`${name} is made`, async () => {
            const pending = await resources.vaultAsk("GET", `${vault}/certificates/${name}/pending`);
            return String(pending["status"]) === "completed";
        });
    };
    const current = (name: string) => resources.vaultAsk("GET", `${vault}/certificates/${name}`);
    const pool = (
        id: string,
        secretsManagementSettings: object,
        change: { msiClientId?: string; startTask?: object; owned?: boolean } = {},
    ) =>
        resources.pool(id, {
            ...(change.owned !== false && {
                identity: { type: "UserAssigned", userAssignedIdentities: { [identity.id]: {} } },
            }),
            properties: { ...(change.startTask && { startTask: change.startTask }) },
            machine: {
                extensions: [
                    {
                        name: "certificates",
                        publisher: "Microsoft.Azure.KeyVault",
                        type: "KeyVaultForLinux",
                        typeHandlerVersion: "3.0",
                        autoUpgradeMinorVersion: true,
                        settings: {
                            secretsManagementSettings,
                            authenticationSettings: {
                                msiEndpoint: "http://169.254.169.254/metadata/identity",
                                msiClientId: change.msiClientId ?? identity.clientId,
                            },
                        },
                    },
                ],
            },
        });
    const nodeOf = async (id: string) => {
        const [node] = await local.steady(id);
        return node;
    };
    /** What a node says of why it cannot be used. */
    const reasonOf = (node: Body | undefined) => {
        assert.equal(node?.["state"], "unusable");
        const [error] = node["errors"] as unknown as Body[];
        assert.equal(error?.["code"], "VMExtensionProvisioningError");
        const details = error["errorDetails"] as unknown as Body[];
        return String(details.find((one) => String(one["name"]) === "Message")?.["value"]);
    };
    const thumbprint = (pem: string) =>
        new X509Certificate(pem).fingerprint.replaceAll(":", "").toLowerCase();
    const wanted = (body: Body) => Buffer.from(String(body["x5t"]), "base64url").toString("hex");

    it("are where the settings say before the start task runs, with their key, and stay inside of the node", async () => {
        const there = existsSync(place);
        await pool(
            "web",
            {
                pollingIntervalInS: "3600",
                certificateStoreLocation: place,
                observedCertificates: [`${vault}/secrets/web`],
            },
            {
                startTask: {
                    commandLine: sh(
                        `cp ${place}/kv-nodes.web $AZ_BATCH_NODE_SHARED_DIR/web.pem; ls ${place}`,
                    ),
                    waitForSuccess: true,
                },
            },
        );
        const node = await nodeOf("web");
        assert.equal(node?.["startTaskInfo"]?.["exitCode"], 0);
        const files = `/pools/web/nodes/${String(node["id"])}/files`;
        const pem = await local.text(`${files}/shared/web.pem`);
        assert.equal(thumbprint(pem), wanted(await current("web")));
        assert.match(pem, /BEGIN PRIVATE KEY/);
        const names = (await local.text(`${files}/startup/stdout.txt`)).trim().split("\n");
        assert.equal(names.length, 2);
        assert.match(names[1] ?? "", /^kv-nodes\.web\.[0-9a-f]{32}\.\d+\.\d+\.PEM$/);
        // The machine's own directory is not touched.
        assert.equal(existsSync(place), there);
        const [extension] = await local.list(`/pools/web/nodes/${String(node["id"])}/extensions`);
        assert.equal(extension?.["provisioningState"], "Succeeded");
    });

    it("are renewed on nodes that are up when a newer version is there at the next look", async () => {
        const before = wanted(await current("web"));
        await certificate("web", "application/x-pem-file");
        const after = wanted(await current("web"));
        assert.notEqual(after, before);
        await local.job("renewed", "web");
        let number = 0;
        await local.until("the node has the new version", async () => {
            const id = `look${(number += 1)}`;
            await local.task("renewed", id, `cat ${place}/kv-nodes.web`);
            await local.done("renewed", id);
            return thumbprint(await local.output("renewed", id)) === after;
        });
    });

    it("may each have a place and a link of their own; a PKCS #12 file becomes PEM, and an address on Azure means the vault of that name here", async () => {
        await certificate("pfx", "application/x-pkcs12");
        await pool("own", {
            observedCertificates: [
                {
                    url: "https://kv-nodes.vault.azure.net/secrets/web",
                    certificateStoreLocation: "/opt/certificates/web",
                },
                {
                    url: `${vault}/secrets/pfx`,
                    certificateStoreLocation: "/opt/certificates/pfx",
                    customSymbolicLinkName: "server",
                },
            ],
        });
        assert.equal((await nodeOf("own"))?.["state"], "idle");
        await local.job("own", "own");
        await local.task("own", "web", "cat /opt/certificates/web/kv-nodes.web");
        await local.task("own", "pfx", "cat /opt/certificates/pfx/server");
        for (const name of ["web", "pfx"]) {
            assert.equal((await local.done("own", name))["exitCode"], 0);
            const pem = await local.output("own", name);
            assert.equal(thumbprint(pem), wanted(await current(name)));
            assert.match(pem, /BEGIN PRIVATE KEY/);
        }
    });

    it("that are not there, or cannot be read, make the node unusable, and it says why", async () => {
        await resources.vaultAsk("PUT", `${vault}/secrets/plain`, { value: "no certificate" });
        const observe = (...observedCertificates: string[]) => ({ observedCertificates });
        const cases: [string, () => Promise<Body>, RegExp][] = [
            [
                "none",
                () => pool("none", observe(`${vault}/secrets/absent`)),
                /kv-nodes has no certificate absent/,
            ],
            [
                "novault",
                () => pool("novault", observe("https://elsewhere.vault.azure.net/secrets/web")),
                /no key vault elsewhere/,
            ],
            [
                "plain",
                () => pool("plain", observe(`${vault}/secrets/plain`)),
                /no certificate: its content type/,
            ],
            [
                "public",
                () => pool("public", observe(`${vault}/certificates/web`)),
                /none of a certificate's secret/,
            ],
            ["empty", () => pool("empty", {}), /observedCertificates must list/],
            [
                "nobody",
                () => pool("nobody", observe(`${vault}/secrets/web`), { owned: false }),
                /no user-assigned managed identity/,
            ],
            [
                "stranger",
                () => pool("stranger", observe(`${vault}/secrets/web`), { msiClientId: "0-0" }),
                /'0-0' is no identity of the pool/,
            ],
        ];
        for (const [id, make, reason] of cases) {
            await make();
            const node = await nodeOf(id);
            assert.match(reasonOf(node), reason);
            const [extension] = await local.list(`/pools/${id}/nodes/${String(node?.["id"])}/extensions`);
            assert.equal(extension?.["provisioningState"], "Failed");
        }
    });

    it("are below the directory that a variable names, whatever a node may see of the machine", async () => {
        await local.job("variable", "web");
        await local.task("variable", "t", sh(`cat $BATCHLOCAL_CERTIFICATES_DIR${place}/kv-nodes.web`));
        assert.equal((await local.done("variable", "t"))["exitCode"], 0);
        assert.equal(thumbprint(await local.output("variable", "t")), wanted(await current("web")));
        // Not with the files that the data plane gives out.
        const [node] = await local.list("/pools/web/nodes");
        const files = await local.list(`/pools/web/nodes/${String(node?.["id"])}/files?recursive=true`);
        assert.ok(files.every((file) => !String(file["name"]).endsWith(".PEM")));
    });

    it("that come later are on the nodes that come later", async () => {
        await certificate("absent", "application/x-pem-file");
        await local.post("/pools/none/resize", { targetDedicatedNodes: 0 });
        await local.steady("none");
        await local.post("/pools/none/resize", { targetDedicatedNodes: 1 });
        assert.equal((await nodeOf("none"))?.["state"], "idle");
    });
});

describe("scenario: certificates of a key vault on nodes without a sandbox", function () {
    this.timeout(60_000);

    it("are below the directory that a variable names, and the machine's own directories are not touched", async () => {
        const local = await Local.start({ elevation: "refuse" });
        try {
            const resources = new Resources(local);
            const vault = await resources.vault("kv-plain");
            const identity = await resources.identity("reader");
            await resources.vaultAsk(
                "POST",
                `${vault}/certificates/web/create`,
                policy("application/x-pem-file"),
            );
            await local.until("it is made", async () => {
                const pending = await resources.vaultAsk("GET", `${vault}/certificates/web/pending`);
                return String(pending["status"]) === "completed";
            });
            const [extension, location] = ["Microsoft.Azure.KeyVault", `/opt/scenario-${process.pid}`];
            await resources.pool("p", {
                identity: { type: "UserAssigned", userAssignedIdentities: { [identity.id]: {} } },
                properties: {
                    startTask: {
                        commandLine: sh(`cat $BATCHLOCAL_CERTIFICATES_DIR${location}/kv-plain.web`),
                        waitForSuccess: true,
                    },
                },
                machine: {
                    extensions: [
                        {
                            ...{
                                name: "kv",
                                publisher: extension,
                                type: "KeyVaultForLinux",
                                typeHandlerVersion: "2.0",
                            },
                            settings: {
                                secretsManagementSettings: {
                                    certificateStoreLocation: location,
                                    observedCertificates: [`${vault}/secrets/web`],
                                },
                            },
                        },
                    ],
                },
            });
            const [node] = await local.steady("p");
            assert.equal(node?.["state"], "idle");
            const path = `/pools/p/nodes/${String(node["id"])}/files/startup/stdout.txt`;
            assert.match(await local.text(path), /BEGIN CERTIFICATE/);
            assert.ok(!existsSync(location));
        } finally {
            await local.close();
        }
    });
});
