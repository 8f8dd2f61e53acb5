import * as assert from "node:assert/strict";
import * as deserializer from "@pulumi/policy/deserialize";
import * as proto from "@pulumi/pulumi/proto/analyzer_pb";
import { AnalyzerService } from "@pulumi/pulumi/proto/analyzer_grpc_pb";
import { Struct } from "google-protobuf/google/protobuf/struct_pb";
import { decodeOnce, plainCopy, watchConfiguredNames, withoutGuard } from "../../policy/core/library";
import { createPolicies } from "../../policy/core/policies";
import { rules } from "../../policy/rules";
import { ACCOUNT, goodAccount, goodPool, goodStack, POOL } from "./support/estate";
import { changed, judge, TODAY } from "./support/judge";

// What the library has inside and does not declare: these tests fail when it has moved.
const library = deserializer as unknown as {
    deserializeProperties: (properties: object, secrets: boolean) => object;
};
const service = AnalyzerService as unknown as {
    configure: { requestDeserialize: (bytes: Buffer) => proto.ConfigureAnalyzerRequest };
};
const properties = (value: object): Struct => Struct.fromJavaScript(value as never);

describe("what goes beyond the documented face of @pulumi/policy", () => {
    it("decodes a resource once for all rules, but anew for remedies", async () => {
        const original = library.deserializeProperties;
        try {
            decodeOnce();
            const struct = properties({ a: { b: 1 } });
            const first = library.deserializeProperties(struct, false);
            assert.deepEqual(first, { a: { b: 1 } });
            assert.equal(library.deserializeProperties(struct, false), first);
            assert.notEqual(
                library.deserializeProperties(struct, true),
                library.deserializeProperties(struct, true),
            );
            assert.notEqual(library.deserializeProperties(properties({ a: { b: 1 } }), false), first);
            assert.deepEqual(await judge(goodStack), { findings: [], said: [] });
        } finally {
            library.deserializeProperties = original;
        }
    });

    it("sees the names of the rules that are configured, and hands the request on", () => {
        const original = service.configure.requestDeserialize;
        try {
            const seen: string[][] = [];
            watchConfiguredNames((names) => seen.push(names));
            const request = new proto.ConfigureAnalyzerRequest();
            request.getPolicyconfigMap().set("one", new proto.PolicyConfig());
            request.getPolicyconfigMap().set("two", new proto.PolicyConfig());
            const passed = service.configure.requestDeserialize(Buffer.from(request.serializeBinary()));
            assert.deepEqual(seen, [["one", "two"]]);
            assert.equal(passed.getPolicyconfigMap().getLength(), 2);
        } finally {
            service.configure.requestDeserialize = original;
        }
    });

    it("reads behind a guard, and leaves alone what has none", () => {
        const target = { a: 1 };
        assert.equal(withoutGuard({ __isSpecialProxy: true, __getSpecialProxyTarget: target }), target);
        assert.equal(withoutGuard(target), target);
        assert.equal(withoutGuard({ ...target, __getSpecialProxyTarget: {} }) === target, false);
        assert.deepEqual(plainCopy([1, null, "a", { b: [undefined] }]), [1, null, "a", { b: [undefined] }]);
    });
});

describe("what the library is told of each rule", () => {
    const policies = createPolicies(rules, { profile: "recommended", today: TODAY, say: () => {} });
    const of = (name: string) => policies.find((policy) => policy.name === name);

    it("is name, title, reason, fix, page, severity, tags and schema", () => {
        const policy = of("azure-batch-account-disable-local-authentication");
        assert.equal(policy?.displayName, "Entra ID only");
        assert.match(policy?.description ?? "", /^A Batch account should take Entra ID only: /);
        assert.equal(policy?.remediationSteps, 'set allowedAuthenticationModes to ["AAD"]');
        assert.equal(policy?.url, "https://learn.microsoft.com/azure/batch/batch-aad-auth");
        assert.equal(policy?.severity, "high");
        assert.deepEqual(policy?.tags?.slice(0, 4), [
            "azure",
            "batch",
            "essential",
            "Azure Policy 6f68b69f-05fe-49cd-b361-777ee9ca7e35",
        ]);
        assert.deepEqual(of("azure-batch-pool-configure-maximum-nodes")?.configSchema?.properties.maximum, {
            type: "integer",
            default: 100,
            minimum: 0,
            description:
                "the most nodes, of both kinds together for a fixed size, of each kind for a formula",
        });
        for (const { name, configSchema } of policies.slice(0, -1))
            assert.deepEqual(
                configSchema?.properties.levels,
                {
                    type: "object",
                    additionalProperties: { type: "string", pattern: "^(advisory|mandatory|disabled): *\\S" },
                    description:
                        'level for single resources, by name or URN (* stands for anything), with the reason: { "cpu": "disabled: one zone only" }',
                },
                name,
            );
    });

    it("has defaults in the schema that are those of the rule", () => {
        for (const { name, settings } of rules)
            for (const [key, { initial }] of Object.entries(settings ?? {}))
                assert.deepEqual(
                    of(name)?.configSchema?.properties[key]?.default,
                    initial,
                    `${name}: ${key}`,
                );
    });

    it("is advisory inside of the profile and disabled outside of it", () => {
        for (const { name, profile } of rules)
            assert.equal(of(name)?.enforcementLevel, profile === "regulated" ? "disabled" : "advisory", name);
        assert.equal(policies.at(-1)?.name, "azure-batch-summary");
        assert.equal(policies.at(-1)?.enforcementLevel, "advisory");
    });

    it("has a remedy where the rule has one, and only there", () => {
        for (const rule of rules) {
            const policy = of(rule.name);
            const expected = "remedy" in rule && rule.remedy !== undefined;
            assert.equal(policy !== undefined && "remediateResource" in policy, expected, rule.name);
        }
    });
});

describe("days", () => {
    const agent = changed(goodPool, {
        "deploymentConfiguration.virtualMachineConfiguration.nodeAgentSkuId": "batch.node.ubuntu 22.04",
    });
    const found = async (today: string, pool: Record<string, unknown>) => {
        const { findings } = await judge([{ type: POOL, properties: pool }], { options: { today } });
        return findings
            .map(({ rule }) => rule)
            .filter((rule) => /-(ended|ending|retired|retiring)-/.test(rule));
    };

    it("of an end of support still count as supported", async () => {
        assert.deepEqual(await found("2027-01-01", agent), ["azure-batch-pool-disallow-ending-image"]);
        assert.deepEqual(await found("2027-06-30", agent), ["azure-batch-pool-disallow-ending-image"]);
        assert.deepEqual(await found("2027-07-01", agent), ["azure-batch-pool-disallow-ended-image"]);
    });

    it("of a VM size's end still count as before it", async () => {
        const old = changed(goodPool, { vmSize: "Standard_D2_v2" });
        const image = await found("2028-05-01", changed(goodPool, { vmSize: "Standard_D8s_v5" }));
        assert.deepEqual(image, []);
        assert.deepEqual(await found("2026-05-01", old), []);
        assert.deepEqual(await found("2026-05-02", old), ["azure-batch-pool-disallow-retiring-vm-size"]);
        assert.deepEqual(await found("2028-05-01", old), ["azure-batch-pool-disallow-retiring-vm-size"]);
        assert.deepEqual(await found("2028-05-02", old), ["azure-batch-pool-disallow-retired-vm-size"]);
    });
});

describe("two previews in one process", () => {
    it("do not tell each other's skipped checks", async () => {
        const lines: string[] = [];
        const policies = createPolicies(rules, {
            profile: "essential",
            today: TODAY,
            say: (line) => lines.push(line),
        });
        const summary = policies.at(-1);
        assert.ok(summary !== undefined && "validateStack" in summary);
        const open = {
            type: ACCOUNT,
            properties: {
                ...goodAccount,
                allowedAuthenticationModes: "04da6b54-80e4-46f7-96ec-b56ff0331ba9",
            },
        };
        const rule = policies[0];
        assert.ok(
            rule !== undefined && "validateResource" in rule && typeof rule.validateResource === "function",
        );
        const args = {
            type: open.type,
            props: open.properties,
            urn: "u",
            name: "account",
            getConfig: () => ({}),
        };
        await rule.validateResource(args as never, () => assert.fail("no finding"));
        await summary.validateStack({} as never, () => assert.fail("no finding"));
        await summary.validateStack({} as never, () => assert.fail("no finding"));
        assert.equal(lines.length, 1);
    });
});
