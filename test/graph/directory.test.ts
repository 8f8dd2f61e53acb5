import assert from "node:assert/strict";
import { decodeJwt } from "jose";
import { Directory, type Json } from "./support";

describe("graph: directory", () => {
    let directory: Directory;
    before(async () => {
        directory = await Directory.open();
    });
    after(() => directory.close());

    const names = (body: Json) => (body["value"] as Json[]).map(({ displayName }) => displayName);
    const filtered = (collection: string, filter: string) =>
        directory.must(200, "GET", `/v1.0/${collection}?$filter=${encodeURIComponent(filter)}`);

    it("finds objects by their alternate key, in both versions", async () => {
        const { id, appId, principal } = await directory.application("alternate");
        for (const path of [
            `/v1.0/applications(appId='${appId}')`,
            `/v1.0/applications(appId=%27${appId.toUpperCase()}%27)`,
            `/beta/applications/${id}`,
        ])
            assert.equal((await directory.must(200, "GET", path))["id"], id);
        const found = await directory.must(200, "GET", `/beta/servicePrincipals(appId='${appId}')`);
        assert.equal(found["id"], principal);
        await directory.must(404, "GET", "/v1.0/applications(appId='nobody')");
        const made = await directory.must(
            200,
            "POST",
            `/v1.0/applications(appId='${appId}')/addPassword`,
            {},
        );
        assert.ok(
            (await directory.signIn({ client_id: appId, client_secret: String(made["secretText"]) }))[
                "access_token"
            ],
        );
    });

    it("filters as clients do, and refuses what it would get wrong", async () => {
        const { appId } = await directory.application("it's mine");
        await directory.application("it's theirs");
        assert.deepEqual(names(await filtered("applications", "displayName eq 'it''s mine'")), ["it's mine"]);
        assert.equal(names(await filtered("applications", "startswith(displayName,'it''s')")).length, 2);
        const byName = `servicePrincipalNames/any(c:c eq '${appId}')`;
        assert.deepEqual(names(await filtered("servicePrincipals", byName)), ["it's mine"]);
        assert.deepEqual(
            names(await filtered("servicePrincipals", `${byName} and displayName eq 'x and y'`)),
            [],
        );
        assert.deepEqual(names(await filtered("servicePrincipals", `${byName} and accountEnabled eq true`)), [
            "it's mine",
        ]);
        for (const wrong of [
            "",
            "displayName",
            "displayName ne 'x'",
            "appId eq 'x' or appId eq 'y'",
            "appId eq 'x",
        ]) {
            const path = `/v1.0/applications?$filter=${encodeURIComponent(wrong)}`;
            await directory.must(400, "GET", path);
        }
    });

    it("gives pages that hold each object once, and the properties asked for", async () => {
        for (let index = 0; index < 7; index++)
            await directory.must(201, "POST", "/v1.0/applications", { displayName: `page-${index}` });
        const found: unknown[] = [];
        const query = `$filter=${encodeURIComponent("startswith(displayName,'page-')")}&$top=3&$select=displayName&$count=true`;
        let next: string | undefined = `/v1.0/applications?${query}`;
        let pages = 0;
        while (next !== undefined) {
            const body: Json = await directory.must(200, "GET", next);
            assert.equal(body["@odata.count"], 7);
            for (const item of body["value"] as Json[]) assert.deepEqual(Object.keys(item), ["displayName"]);
            found.push(...names(body));
            next = body["@odata.nextLink"] as string | undefined;
            pages++;
        }
        assert.equal(pages, 3);
        assert.deepEqual(
            found.sort(),
            Array.from({ length: 7 }, (_, index) => `page-${index}`),
        );
        await directory.must(400, "GET", "/v1.0/applications?$top=0");
        await directory.must(400, "GET", "/v1.0/applications?$top=1000");
    });

    it("signs in with a password of the service principal too, until that is removed", async () => {
        const { appId, principal } = await directory.application("principal");
        const path = `/v1.0/servicePrincipals/${principal}`;
        const made = await directory.must(200, "POST", `${path}/addPassword`, {});
        const form = { client_id: appId, client_secret: String(made["secretText"]) };
        assert.equal(decodeJwt(String((await directory.signIn(form))["access_token"])).oid, principal);
        await directory.must(204, "PATCH", path, { accountEnabled: false });
        assert.deepEqual((await directory.signIn(form))["error_codes"], [700016]);
        await directory.must(204, "PATCH", path, { accountEnabled: true });
        await directory.must(204, "POST", `${path}/removePassword`, { keyId: made["keyId"] });
        assert.deepEqual((await directory.signIn(form))["error_codes"], [7000215]);
    });

    it("lets nobody write credentials into an object by hand", async () => {
        const planted = { secretHashes: { k: "00" }, passwordCredentials: [{ keyId: "k" }] };
        const { id, appId } = await directory.must(201, "POST", "/v1.0/applications", {
            displayName: "p",
            ...planted,
        });
        const principal = await directory.must(201, "POST", "/v1.0/servicePrincipals", { appId, ...planted });
        await directory.must(204, "PATCH", `/v1.0/applications/${String(id)}`, planted);
        await directory.must(204, "PATCH", `/v1.0/servicePrincipals/${String(principal["id"])}`, planted);
        const kept = directory.store.resources.list("/graph").filter(({ body }) => body["appId"] === appId);
        assert.equal(kept.length, 2);
        for (const { body } of kept)
            assert.deepEqual([body["secretHashes"] ?? {}, body["passwordCredentials"]], [{}, []]);
    });

    it("knows the principal that programs sign in as, and managed identities", async () => {
        const { client } = directory.fix.identity;
        const found = await filtered("servicePrincipals", `appId eq '${client.clientId}'`);
        assert.deepEqual(
            (found["value"] as Json[]).map(({ id }) => id),
            [client.objectId],
        );
        const id =
            "/subscriptions/s/resourcegroups/g/providers/microsoft.managedidentity/userassignedidentities/robot";
        directory.store.resources.put({
            key: id,
            id,
            type: "microsoft.managedidentity/userassignedidentities",
            name: "robot",
            body: { properties: { principalId: "principal-1", clientId: "client-1" } },
            createdAt: 0,
            lastModified: 0,
            eTag: "",
        });
        const robot = await directory.must(200, "GET", "/v1.0/servicePrincipals/principal-1");
        assert.deepEqual([robot["displayName"], robot["servicePrincipalType"]], ["robot", "ManagedIdentity"]);
        const named = await directory.must(200, "POST", "/v1.0/directoryObjects/getByIds", {
            ids: ["principal-1", client.objectId, "nobody"],
        });
        assert.deepEqual(names(named).sort(), ["batchlocal", "robot"]);
        await directory.must(404, "DELETE", "/v1.0/servicePrincipals/principal-1");
    });

    it("says of /me that a token of an application has nobody behind it, and names what is not there", async () => {
        const me = await directory.must(400, "GET", "/v1.0/me");
        assert.equal((me["error"] as Json)["code"], "BadRequest");
        const users = await directory.must(501, "GET", "/v1.0/users");
        assert.match(String((users["error"] as Json)["message"]), /GET \/v1\.0\/users/);
    });
});
