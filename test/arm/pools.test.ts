import assert from "node:assert/strict";
import { arm, at, newAccount, newGroup, poolBody, versions } from "./given";
import type { Arm, Json } from "./given";
import { poolProperties } from "../../catalog";

describe("resource manager: pools", function () {
    this.timeout(30_000);
    let client: Arm;
    let account: string;
    const pool = (name: string, action = "") => `${account}/pools/${name}${action}?${versions.batch}`;
    const steady = async (name: string) => {
        for (;;) {
            const { body } = await client.call("GET", pool(name));
            if (at(body, "properties", "allocationState") === "Steady") return;
            await new Promise((done) => setTimeout(done, 20));
        }
    };
    before(async () => {
        client = await arm();
        account = await newAccount(client, await newGroup(client));
    });

    it("shows the same pool on the data plane's terms: PascalCase here, lower case there", async () => {
        const startTask = {
            commandLine: "/bin/true",
            userIdentity: { autoUser: { scope: "Pool", elevationLevel: "Admin" } },
            waitForSuccess: true,
        };
        const body = poolBody({
            startTask,
            interNodeCommunication: "Enabled",
            taskSchedulingPolicy: { nodeFillType: "Pack" },
            userAccounts: [{ name: "me", password: "not shown", elevationLevel: "NonAdmin" }],
        });
        await client.call("PUT", pool("shape"), body);
        const { body: shown } = await client.call("GET", pool("shape"));
        assert.deepEqual(at(shown, "properties", "startTask"), startTask);
        assert.equal(at(shown, "properties", "interNodeCommunication"), "Enabled");
        assert.deepEqual(at(shown, "properties", "taskSchedulingPolicy"), { nodeFillType: "Pack" });
        assert.deepEqual(at(shown, "properties", "userAccounts"), [
            { name: "me", elevationLevel: "NonAdmin" },
        ]);
        const endpoint = String(
            at(
                (await client.call("GET", `${account}?${versions.batch}`)).body,
                "properties",
                "accountEndpoint",
            ),
        );
        const token = await client.token("https://batch.core.windows.net/.default");
        const there = await client.raw("GET", `https://${endpoint}/pools/shape?api-version=2025-06-01`, {
            headers: { authorization: `Bearer ${token}` },
        });
        assert.equal(there.status, 200);
        assert.equal(at(there.body, "startTask", "userIdentity", "autoUser", "elevationLevel"), "admin");
        assert.equal(at(there.body, "enableInterNodeCommunication"), true);
        assert.equal(at(there.body, "taskSchedulingPolicy", "nodeFillType"), "pack");
    });

    it("takes the body it has shown back without a change, secrets left out", async () => {
        const extension = { name: "kv", publisher: "Microsoft.Azure.KeyVault", type: "KeyVaultForLinux" };
        const { properties } = poolBody() as {
            properties: { deploymentConfiguration: { virtualMachineConfiguration: Json } };
        };
        const machine = properties.deploymentConfiguration.virtualMachineConfiguration;
        machine["extensions"] = [{ ...extension, protectedSettings: { key: "secret-1" } }];
        const size = { scaleSettings: { fixedScale: { targetDedicatedNodes: 1 } } };
        await client.call("PUT", pool("again"), { properties: { ...properties, ...size } });
        const { body } = await client.call("GET", pool("again"));
        assert.ok(!JSON.stringify(body).includes("secret-1"));
        const put = await client.call("PUT", pool("again"), body);
        assert.equal(put.status, 200, JSON.stringify(put.body));
        const other = {
            ...properties,
            ...size,
            deploymentConfiguration: {
                virtualMachineConfiguration: {
                    ...machine,
                    extensions: [{ ...extension, protectedSettings: { key: "secret-2" } }],
                },
            },
        };
        assert.equal((await client.call("PUT", pool("again"), { properties: other })).status, 400);
    });

    it("refuses every immutable property of the catalogue by its name, as long as there are nodes or a size", async () => {
        const { properties } = poolBody({ scaleSettings: { fixedScale: { targetDedicatedNodes: 1 } } }) as {
            properties: Json;
        };
        await client.call("PUT", pool("fixed"), { properties });
        const changed: Json = {
            displayName: "other",
            vmSize: "Standard_D4s_v5",
            deploymentConfiguration: {
                virtualMachineConfiguration: {
                    imageReference: { id: "/x" },
                    nodeAgentSkuId: "batch.node.ubuntu 22.04",
                },
            },
            interNodeCommunication: "Enabled",
            networkConfiguration: { subnetId: "/subscriptions/s/subnets/n" },
            taskSlotsPerNode: 4,
            taskSchedulingPolicy: { nodeFillType: "Pack" },
            userAccounts: [{ name: "x", password: "y" }],
            mountConfiguration: [{ nfsMountConfiguration: { source: "a", relativeMountPath: "b" } }],
            upgradePolicy: { mode: "manual" },
            resourceTags: { a: "b" },
            applicationLicenses: ["maya"],
        };
        const immutable = Object.values(poolProperties).filter(({ change }) => change === "replace");
        assert.deepEqual(Object.keys(changed).sort(), immutable.map(({ path }) => path).sort());
        for (const [name, value] of Object.entries(changed)) {
            for (const method of ["PUT", "PATCH"]) {
                const sent = method === "PUT" ? { ...properties, [name]: value } : { [name]: value };
                const { status, body } = await client.call(method, pool("fixed"), { properties: sent });
                assert.equal(status, 400, `${method} ${name}`);
                assert.equal(at(body, "error", "code"), "PropertyCannotBeUpdated");
                assert.equal(at(body, "error", "target"), "BatchAccount");
                assert.deepEqual(at(body, "error", "details", 2), {
                    code: "PropertyPath",
                    message: `properties.${name}`,
                });
            }
        }
    });

    it("changes what can change by PATCH, and null takes it out", async () => {
        await client.call("PUT", pool("patch"), poolBody({ startTask: { commandLine: "/bin/true" } }));
        const metadata = [{ name: "team", value: "render" }];
        const added = await client.call("PATCH", pool("patch"), { properties: { metadata } });
        assert.deepEqual(at(added.body, "properties", "metadata"), metadata);
        assert.equal(at(added.body, "properties", "startTask", "commandLine"), "/bin/true");
        const removed = await client.call("PATCH", pool("patch"), { properties: { startTask: null } });
        assert.equal(at(removed.body, "properties", "startTask"), undefined);
        assert.deepEqual(at(removed.body, "properties", "metadata"), metadata);
    });

    it("goes between a fixed size and a formula, and stops a formula", async () => {
        await client.call("PUT", pool("scale"), poolBody());
        const formula = "$TargetDedicatedNodes = 0;";
        const auto = await client.call("PATCH", pool("scale"), {
            properties: { scaleSettings: { autoScale: { formula } } },
        });
        assert.deepEqual(at(auto.body, "properties", "scaleSettings"), {
            autoScale: { formula, evaluationInterval: "PT15M" },
        });
        const stopped = await client.call("POST", pool("scale", "/disableAutoScale"));
        assert.equal(at(stopped.body, "properties", "scaleSettings", "autoScale"), undefined);
        const stop = await client.call("POST", pool("scale", "/stopResize"));
        assert.equal(stop.status, 200);
    });

    it("holds to If-Match and If-None-Match", async () => {
        const made = await client.call("PUT", pool("tags"), poolBody(), { "if-none-match": "*" });
        assert.equal(made.status, 200);
        assert.equal(made.body["etag"], made.headers["etag"]);
        await steady("tags");
        const eTag = String((await client.call("GET", pool("tags"))).headers["etag"]);
        const again = await client.call("PUT", pool("tags"), poolBody(), { "if-none-match": "*" });
        assert.deepEqual([again.status, at(again.body, "error", "code")], [412, "ConditionNotMet"]);
        const patch = { properties: { metadata: [] } };
        assert.equal(
            (await client.call("PATCH", pool("tags"), patch, { "if-match": 'W/"0x1"' })).status,
            412,
        );
        assert.equal((await client.call("PATCH", pool("tags"), patch, { "if-match": eTag })).status, 200);
        assert.equal((await client.call("PATCH", pool("tags"), patch, { "if-match": eTag })).status, 412);
    });

    it("pages, selects and filters the list", async () => {
        for (const name of ["list-a", "list-b", "list-c"]) await client.call("PUT", pool(name), poolBody());
        const query = `&maxresults=2&$filter=${encodeURIComponent("startswith(name,'list-')")}&$select=properties/vmSize`;
        const first = await client.call("GET", `${account}/pools?${versions.batch}${query}`);
        const names = (list: Json) => (list["value"] as Json[]).map(({ name }) => name);
        assert.deepEqual(names(first.body), ["list-a", "list-b"]);
        assert.deepEqual(Object.keys(at(first.body, "value", 0, "properties") as Json), ["vmSize"]);
        const second = await client.call("GET", String(first.body["nextLink"]));
        assert.deepEqual(names(second.body), ["list-c"]);
        assert.equal(second.body["nextLink"], undefined);
        for (const bad of ["maxresults=0", "maxresults=1001", "$filter=colour%20eq%20'red'"]) {
            assert.equal(
                (await client.call("GET", `${account}/pools?${versions.batch}&${bad}`)).status,
                400,
                bad,
            );
        }
    });

    const wrong: [string, Json | string, string, string?][] = [
        ["no JSON", "{", "InvalidRequestContent"],
        ["a list", "[]", "InvalidRequestContent"],
        [
            "no size of machine",
            { properties: { ...(poolBody()["properties"] as Json), vmSize: null } },
            "MissingRequiredProperty",
            "properties.vmSize",
        ],
        [
            "no machine",
            { properties: { vmSize: "Standard_D2s_v5" } },
            "MissingRequiredProperty",
            "properties.deploymentConfiguration.virtualMachineConfiguration",
        ],
        [
            "a wrong type",
            poolBody({ taskSlotsPerNode: "two" }),
            "InvalidPropertyValue",
            "properties.taskSlotsPerNode",
        ],
        [
            "a wrong word",
            poolBody({ interNodeCommunication: "Perhaps" }),
            "InvalidPropertyValue",
            "properties.interNodeCommunication",
        ],
        [
            "too many slots",
            poolBody({ taskSlotsPerNode: 257 }),
            "InvalidPropertyValue",
            "properties.taskSlotsPerNode",
        ],
        [
            "an image that its node agent does not fit",
            poolBody({
                deploymentConfiguration: {
                    virtualMachineConfiguration: {
                        imageReference: {
                            publisher: "canonical",
                            offer: "ubuntu-24_04-lts",
                            sku: "server",
                            version: "latest",
                        },
                        nodeAgentSkuId: "batch.node.ubuntu 22.04",
                    },
                },
            }),
            "InvalidPropertyValue",
            "virtualMachineConfiguration.nodeAgentSKUId",
        ],
        [
            "a negative size",
            poolBody({ scaleSettings: { fixedScale: { targetDedicatedNodes: -1 } } }),
            "InvalidPropertyValue",
            "properties.scaleSettings.fixedScale.targetDedicatedNodes",
        ],
        [
            "a short timeout",
            poolBody({ scaleSettings: { fixedScale: { resizeTimeout: "PT1M" } } }),
            "InvalidPropertyValue",
            "properties.scaleSettings.fixedScale.resizeTimeout",
        ],
        [
            "both kinds of scale",
            poolBody({ scaleSettings: { fixedScale: {}, autoScale: { formula: "x" } } }),
            "InvalidPropertyValue",
            "properties.scaleSettings",
        ],
        ["a retired certificate", poolBody({ certificates: [{ id: "x" }] }), "CertificateRetired"],
        [
            "an unknown identity",
            { ...poolBody(), identity: { type: "UserAssigned", userAssignedIdentities: { "/nowhere": {} } } },
            "InvalidPropertyValue",
        ],
        [
            "an unknown package",
            poolBody({ applicationPackages: [{ id: "/applications/none", version: "1" }] }),
            "InvalidApplicationPackageReferences",
        ],
    ];
    for (const [what, body, code, path] of wrong) {
        it(`refuses ${what} with ${code} and makes no pool`, async () => {
            const answer = await client.call("PUT", pool("wrong"), body);
            assert.ok(answer.status >= 400 && answer.status < 500, String(answer.status));
            assert.equal(at(answer.body, "error", "code"), code, JSON.stringify(answer.body));
            if (path !== undefined)
                assert.ok(JSON.stringify(answer.body).includes(`"${path}"`), JSON.stringify(answer.body));
            assert.equal((await client.call("GET", pool("wrong"))).status, 404);
        });
    }

    it("tells a missing pool, a missing account and a bad name apart", async () => {
        const missing = await client.call("GET", pool("none"));
        assert.deepEqual([missing.status, at(missing.body, "error", "code")], [404, "PoolNotFound"]);
        const parent = await client.call("PUT", pool("p").replace("/pools/", "x/pools/"), poolBody());
        assert.deepEqual([parent.status, at(parent.body, "error", "code")], [404, "ParentResourceNotFound"]);
        const name = await client.call("PUT", pool("a%20b"), poolBody());
        assert.deepEqual([name.status, at(name.body, "error", "code")], [400, "InvalidResourceName"]);
        assert.equal((await client.call("DELETE", pool("none"))).status, 204);
    });
});
