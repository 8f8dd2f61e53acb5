import * as assert from "node:assert/strict";
import { expandPath, fillNames, isMadeUp, parseId } from "../../local/pulumi/azure-native/naming";
import { fromWire, toWire } from "../../local/pulumi/azure-native/shape";
import { resourceRows, type ResourceRow } from "../../local/pulumi/azure-native/types";
import { diffInputs, driftedInputs } from "../../local/pulumi/protocol/diff";
import { open, seal, UNKNOWN, type Properties } from "../../local/pulumi/protocol/values";

function row(token: string): ResourceRow {
    const found = resourceRows[token];
    assert.ok(found, token);
    return found;
}

describe("the stand-in's bodies", () => {
    const cases: [string, Properties, Properties][] = [
        [
            "batch:Pool",
            {
                vmSize: "standard_d2s_v3",
                identity: { type: "UserAssigned", userAssignedIdentities: ["/id/1"] },
                tags: { a: "b" },
            },
            {
                identity: { type: "UserAssigned", userAssignedIdentities: { "/id/1": {} } },
                tags: { a: "b" },
                properties: { vmSize: "standard_d2s_v3" },
            },
        ],
        [
            "storage:StorageAccount",
            {
                kind: "StorageV2",
                sku: { name: "Standard_LRS" },
                enableHttpsTrafficOnly: true,
                networkRuleSet: { defaultAction: "Deny", ipRules: [{ iPAddressOrRange: "10.0.0.1" }] },
            },
            {
                kind: "StorageV2",
                sku: { name: "Standard_LRS" },
                properties: {
                    supportsHttpsTrafficOnly: true,
                    networkAcls: { defaultAction: "Deny", ipRules: [{ value: "10.0.0.1" }] },
                },
            },
        ],
        ["keyvault:Vault", { properties: { tenantId: "t" } }, { properties: { tenantId: "t" } }],
        [
            "network:VirtualNetwork",
            {
                location: "westus",
                addressSpace: { addressPrefixes: ["10.0.0.0/16"] },
                subnets: [
                    {
                        name: "s",
                        addressPrefix: "10.0.0.0/24",
                        delegations: [{ name: "d", serviceName: "x" }],
                    },
                ],
            },
            {
                location: "westus",
                properties: {
                    addressSpace: { addressPrefixes: ["10.0.0.0/16"] },
                    subnets: [
                        {
                            name: "s",
                            properties: {
                                addressPrefix: "10.0.0.0/24",
                                delegations: [{ name: "d", properties: { serviceName: "x" } }],
                            },
                        },
                    ],
                },
            },
        ],
        [
            "operationalinsights:Workspace",
            { sku: { name: "PerGB2018" } },
            { properties: { sku: { name: "PerGB2018" } } },
        ],
        [
            "monitor:MetricAlert",
            { enabled: true, criteria: { odataType: "x", allOf: [] } },
            { properties: { enabled: true, criteria: { "odata.type": "x", allOf: [] } } },
        ],
    ];
    for (const [token, values, body] of cases) {
        it(`are those of ${token} on the wire, and back`, () => {
            assert.deepEqual(toWire(row(token), values), body);
            const { identity, ...rest } = fromWire(row(token), body);
            const { identity: given, ...expected } = values;
            assert.deepEqual(rest, expected);
            assert.equal(identity === undefined, given === undefined);
        });
    }

    it("send nothing for what is not given", () => {
        assert.deepEqual(toWire(row("batch:Application"), { displayName: undefined }), {});
    });
});

describe("the stand-in's names and ids", () => {
    const { path } = row("batch:Pool");
    const inputs = { resourceGroupName: "my group", accountName: "a", poolName: "p" };

    it("make a path of the inputs, and inputs of an id in any case", () => {
        const place = expandPath(path, inputs, () => "s");
        assert.equal(
            place,
            "/subscriptions/s/resourceGroups/my%20group/providers/Microsoft.Batch/batchAccounts/a/pools/p",
        );
        assert.deepEqual(parseId(path, place.replace("resourceGroups", "RESOURCEGROUPS")), inputs);
        assert.equal(parseId(path, "/subscriptions/s"), undefined);
        assert.throws(
            () => expandPath(path, { accountName: "a" }, () => "s"),
            /resourceGroupName is missing/,
        );
    });

    it("take a scope as it is", () => {
        const assignment = row("authorization:RoleAssignment");
        const given = { scope: "/subscriptions/s/resourceGroups/g", roleAssignmentName: "n" };
        const place = expandPath(assignment.path, given, () => "s");
        assert.equal(
            place,
            "/subscriptions/s/resourceGroups/g/providers/Microsoft.Authorization/roleAssignments/n",
        );
        assert.deepEqual(parseId(assignment.path, place), { ...given, scope: given.scope.slice(1) });
    });

    it("make up a name once and keep it", () => {
        const account = row("batch:BatchAccount");
        const first: Properties = {};
        assert.deepEqual(fillNames(account, "render", first, {}, undefined), []);
        assert.match(String(first.accountName), /^render[0-9a-f]{8}$/);
        assert.equal(isMadeUp(account, "render", first), true);
        const second: Properties = {};
        fillNames(account, "render", second, first, undefined);
        assert.deepEqual(second, first);
        assert.equal(isMadeUp(account, "render", { accountName: "given" }), false);
    });

    it("follow the engine's settings for automatic names", () => {
        const account = row("batch:BatchAccount");
        const proposed: Properties = {};
        fillNames(account, "render", proposed, {}, { mode: "propose", proposedName: "renderdev" });
        assert.equal(proposed.accountName, "renderdev");
        const failures = fillNames(account, "render", {}, {}, { mode: "disable", proposedName: "" });
        assert.match(failures[0]?.reason ?? "", /accountName must be given/);
    });
});

describe("the stand-in's differences", () => {
    const rules = { replaceOn: new Set(["name"]) };

    it("name the path of each change and whether it replaces", () => {
        const old = { name: "a", list: [1, { x: 1 }], gone: true, same: { deep: [1] } };
        const now = { name: "b", list: [1, { x: 2 }, 3], same: { deep: [1], "odd key": "new" } };
        assert.deepEqual(diffInputs(old, now, rules), [
            { path: "name", kind: "update", replace: true },
            { path: "list[1].x", kind: "update", replace: false },
            { path: "list[2]", kind: "add", replace: false },
            { path: "gone", kind: "delete", replace: false },
            { path: 'same["odd key"]', kind: "add", replace: false },
        ]);
        assert.deepEqual(diffInputs({ a: 1 }, { a: UNKNOWN }, rules), [
            { path: "a", kind: "update", replace: false },
        ]);
        assert.deepEqual(diffInputs({ a: null }, {}, rules), []);
    });

    it("keep the program's own words in a refresh, except where the service has something else now", () => {
        const inputs = { location: "West US", scale: { min: 1 }, list: [{ a: 1 }], tags: { x: "1" } };
        const before = {
            location: "westus",
            scale: { min: 1, computed: 5 },
            list: [{ a: 1, b: 1 }],
            tags: { x: "1" },
        };
        assert.deepEqual(driftedInputs(inputs, before, before), inputs);
        const now = {
            location: "westus",
            scale: { min: 2, computed: 9 },
            list: [{ a: 1, b: 2 }],
            tags: { x: "2", y: "3" },
        };
        assert.deepEqual(driftedInputs(inputs, before, now), {
            location: "West US",
            scale: { min: 2 },
            list: [{ a: 1 }],
            tags: { x: "2" },
        });
        const secret = { properties: { value: "hush", tag: "a" } };
        const shown = { properties: { tag: "a", uri: "u", version: 1 } };
        const reordered = { properties: { version: 1, uri: "u", tag: "a" } };
        assert.deepEqual(driftedInputs(secret, shown, reordered), secret);
        const newer = { properties: { version: 2, uri: "u", tag: "b" } };
        assert.deepEqual(driftedInputs(secret, shown, newer), { properties: { value: "hush", tag: "b" } });
    });
});

describe("the stand-in's values", () => {
    it("keep a property secret in which something is", () => {
        const wrapped = {
            "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270",
            value: "hush",
        };
        const struct = seal({ list: [{ key: wrapped }], plain: 1, gone: undefined, none: null });
        const { values, secrets } = open(struct);
        assert.deepEqual(values, { list: [{ key: "hush" }], plain: 1, none: null });
        assert.deepEqual([...secrets], ["list"]);
        const again = seal(values, secrets).toJavaScript();
        assert.deepEqual(again.list, { ...wrapped, value: [{ key: "hush" }] });
        assert.equal(again.plain, 1);
    });
});
