import * as assert from "node:assert/strict";
import * as http from "node:http";
import type { AddressInfo } from "node:net";
import { AzureNativePlugin } from "../../local/pulumi/azure-native/plugin";
import { PartialState, type ResourceRef } from "../../local/pulumi/protocol/plugin";
import type { Properties } from "../../local/pulumi/protocol/values";
import { temporaryFolders } from "../support/folder";
import { clientSecret, failure, SmallCloud, subscriptionId, tenantId } from "./cloud";

const GROUP = `/subscriptions/${subscriptionId}/resourceGroups/g`;
const ACCOUNT = `${GROUP}/providers/Microsoft.Batch/batchAccounts/acc`;
const limits = () => ({ signal: AbortSignal.timeout(20_000) });
const empty = { inputs: {}, outputs: {} };

function ref(type: string, name = "acc"): ResourceRef {
    return { urn: `urn:pulumi:dev::test::azure-native:${type}::${name}`, type: `azure-native:${type}`, name };
}
const account = ref("batch:BatchAccount");
const accountInputs = { resourceGroupName: "g", accountName: "acc", location: "westus2" };

describe("the stand-in for azure-native", () => {
    const folder = temporaryFolders();
    let cloud: SmallCloud;
    let plugin: AzureNativePlugin;
    const environment = process.env.SSL_CERT_FILE;

    function configured(config: Properties = {}): AzureNativePlugin {
        const made = new AzureNativePlugin();
        made.configure({
            metadataHost: cloud.host,
            subscriptionId,
            tenantId,
            clientId: "the-app",
            clientSecret,
            ...config,
        });
        return made;
    }
    beforeEach(async () => {
        cloud = await SmallCloud.start(folder());
        process.env.SSL_CERT_FILE = cloud.caFile;
        plugin = configured();
    });
    afterEach(async () => {
        if (environment === undefined) delete process.env.SSL_CERT_FILE;
        else process.env.SSL_CERT_FILE = environment;
        await cloud.stop();
    });

    it("creates as the real plugin does: GET, PUT, poll, GET", async () => {
        cloud.prescribe("PUT", ACCOUNT, {
            status: 202,
            headers: { location: "/later/1?api-version=2024-07-01", "retry-after-ms": "1" },
        });
        const up = {
            id: ACCOUNT,
            name: "acc",
            location: "westus2",
            properties: { accountEndpoint: "acc.test" },
        };
        cloud.prescribe(
            "GET",
            "/later/1",
            { status: 202, headers: { "retry-after-ms": "1" } },
            { status: 200, body: up },
        );
        cloud.prescribe("GET", ACCOUNT, failure(404, "ResourceNotFound"), { status: 200, body: up });
        const state = await plugin.create(account, accountInputs, limits());
        assert.equal(state.id, ACCOUNT);
        assert.deepEqual(state.outputs, {
            name: "acc",
            location: "westus2",
            accountEndpoint: "acc.test",
            azureApiVersion: "2024-07-01",
        });
        const put = cloud.seen.find(({ method }) => method === "PUT");
        assert.deepEqual(put?.body, { location: "westus2" });
        assert.equal(put.query.get("api-version"), "2024-07-01");
        assert.deepEqual(cloud.calls(), [
            `GET ${ACCOUNT}`,
            `PUT ${ACCOUNT}`,
            "GET /later/1",
            "GET /later/1",
            `GET ${ACCOUNT}`,
        ]);
    });

    it("does not take over what exists", async () => {
        await plugin.create(account, accountInputs, limits());
        await assert.rejects(
            plugin.create(account, accountInputs, limits()),
            /cannot create already existing resource/,
        );
    });

    it("keeps in the state what was accepted but did not come up", async () => {
        cloud.prescribe("PUT", ACCOUNT, {
            status: 202,
            headers: { location: "/later/1", "retry-after-ms": "1" },
        });
        cloud.prescribe("GET", "/later/1", failure(400, "Broken"));
        const half = { id: ACCOUNT, properties: { provisioningState: "Failed" } };
        cloud.prescribe("GET", ACCOUNT, failure(404, "ResourceNotFound"), { status: 200, body: half });
        await assert.rejects(plugin.create(account, accountInputs, limits()), (error) => {
            assert.ok(error instanceof PartialState);
            assert.match(error.message, /Code="Broken" Message="this is Broken"/);
            assert.equal(error.state.id, ACCOUNT);
            assert.equal(error.state.outputs.provisioningState, "Failed");
            return true;
        });
    });

    it("refreshes by GET: no drift, drift, gone", async () => {
        const { id, outputs } = await plugin.create(
            account,
            { ...accountInputs, tags: { a: "1" } },
            limits(),
        );
        const before = { inputs: { ...accountInputs, tags: { a: "1" } }, outputs };
        const same = await plugin.read(account, id, before, limits());
        assert.deepEqual(same?.inputs, before.inputs);
        assert.deepEqual(same.outputs, outputs);
        Object.assign(cloud.resources.get(ACCOUNT.toLowerCase()) ?? {}, { tags: { a: "2" } });
        const moved = await plugin.read(account, id, before, limits());
        assert.deepEqual(moved?.inputs, { ...accountInputs, tags: { a: "2" } });
        cloud.resources.clear();
        assert.equal(await plugin.read(account, id, before, limits()), undefined);
    });

    it("reads by id alone the inputs that the id tells", async () => {
        await plugin.create(account, accountInputs, limits());
        const found = await plugin.read(account, ACCOUNT, empty, limits());
        assert.deepEqual(found?.inputs, { resourceGroupName: "g", accountName: "acc" });
    });

    it("updates with the full body, and with PATCH and null where an identity is dropped", async () => {
        const inputs = {
            ...accountInputs,
            identity: { type: "UserAssigned", userAssignedIdentities: ["/id/1", "/id/2"] },
        };
        const { id, outputs } = await plugin.create(account, inputs, limits());
        cloud.calls();
        await plugin.update(account, id, { inputs, outputs }, { ...inputs, tags: { a: "1" } }, limits());
        assert.deepEqual(cloud.calls(), [`PUT ${ACCOUNT}`, `GET ${ACCOUNT}`]);
        const fewer = { ...inputs, identity: { type: "UserAssigned", userAssignedIdentities: ["/id/1"] } };
        await plugin.update(account, id, { inputs, outputs }, fewer, limits());
        const patch = cloud.seen.find(({ method }) => method === "PATCH");
        assert.deepEqual(patch?.body, {
            location: "westus2",
            identity: { type: "UserAssigned", userAssignedIdentities: { "/id/1": {}, "/id/2": null } },
        });
    });

    it("keeps subnets of a network that the program does not speak of", async () => {
        const network = ref("network:VirtualNetwork", "net");
        const inputs = { resourceGroupName: "g", virtualNetworkName: "net", location: "westus2" };
        const { id, outputs } = await plugin.create(network, inputs, limits());
        const subnets = [{ name: "made elsewhere", properties: { addressPrefix: "10.0.0.0/24" } }];
        Object.assign(cloud.resources.get(id.toLowerCase()) ?? {}, { properties: { subnets } });
        await plugin.update(network, id, { inputs, outputs }, { ...inputs, tags: { a: "1" } }, limits());
        const put = cloud.seen.filter(({ method }) => method === "PUT").at(-1);
        assert.deepEqual((put?.body as { properties?: unknown }).properties, { subnets });
    });

    it("deletes, waits where the type's deletion goes on, and takes 404 for deleted", async () => {
        await plugin.create(account, accountInputs, limits());
        cloud.prescribe("DELETE", ACCOUNT, {
            status: 202,
            headers: { location: "/later/9", "retry-after-ms": "1" },
        });
        cloud.prescribe(
            "GET",
            "/later/9",
            { status: 202, headers: { "retry-after-ms": "1" } },
            { status: 204 },
        );
        cloud.calls();
        await plugin.delete(account, ACCOUNT, empty, limits());
        assert.deepEqual(cloud.calls(), [`DELETE ${ACCOUNT}`, "GET /later/9", "GET /later/9"]);
        cloud.resources.clear();
        await plugin.delete(account, ACCOUNT, empty, limits());
    });

    it("tries again what is passing, and nothing else", async () => {
        const busy = { ...failure(409, "AnotherOperationInProgress"), headers: { "retry-after-ms": "1" } };
        cloud.prescribe("PUT", ACCOUNT, busy, {
            ...failure(429, "TooManyRequests"),
            headers: { "retry-after-ms": "1" },
        });
        await plugin.create(account, accountInputs, limits());
        assert.equal(cloud.calls().filter((call) => call.startsWith("PUT")).length, 3);
        cloud.resources.clear();
        cloud.prescribe("PUT", ACCOUNT, failure(409, "AccountNameTaken"));
        await assert.rejects(
            plugin.create(account, accountInputs, limits()),
            /Status=409 Code="AccountNameTaken"/,
        );
    });

    it("gives the location of the settings, else of the resource group", async () => {
        const group = ref("resources:ResourceGroup", "g");
        const inputs = { resourceGroupName: "g", location: "northeurope" };
        const { id } = await plugin.create(group, inputs, limits());
        assert.equal(id, GROUP.replace("resourceGroups", "resourcegroups"));
        const checked = await plugin.check(account, { resourceGroupName: "g" }, {}, undefined, limits());
        assert.equal(checked.inputs.location, "northeurope");
        assert.match(String(checked.inputs.accountName), /^acc[0-9a-f]{8}$/);
        const set = await configured({ location: "westus" }).check(
            account,
            { resourceGroupName: "g" },
            {},
            undefined,
            limits(),
        );
        assert.equal(set.inputs.location, "westus");
        const pool = await plugin.check(
            ref("batch:Pool", "p"),
            { resourceGroupName: "g", accountName: "a" },
            {},
            undefined,
            limits(),
        );
        assert.deepEqual(pool, {
            inputs: { resourceGroupName: "g", accountName: "a", poolName: "p" },
            failures: [],
        });
    });

    it("refuses inputs without what the path needs, and types that it does not know", async () => {
        const { failures } = await plugin.check(account, { location: "westus" }, {}, undefined, limits());
        assert.deepEqual(failures, [
            { property: "resourceGroupName", reason: "missing required property 'resourceGroupName'" },
        ]);
        const unknown = plugin.check(ref("compute:VirtualMachine"), {}, {}, undefined, limits());
        await assert.rejects(
            unknown,
            /does not know azure-native:compute:VirtualMachine.*Install the real plugin/,
        );
    });

    it("replaces for a path parameter, first deleting unless the name was made up", () => {
        const state = { inputs: accountInputs, outputs: {} };
        const renamed = plugin.diff(account, state, { ...accountInputs, accountName: "other" });
        assert.deepEqual(renamed, {
            changes: [{ path: "accountName", kind: "update", replace: true }],
            deleteBeforeReplace: true,
        });
        const respelled = { ...accountInputs, resourceGroupName: "G", location: "West US 2" };
        assert.deepEqual(plugin.diff(account, state, respelled).changes, []);
        const madeUp = { ...accountInputs, accountName: "acc0123abcd" };
        assert.equal(
            plugin.diff(account, { ...state, inputs: madeUp }, accountInputs).deleteBeforeReplace,
            false,
        );
        const pool = { resourceGroupName: "g", accountName: "a", poolName: "p", vmSize: "a" };
        const resized = plugin.diff(
            ref("batch:Pool"),
            { inputs: pool, outputs: {} },
            { ...pool, vmSize: "b" },
        );
        assert.deepEqual(resized.changes, [{ path: "vmSize", kind: "update", replace: false }]);
    });

    it("reads resources and keys by functions, and tells who we are", async () => {
        await plugin.create(account, accountInputs, limits());
        const args = { resourceGroupName: "g", accountName: "acc" };
        const found = await plugin.invoke("azure-native:batch:getBatchAccount", args, limits());
        assert.equal(found.location, "westus2");
        assert.equal(found.id, ACCOUNT);
        cloud.prescribe("POST", `${ACCOUNT}/listKeys`, {
            status: 200,
            body: { accountName: "acc", primary: "p" },
        });
        const keys = await plugin.invoke("azure-native:batch:listBatchAccountKeys", args, limits());
        assert.deepEqual(keys, { accountName: "acc", primary: "p" });
        assert.deepEqual(await plugin.invoke("azure-native:authorization:getClientConfig", {}, limits()), {
            clientId: "the-app",
            objectId: "the-object",
            subscriptionId,
            tenantId,
        });
        const unknown = plugin.invoke("azure-native:compute:listVirtualMachines", {}, limits());
        await assert.rejects(unknown, /does not know the function/);
    });

    it("is refused with a wrong client secret, which no message tells", async () => {
        const wrong = configured({ clientSecret: "wrong-and-still-secret" });
        await assert.rejects(wrong.create(account, accountInputs, limits()), (error: Error) => {
            assert.match(error.message, /Status=401 Code="invalid_client"/);
            assert.doesNotMatch(error.message, /wrong-and-still-secret/);
            return true;
        });
    });

    it("signs in with a managed identity, whose endpoint wants its header", async () => {
        const token = SmallCloud.accessToken;
        const endpoint = http.createServer((request, response) => {
            const asked = new URL(request.url ?? "/", "http://localhost").searchParams;
            const right =
                request.headers["x-identity-header"] === "right" &&
                asked.get("resource") === `${cloud.origin}/`;
            response
                .writeHead(right ? 200 : 401)
                .end(JSON.stringify({ access_token: token, expires_on: "4102444800" }));
        });
        await new Promise<void>((resolve) => endpoint.listen(0, "127.0.0.1", resolve));
        const { port } = endpoint.address() as AddressInfo;
        process.env.IDENTITY_ENDPOINT = `http://127.0.0.1:${port}/token`;
        try {
            process.env.IDENTITY_HEADER = "wrong";
            const msi = { clientSecret: "", useMsi: "true" };
            await assert.rejects(configured(msi).create(account, accountInputs, limits()), /status 401/);
            process.env.IDENTITY_HEADER = "right";
            const state = await configured(msi).create(account, accountInputs, limits());
            assert.equal(state.id, ACCOUNT);
        } finally {
            delete process.env.IDENTITY_ENDPOINT;
            delete process.env.IDENTITY_HEADER;
            endpoint.close();
            endpoint.closeAllConnections();
        }
    });

    it("speaks to no cloud that is not named, and to none without TLS or with an unknown certificate", async () => {
        const unnamed = configured({ metadataHost: "" });
        await assert.rejects(
            unnamed.create(account, accountInputs, limits()),
            /no metadata host.*install the real plugin/,
        );
        const bare = configured({ metadataHost: `http://${cloud.host}` });
        await assert.rejects(bare.create(account, accountInputs, limits()), /not permitted for non TLS/);
        delete process.env.SSL_CERT_FILE;
        await assert.rejects(configured().create(account, accountInputs, limits()), /certificate/);
    });

    it("does not carry its token to another host", async () => {
        cloud.prescribe("PUT", ACCOUNT, {
            status: 202,
            headers: { location: "https://elsewhere.test/steal" },
        });
        await assert.rejects(
            plugin.create(account, accountInputs, limits()),
            /elsewhere\.test is not the resource manager/,
        );
    });
});
