import * as assert from "node:assert/strict";
import { AzureAdPlugin } from "../../local/pulumi/azuread/plugin";
import { temporaryFolders } from "../support/folder";
import { clientSecret, SmallCloud, tenantId } from "./cloud";

function ref(type: string) {
    return {
        urn: "",
        name: "x",
        type: `azuread:index/${type.charAt(0).toLowerCase()}${type.slice(1)}:${type}`,
    };
}
const limits = () => ({ signal: AbortSignal.timeout(10_000) });

describe("the stand-in for azuread", () => {
    const folder = temporaryFolders();
    let cloud: SmallCloud;
    let plugin: AzureAdPlugin;
    const environment = process.env.SSL_CERT_FILE;
    beforeEach(async () => {
        cloud = await SmallCloud.start(folder());
        process.env.SSL_CERT_FILE = cloud.caFile;
        plugin = new AzureAdPlugin();
        plugin.configure({ metadataHost: cloud.host, tenantId, clientId: "the-app", clientSecret });
    });
    afterEach(async () => {
        if (environment === undefined) delete process.env.SSL_CERT_FILE;
        else process.env.SSL_CERT_FILE = environment;
        await cloud.stop();
    });

    it("makes, reads, changes and deletes an application", async () => {
        const graph = { id: "1", appId: "2", displayName: "render", web: { homePageUrl: "https://a.test" } };
        cloud.prescribe("POST", "/v1.0/applications", { status: 201, body: graph });
        const inputs = { displayName: "render", homepageUrl: "https://a.test" };
        const state = await plugin.create(ref("ApplicationRegistration"), inputs, limits());
        assert.equal(state.id, "/applications/1");
        assert.deepEqual(state.outputs, { ...inputs, clientId: "2", objectId: "1" });
        assert.deepEqual(cloud.seen.at(-1)?.body, {
            displayName: "render",
            web: { homePageUrl: "https://a.test" },
        });

        cloud.prescribe("GET", "/v1.0/applications/1", { status: 200, body: graph });
        const before = { inputs, outputs: state.outputs };
        const read = await plugin.read(ref("ApplicationRegistration"), state.id, before, limits());
        assert.deepEqual(read?.inputs, inputs);

        cloud.prescribe("PATCH", "/v1.0/applications/1", { status: 204 });
        cloud.prescribe("GET", "/v1.0/applications/1", {
            status: 200,
            body: { ...graph, displayName: "new" },
        });
        const news = { displayName: "new" };
        const updated = await plugin.update(ref("ApplicationRegistration"), state.id, before, news, limits());
        assert.equal(updated.outputs.displayName, "new");
        const patch = cloud.seen.find(({ method }) => method === "PATCH");
        assert.deepEqual(patch?.body, { displayName: "new", web: { homePageUrl: null } });

        cloud.prescribe("DELETE", "/v1.0/applications/1", { status: 204 });
        await plugin.delete(ref("ApplicationRegistration"), state.id, before, limits());
        assert.equal(
            await plugin.read(ref("ApplicationRegistration"), state.id, before, limits()),
            undefined,
        );
    });

    it("adds a password, keeps its value secret and through a refresh, and removes it", async () => {
        const inputs = { applicationId: "/applications/1", displayName: "ci" };
        const entry = { keyId: "k", displayName: "ci", secretText: "hush" };
        cloud.prescribe("POST", "/v1.0/applications/1/addPassword", { status: 200, body: entry });
        const state = await plugin.create(ref("ApplicationPassword"), inputs, limits());
        assert.deepEqual(cloud.seen.at(-1)?.body, { passwordCredential: { displayName: "ci" } });
        assert.deepEqual([state.outputs.value, state.outputs.keyId, state.secrets], ["hush", "k", ["value"]]);
        const listed = { id: "1", passwordCredentials: [{ keyId: "k", displayName: "ci" }] };
        cloud.prescribe("GET", "/v1.0/applications/1", { status: 200, body: listed });
        const before = { inputs, outputs: state.outputs };
        const read = await plugin.read(ref("ApplicationPassword"), state.id, before, limits());
        assert.deepEqual(read?.outputs, state.outputs);
        cloud.prescribe("POST", "/v1.0/applications/1/removePassword", { status: 204 });
        await plugin.delete(ref("ApplicationPassword"), state.id, before, limits());
        assert.deepEqual(cloud.seen.at(-1)?.body, { keyId: "k" });
    });

    it("refuses what is missing", async () => {
        const { failures } = await plugin.check(ref("ServicePrincipal"), {});
        assert.deepEqual(failures, [
            { property: "clientId", reason: "missing required property 'clientId'" },
        ]);
    });
});
