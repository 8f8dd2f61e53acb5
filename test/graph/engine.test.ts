import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import { identityDirectory, readSecrets } from "../../local/identity";
import { installStandIns } from "../../local/pulumi/install";
import { repositoryRoot, run } from "../../setup/common";
import { ensureEngine } from "../../setup/engine";
import { at, House, VaultClient, type Json } from "../keyvault/given";

const program = `
const pulumi = require("@pulumi/pulumi");
const azuread = require("@pulumi/azuread");
const { Vault, Secret } = require("@pulumi/azure-native/keyvault");
const config = new pulumi.Config();
const who = azuread.getClientConfigOutput({});
const application = new azuread.Application("ci", { displayName: config.get("name") || "ci", tags: ["a"] });
const principal = new azuread.ServicePrincipal("ci", { clientId: application.clientId });
const password = new azuread.ApplicationPassword("ci", { applicationId: application.id, displayName: "ci" });
const federated = new azuread.ApplicationFederatedIdentityCredential("ci", {
    applicationId: application.id, displayName: "main", audiences: ["api://AzureADTokenExchange"],
    issuer: "https://token.actions.example.com", subject: "repo:one/two:ref:refs/heads/main",
});
const vault = new Vault("vault", { resourceGroupName: "batchlocal",
    properties: { tenantId: who.tenantId, sku: { family: "A", name: "standard" } } });
new Secret("password", { resourceGroupName: "batchlocal", vaultName: vault.name, secretName: "ci",
    properties: { value: password.value } });
exports.clientId = application.clientId;
exports.objectId = principal.objectId;
exports.password = password.value;
exports.credential = federated.credentialId;
exports.vaultUri = vault.properties.vaultUri;
`;

describe("graph: the azuread and Key Vault resources of a program, under the real engine", function () {
    this.timeout(300_000);
    const house = new House();
    const place = fs.mkdtempSync(path.join(house.folder, "..", "batchlocal-program-"));
    after(async () => {
        await house.close();
        fs.rmSync(place, { recursive: true, force: true });
    });

    it("go up, up again without change, refresh without drift, change and destroy; what they made works meanwhile", async () => {
        const engine = await ensureEngine();
        const arm = await house.open();
        const { files, endpoints } = arm.service.info();
        const secrets = readSecrets(files);
        assert.ok(secrets);
        for (const folder of ["program", "state"]) fs.mkdirSync(path.join(place, folder));
        const home = path.join(place, "program");
        fs.symlinkSync(path.join(repositoryRoot(), "node_modules"), path.join(home, "node_modules"));
        fs.writeFileSync(path.join(home, "package.json"), '{ "name": "program", "main": "index.js" }');
        fs.writeFileSync(
            path.join(home, "Pulumi.yaml"),
            "name: program\nruntime:\n  name: nodejs\n  options: { typescript: false }\n",
        );
        fs.writeFileSync(path.join(home, "index.js"), program);
        const pulumiHome = path.join(place, "home");
        installStandIns({ pulumiHome, program: home, env: { PATH: "", HOME: place } });
        const env = {
            ...process.env,
            PULUMI_HOME: pulumiHome,
            PULUMI_BACKEND_URL: `file://${path.join(place, "state")}`,
            PULUMI_CONFIG_PASSPHRASE: "passphrase",
            PULUMI_SKIP_UPDATE_CHECK: "true",
            PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
            SSL_CERT_FILE: path.join(identityDirectory(files), "ca.pem"),
            ARM_METADATA_HOSTNAME: new URL(endpoints.resourceManager).host,
            ARM_SUBSCRIPTION_ID: secrets.subscriptionId,
            ARM_TENANT_ID: secrets.tenantId,
            ARM_CLIENT_ID: secrets.client.clientId,
            ARM_CLIENT_SECRET: secrets.client.clientSecret,
        };
        const pulumi = async (...args: string[]) => {
            const { code, stdout, stderr } = await run(engine.pulumi, [...args, "--non-interactive"], {
                cwd: home,
                env,
            });
            assert.equal(code, 0, `pulumi ${args.join(" ")}\n${stdout}${stderr}`);
            return stdout;
        };
        const outputs = async () =>
            JSON.parse(await pulumi("stack", "output", "--json", "--show-secrets")) as Record<string, string>;
        const signIn = async ({ clientId = "", password = "" }: Record<string, string>) => {
            const answer = await arm.raw("POST", `${arm.base}/${arm.tenant}/oauth2/v2.0/token`, {
                headers: { "content-type": "application/x-www-form-urlencoded" },
                body: new URLSearchParams({
                    grant_type: "client_credentials",
                    client_id: clientId,
                    client_secret: password,
                    scope: "https://vault.azure.net/.default",
                }).toString(),
            });
            return answer.body;
        };

        await pulumi("stack", "init", "dev");
        await pulumi("up", "--yes", "--skip-preview");
        const made = await outputs();
        const token = String((await signIn(made))["access_token"]);
        const vault = VaultClient.of(arm, made["vaultUri"] ?? "");
        const read = await vault.raw("GET", "secrets/ci", undefined, { authorization: `Bearer ${token}` });
        assert.equal(read.body["value"], made["password"]);
        assert.ok(
            !fs
                .readFileSync(path.join(place, "state/.pulumi/stacks/program/dev.json"), "utf8")
                .includes(String(made["password"])),
        );

        await pulumi("up", "--yes", "--skip-preview", "--expect-no-changes");
        await pulumi("refresh", "--yes", "--skip-preview", "--expect-no-changes");
        await pulumi("config", "set", "name", "renamed");
        await pulumi("up", "--yes", "--skip-preview");
        assert.deepEqual(await outputs(), made);
        const graph = async (collection: string): Promise<Json[]> =>
            (
                await arm.call(
                    "GET",
                    `/v1.0/${collection}?$filter=appId eq '${made["clientId"]}'`.replaceAll(" ", "%20"),
                )
            ).body["value"] as Json[];
        assert.equal(at(await graph("applications"), 0, "displayName"), "renamed");
        await pulumi("destroy", "--yes", "--skip-preview");
        assert.deepEqual(await graph("applications"), []);
        assert.deepEqual(await graph("servicePrincipals"), []);
        assert.deepEqual((await signIn(made))["error_codes"], [700016]);
    });
});
