import assert from "node:assert/strict";
import { arm, at, newAccount, newGroup, versions } from "./given";
import type { Arm } from "./given";

describe("resource manager: the gateway", function () {
    this.timeout(30_000);
    let client: Arm;
    let subscriptions: string;
    before(async () => {
        client = await arm();
        subscriptions = `${client.base}/subscriptions?${versions.groups}`;
    });

    it("refuses wrong credentials with 401 and says where a token is to be had", async () => {
        const token = await client.token();
        const [head = "", body = ""] = token.split(".");
        const none = `${Buffer.from('{"alg":"none","typ":"JWT"}').toString("base64url")}.${body}.`;
        const wrong: Record<string, string | undefined> = {
            "none at all": undefined,
            "no bearer token": "Basic dXNlcjpwYXNz",
            "a Batch signature": "SharedKey batchlocal:AAAA",
            "no token": "Bearer nonsense",
            "a broken signature": `Bearer ${head}.${body}.${"A".repeat(342)}`,
            "no algorithm": `Bearer ${none}`,
            "the audience of Batch": `Bearer ${await client.token("https://batch.core.windows.net/.default")}`,
            "the audience of storage": `Bearer ${await client.token("https://storage.azure.com/.default")}`,
        };
        for (const [what, authorization] of Object.entries(wrong)) {
            const headers: Record<string, string> = authorization === undefined ? {} : { authorization };
            const answer = await client.raw("GET", subscriptions, { headers });
            assert.equal(answer.status, 401, what);
            assert.match(
                String(at(answer.body, "error", "code")),
                /^(AuthenticationFailed|InvalidAuthenticationToken)$/,
                what,
            );
            assert.match(
                String(answer.headers["www-authenticate"]),
                /^Bearer authorization_uri="https:/,
                what,
            );
        }
        for (const scope of [
            "https://management.azure.com/.default",
            "https://management.azure.com//.default",
            `${client.base}/.default`,
        ]) {
            const headers = { authorization: `Bearer ${await client.token(scope)}` };
            assert.equal((await client.raw("GET", subscriptions, { headers })).status, 200, scope);
        }
    });

    const codeOf = async (method: string, target: string, body?: unknown) => {
        const answer = await client.call(method, target, body);
        return `${answer.status} ${String(at(answer.body, "error", "code"))}`;
    };

    it("asks for an api-version and names those that Microsoft.Batch has", async () => {
        const accounts = `/subscriptions/${client.subscription}/providers/Microsoft.Batch/batchAccounts`;
        assert.equal(await codeOf("GET", accounts), "400 MissingApiVersionParameter");
        assert.equal(await codeOf("GET", `${accounts}?api-version=today`), "400 InvalidApiVersionParameter");
        const unknown = await client.call("GET", `${accounts}?api-version=2015-12-01`);
        assert.equal(at(unknown.body, "error", "code"), "NoRegisteredProviderFound");
        assert.match(
            String(at(unknown.body, "error", "message")),
            /2023-11-01, 2024-02-01, 2024-07-01, 2025-06-01/,
        );
        for (const version of ["2023-11-01", "2024-02-01", "2024-07-01", "2025-06-01"]) {
            assert.equal(
                (await client.call("GET", `${accounts}?api-version=${version}`)).status,
                200,
                version,
            );
        }
    });

    it("tells apart what is not there: subscription, group, provider, type, resource", async () => {
        const group = await newGroup(client);
        const other = "/subscriptions/00000000-0000-0000-0000-000000000001";
        const { groups, network } = versions;
        assert.equal(await codeOf("GET", `${other}/resourceGroups/g?${groups}`), "404 SubscriptionNotFound");
        assert.equal(
            await codeOf("GET", `/subscriptions/nobody/resourceGroups/g?${groups}`),
            "400 InvalidSubscriptionId",
        );
        assert.equal(await codeOf("GET", `${group}x?${groups}`), "404 ResourceGroupNotFound");
        assert.equal((await client.call("HEAD", `${group}x?${groups}`)).status, 404);
        assert.equal((await client.call("HEAD", `${group}?${groups}`)).status, 204);
        const vnet = "providers/Microsoft.Network/virtualNetworks/none";
        assert.equal(await codeOf("GET", `${group}/${vnet}?${network}`), "404 ResourceNotFound");
        assert.equal(await codeOf("GET", `${group}x/${vnet}?${network}`), "404 ResourceGroupNotFound");
        assert.equal(
            await codeOf("GET", `${group}/providers/Contoso.Things/things/one?${network}`),
            "404 InvalidResourceNamespace",
        );
        assert.equal(
            await codeOf("GET", `${group}/providers/Microsoft.Batch/things/one?${versions.batch}`),
            "404 InvalidResourceType",
        );
        assert.equal(await codeOf("PUT", `${group}/${vnet}?${network}`, {}), "400 LocationRequired");
        const child = `${group}/${vnet}/subnets/s?${network}`;
        assert.equal(await codeOf("PUT", child, { properties: {} }), "404 ParentResourceNotFound");
        assert.equal(
            await codeOf("PUT", `${group}?${groups}`, { location: "eastus" }),
            "409 InvalidResourceGroupLocation",
        );
    });

    it("refuses wrong accounts: name, storage, location, mode, and a name that is taken", async () => {
        const [one, two] = [await newGroup(client), await newGroup(client)];
        const account = await newAccount(client, one);
        const name = account.split("/").at(-1) ?? "";
        const at1 = (group: string, called: string) =>
            `${group}/providers/Microsoft.Batch/batchAccounts/${called}?${versions.batch}`;
        const location = "westeurope";
        assert.equal(await codeOf("PUT", at1(one, "a-b"), { location }), "400 InvalidResourceName");
        assert.equal(await codeOf("PUT", at1(one, "ab"), { location }), "400 InvalidResourceName");
        assert.equal(await codeOf("PUT", at1(one, "abc"), {}), "400 MissingRequiredProperty");
        assert.equal(await codeOf("PUT", at1(two, name), { location }), "409 AccountAlreadyExists");
        assert.equal(
            await codeOf("PUT", at1(one, name), { location: "eastus" }),
            "409 InvalidResourceLocation",
        );
        const nowhere = {
            autoStorage: { storageAccountId: `${one}/providers/Microsoft.Storage/storageAccounts/none` },
        };
        assert.equal(
            await codeOf("PUT", at1(one, "abc"), { location, properties: nowhere }),
            "400 InvalidPropertyValue",
        );
        const own = { poolAllocationMode: "UserSubscription" };
        assert.equal(
            await codeOf("PUT", at1(one, "abc"), { location, properties: own }),
            "400 MissingRequiredProperty",
        );
        assert.equal(
            await codeOf("PUT", at1(one, name), {
                location,
                properties: { ...own, keyVaultReference: { id: "/v", url: "https://v" } },
            }),
            "400 PropertyCannotBeUpdated",
        );
        assert.equal(await codeOf("GET", at1(one, "abc")), "404 ResourceNotFound");
        assert.equal(
            await codeOf("POST", at1(one, name).replace("?", "/syncAutoStorageKeys?")),
            "409 AutoStorageNotSet",
        );
    });

    it("gives keys only where Shared Key is allowed, and a new key replaces one of the two", async () => {
        const group = await newGroup(client);
        const entra = await newAccount(client, group, { allowedAuthenticationModes: ["AAD"] });
        assert.equal(
            await codeOf("POST", `${entra}/listKeys?${versions.batch}`),
            "409 OperationInvalidForCurrentState",
        );
        const account = await newAccount(client, group);
        const before = (await client.call("POST", `${account}/listKeys?${versions.batch}`)).body;
        const { body: after } = await client.call("POST", `${account}/regenerateKeys?${versions.batch}`, {
            keyName: "Secondary",
        });
        assert.equal(after["primary"], before["primary"]);
        assert.notEqual(after["secondary"], before["secondary"]);
        assert.equal(
            await codeOf("POST", `${account}/regenerateKeys?${versions.batch}`, { keyName: "Third" }),
            "400 InvalidPropertyValue",
        );
    });
});
