import assert from "node:assert/strict";
import http from "node:http";
import type { AddressInfo } from "node:net";
import { BATCH_SCOPE, signIn } from "../../client";
import type { Credentials } from "../../client";

const kind = async (config: Record<string, string>, env: Record<string, string>): Promise<string> =>
    (await signIn((key) => config[key], env)).credential.constructor.name;

const application = {
    ARM_TENANT_ID: "10ca0bc8-fcd2-4374-ac7a-148337903173",
    ARM_CLIENT_ID: "8d92c4d2-5717-4194-a8c5-fa161ece390f",
};

describe("signing in", function () {
    this.timeout(60_000);

    it("goes in azure-native's order: its configuration before ARM_*, a secret before OIDC, then AZURE_*, managed identity, az CLI", async () => {
        assert.equal(
            await kind({}, { ...application, ARM_CLIENT_SECRET: "s", ARM_USE_OIDC: "true" }),
            "ClientSecretCredential",
        );
        const config = {
            "azure-native:tenantId": application.ARM_TENANT_ID,
            "azure-native:clientId": application.ARM_CLIENT_ID,
            "azure-native:clientSecret": "s",
        };
        assert.equal(
            await kind(config, { IDENTITY_ENDPOINT: "http://x", IDENTITY_HEADER: "h" }),
            "ClientSecretCredential",
        );
        assert.equal(
            await kind({}, { ...application, ARM_USE_OIDC: "true", ARM_OIDC_TOKEN: "t" }),
            "ClientAssertionCredential",
        );
        assert.equal(await kind({}, { ARM_USE_MSI: "true" }), "ManagedIdentityCredential");
        const azure = {
            AZURE_TENANT_ID: application.ARM_TENANT_ID,
            AZURE_CLIENT_ID: application.ARM_CLIENT_ID,
            AZURE_CLIENT_SECRET: "s",
        };
        assert.equal(await kind({}, azure), "EnvironmentCredential");
        assert.equal(
            await kind({}, { IDENTITY_ENDPOINT: "http://x", IDENTITY_HEADER: "h" }),
            "ManagedIdentityCredential",
        );
        assert.equal(await kind({}, {}), "AzureCliCredential");
    });

    it("goes the way that is asked for, as who is asked for, and says what that needs", async () => {
        const as = async (credentials: Credentials, env: Record<string, string> = {}): Promise<string> =>
            (await signIn(() => undefined, env, credentials)).credential.constructor.name;
        const secret = { ...application, ARM_CLIENT_SECRET: "s" };
        assert.equal(await as({ method: "managedIdentity" }, secret), "ManagedIdentityCredential");
        assert.equal(await as({ method: "azureCli" }, secret), "AzureCliCredential");
        assert.equal(await as({ method: "oidc" }, secret), "ClientAssertionCredential");
        const { ARM_TENANT_ID: tenantId, ARM_CLIENT_ID: clientId } = application;
        assert.equal(await as({ tenantId, clientId }, { ARM_CLIENT_SECRET: "s" }), "ClientSecretCredential");
        await assert.rejects(
            as({ method: "clientSecret", tenantId, clientId }),
            /needs tenantId, clientId and clientSecret/,
        );
        await assert.rejects(
            as({ method: "environment" }),
            /signing in by environment needs AZURE_TENANT_ID/,
        );
        await assert.rejects(
            as({ method: "password" as never }),
            /'password' is no way to sign in: use clientCertificate, clientSecret, oidc, managedIdentity/,
        );
    });

    it("takes the authority from the metadata host and says when that cannot be reached", async () => {
        const asked: string[] = [];
        const server = http.createServer((request, response) => {
            asked.push(request.url ?? "");
            response.end(
                JSON.stringify({
                    authentication: { loginEndpoint: "https://login.example" },
                    batch: "https://batch.example/",
                }),
            );
        });
        await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
        const host = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
        const env = {
            ...application,
            ARM_CLIENT_SECRET: "s",
            ARM_METADATA_HOSTNAME: host,
            ARM_DISABLE_INSTANCE_DISCOVERY: "true",
        };
        const { batchScope } = await signIn(() => undefined, env);
        assert.deepEqual(
            [asked, batchScope],
            [["/metadata/endpoints?api-version=2022-09-01"], "https://batch.example//.default"],
        );
        await new Promise((resolve) => server.close(resolve));
        await assert.rejects(
            () => signIn(() => undefined, env),
            /the metadata host http:\/\/127\.0\.0\.1:\d+ cannot be reached/,
        );
    });

    it("asks for the scope of the cloud", async () => {
        assert.equal((await signIn(() => undefined, {})).batchScope, BATCH_SCOPE);
        assert.match(
            (await signIn(() => undefined, { ARM_ENVIRONMENT: "usgovernment" })).batchScope,
            /usgovcloudapi/,
        );
    });
});
