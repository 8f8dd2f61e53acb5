import * as assert from "node:assert/strict";
import { inProfile } from "../../policy/core/policies";
import { PROFILES, resourceRule, stackRule } from "../../policy/core/rule";
import type { Rule } from "../../policy/core/rule";
import { flag, whole } from "../../policy/core/settings";
import { rules } from "../../policy/rules";
import { ACCOUNT, goodAccount, goodStack, POOL, stackWith } from "./support/estate";
import type { Declared } from "./support/judge";
import { changed, judge, remedy, UNKNOWN, urnOf } from "./support/judge";

const KEYS = "azure-batch-account-disable-local-authentication";
const ALERTS = "azure-batch-account-enable-alerts";
const ZONES = "azure-batch-pool-enable-zones";
const withKeys = changed(goodAccount, { allowedAuthenticationModes: ["SharedKey"] });
const accounts: Declared[] = ["red", "blue", "blueish"].map((name) => ({
    type: ACCOUNT,
    name,
    properties: withKeys,
}));

const base = {
    title: "t",
    description: "It should not be so.",
    fix: "mend it",
    link: { title: "A page", url: "https://example.com/page" },
    severity: "high",
    profile: "essential",
} as const;

describe("the profiles of the pack", () => {
    it("hold each other: essential, recommended, regulated", () => {
        const counts = PROFILES.map((profile) => rules.filter((rule) => inProfile(rule, profile)).length);
        assert.deepEqual(
            [...counts].sort((a, b) => a - b),
            counts,
        );
        assert.equal(counts.at(-1), rules.length);
        assert.ok(new Set(counts).size === 3);
    });

    it("decide which rules judge", async () => {
        const resources: Declared[] = [
            { type: POOL, properties: { vmSize: "Standard_D2_v2", certificates: [{ id: "/c" }] } },
        ];
        const found = async (profile: (typeof PROFILES)[number]) =>
            (await judge(resources, { profile })).findings.map(({ rule }) => rule);
        const essential = await found("essential");
        const recommended = await found("recommended");
        const regulated = await found("regulated");
        assert.ok(essential.includes("azure-batch-pool-disallow-certificates"));
        assert.ok(!essential.includes("azure-batch-pool-disallow-retiring-vm-size"));
        assert.ok(recommended.includes("azure-batch-pool-disallow-retiring-vm-size"));
        assert.ok(!recommended.includes(ZONES));
        assert.ok(regulated.includes(ZONES));
    });

    it("are advisory by default, and a finding has severity, reason, fix and link", async () => {
        const { findings } = await judge(accounts.slice(0, 1), { profile: "essential" });
        assert.equal(findings.length, 1);
        assert.equal(findings[0]?.level, "advisory");
        assert.equal(findings[0]?.severity, "high");
        assert.deepEqual(findings[0]?.message.split("\n"), [
            "A Batch account should take Entra ID only: an account key is one secret for everybody, without a name, roles or an end.",
            "allowedAuthenticationModes[0] is SharedKey.",
            'Fix: set allowedAuthenticationModes to ["AAD"]',
            "See: Authenticate Azure Batch services with Microsoft Entra ID, https://learn.microsoft.com/azure/batch/batch-aad-auth",
        ]);
    });
});

describe("levels for single resources", () => {
    const run = (levels: Record<string, string>) => judge(accounts, { rule: KEYS, config: { levels } });

    it("turn a rule off by name, and the reason is printed", async () => {
        const { findings, said } = await run({ red: "disabled: an old tool needs keys" });
        assert.deepEqual(
            findings.map(({ urn }) => urn),
            [urnOf(ACCOUNT, "blue"), urnOf(ACCOUNT, "blueish")],
        );
        assert.deepEqual(said, [`${KEYS} is off for red: an old tool needs keys`]);
    });

    it("raise a rule, and the reason is printed with the finding", async () => {
        const { findings, said } = await run({ blue: "mandatory: production" });
        assert.deepEqual(
            findings.map(({ level }) => level),
            ["advisory", "mandatory", "advisory"],
        );
        assert.equal(findings[1]?.urn, urnOf(ACCOUNT, "blue"));
        assert.equal(findings[1]?.severity, "high");
        assert.match(
            findings[1]?.message ?? "",
            /^A Batch account should[^]*SharedKey\.\nFix: [^]*\nLevel: production\n?$/,
        );
        assert.deepEqual(said, []);
    });

    it("go by pattern and by URN, an exact name before a pattern, a longer pattern before a shorter", async () => {
        assert.equal((await run({ "*": "disabled: all" })).findings.length, 0);
        const { findings } = await run({
            "*": "disabled: all",
            "blue*": "advisory: some",
            blue: "mandatory: one",
        });
        assert.deepEqual(
            findings.map(({ level, urn }) => [urn, level]),
            [
                [urnOf(ACCOUNT, "blue"), "mandatory"],
                [urnOf(ACCOUNT, "blueish"), "advisory"],
            ],
        );
        assert.equal((await run({ [urnOf(ACCOUNT, "red")]: "disabled: x" })).findings.length, 2);
        assert.equal((await run({ "*::red": "disabled: x" })).findings.length, 2);
        assert.equal((await run({ "b.ue": "disabled: a dot is a dot" })).findings.length, 3);
        assert.equal((await run({ re: "disabled: a part is not the whole" })).findings.length, 3);
    });

    it("say so when no resource has the name; a pattern may fit none", async () => {
        const { said } = await run({ rde: "disabled: x", "*-test": "disabled: y", blue: "mandatory: z" });
        assert.deepEqual(said, [`${KEYS} has a level for 'rde', and no resource of the stack has this name`]);
    });

    it("have the last word before the level of the whole stack, and its reason is printed without them", async () => {
        const options = { levels: new Map([[KEYS, { level: "mandatory", reason: "no keys" } as const]]) };
        const config = { levels: { blue: "advisory: until May" } };
        const { findings, said } = await judge(accounts, { rule: KEYS, config, options });
        assert.deepEqual(
            findings.map(({ message }) => /\nLevel: (.*)/.exec(message)?.[1]),
            ["no keys", "until May", "no keys"],
        );
        assert.deepEqual(said, []);
    });

    it("hold for findings of stack rules too", async () => {
        const stack = stackWith({ alert: undefined });
        const off = await judge(stack, {
            rule: ALERTS,
            config: { levels: { account: "disabled: watched elsewhere" } },
        });
        assert.deepEqual(off, { findings: [], said: [`${ALERTS} is off for account: watched elsewhere`] });
        const { findings } = await judge(stack, {
            rule: ALERTS,
            config: { levels: { account: "mandatory: audited" } },
        });
        assert.equal(findings[0]?.level, "mandatory");
        assert.equal(findings[0]?.urn, urnOf(ACCOUNT, "account"));
    });

    it("keep a remedy away from a resource that has a level of its own", async () => {
        const faulty = { type: ACCOUNT, name: "red", properties: withKeys };
        assert.ok(await remedy(faulty, { rule: KEYS }));
        assert.equal(
            await remedy(faulty, { rule: KEYS, config: { levels: { red: "disabled: x" } } }),
            undefined,
        );
        assert.ok(await remedy(faulty, { rule: KEYS, config: { levels: { blue: "disabled: x" } } }));
    });
});

describe("a remedy", () => {
    it("keeps secrets secret and unknown values unknown", async () => {
        const secret = {
            "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270",
            value: "hush",
        };
        const properties = { ...withKeys, encryption: UNKNOWN, tags: { note: secret } };
        const result = await remedy({ type: ACCOUNT, properties }, { rule: KEYS });
        assert.deepEqual(result, { ...properties, allowedAuthenticationModes: ["AAD"] });
    });
});

describe("the configuration of a rule", () => {
    const rule = resourceRule({
        ...base,
        name: "azure-batch-test",
        on: "account",
        settings: { most: whole(3, "the most"), strict: flag(false, "whether") },
        check: (_account, { most, strict }) => `most ${most}, strict ${strict}`,
    });
    const resources: Declared[] = [{ type: ACCOUNT, properties: {} }];
    const message = async (config: Record<string, unknown>) =>
        (await judge(resources, { rules: [rule], rule: rule.name, config })).findings[0]?.message ?? "";

    it("fills up what is not said with defaults", async () => {
        assert.match(await message({}), /most 3, strict false/);
        assert.match(await message({ strict: true }), /most 3, strict true/);
        assert.match(await message({ most: 4, levels: {} }), /most 4, strict false/);
    });

    it("ends the preview for a key that the rule does not have, even without a resource to judge", async () => {
        const wrong = { rules: [rule], rule: rule.name, config: { mots: 4 } };
        const expected =
            /azure-batch-test: it has no key 'mots': its keys are enforcementLevel, levels, most, strict/;
        await assert.rejects(judge(resources, wrong), expected);
        await assert.rejects(judge([{ type: "other:index:Thing", properties: {} }], wrong), expected);
    });

    it("ends the preview when the configuration as a whole is broken", async () => {
        const checkConfiguration = (): void => {
            throw new Error("configuration of azure-bach-x: there is no rule of this name");
        };
        await assert.rejects(
            judge(goodStack, { options: { checkConfiguration } }),
            /azure-bach-x: there is no rule/,
        );
    });
});

describe("a rule that throws", () => {
    const fault = (): never => {
        throw new TypeError("x is not a function");
    };
    const broken: Rule[] = [
        resourceRule({ ...base, name: "azure-batch-broken", on: "account", check: fault }),
        stackRule({ ...base, name: "azure-batch-broken-stack", on: "stack", check: fault }),
        resourceRule({ ...base, name: "azure-batch-sound", on: "account", check: () => "sound" }),
        resourceRule({
            ...base,
            name: "azure-batch-odd",
            on: "account",
            check: () => {
                throw "a text";
            },
        }),
    ];

    it("is a finding about the rule, and the others go on", async () => {
        const { findings } = await judge([{ type: ACCOUNT, properties: {} }], { rules: broken });
        assert.deepEqual(
            findings.map(({ rule }) => rule),
            ["azure-batch-broken", "azure-batch-sound", "azure-batch-odd", "azure-batch-broken-stack"],
        );
        assert.match(
            findings[0]?.message ?? "",
            /The rule itself failed, so nothing was judged: x is not a function\. Please report this; to go on, turn azure-batch-broken off\./,
        );
        assert.match(findings[1]?.message ?? "", /sound/);
        assert.match(findings[2]?.message ?? "", /so nothing was judged: a text\./);
        assert.match(findings[3]?.message ?? "", /The rule itself failed.*turn azure-batch-broken-stack off/);
    });

    it("has no remedy", async () => {
        const rule = resourceRule({
            ...base,
            name: "azure-batch-broken",
            on: "account",
            check: fault,
            remedy: (properties) => {
                properties.tags = {};
            },
        });
        assert.equal(
            await remedy({ type: ACCOUNT, properties: {} }, { rules: [rule], rule: rule.name }),
            undefined,
        );
    });
});

describe("what is said at the end", () => {
    it("counts checks and names the first values that are not known", async () => {
        const properties = Object.fromEntries(Object.keys(goodAccount).map((name) => [name, UNKNOWN]));
        const { findings, said } = await judge([{ type: ACCOUNT, name: "account", properties }], {
            profile: "recommended",
        });
        assert.deepEqual(findings, []);
        assert.equal(said.length, 1);
        assert.equal(
            said[0],
            "4 checks were skipped, as these values are not known yet: account: allowedAuthenticationModes, account: identity, account: autoStorage, account: poolAllocationMode",
        );
    });

    it("says how many more there are", async () => {
        const many: Declared[] = Array.from({ length: 7 }, (_, at) => ({
            type: ACCOUNT,
            name: `account${at}`,
            properties: { ...goodAccount, allowedAuthenticationModes: UNKNOWN },
        }));
        const { said } = await judge(many, { rule: KEYS });
        assert.equal(said.length, 1);
        assert.match(
            said[0] ?? "",
            /^7 checks were skipped, .*account4: allowedAuthenticationModes, and 2 more$/,
        );
        const five = await judge(many.slice(0, 5), { rule: KEYS });
        assert.match(five.said[0] ?? "", /^5 checks were .*account4: allowedAuthenticationModes$/);
        const one = await judge(many.slice(0, 1), { rule: KEYS });
        assert.match(one.said[0] ?? "", /^1 check was skipped/);
    });

    it("names rules that are off for the stack, and says the same reason once", async () => {
        const { said } = await judge(goodStack, {
            options: { levels: new Map([[KEYS, { level: "disabled", reason: "an old tool" }]]) },
        });
        assert.deepEqual(said, [`${KEYS} is off: an old tool`]);
        const twice: Declared[] = [0, 1].map(() => ({ type: ACCOUNT, name: "red", properties: withKeys }));
        const config = { levels: { red: "disabled: x" } };
        assert.deepEqual((await judge(twice, { rule: KEYS, config })).said, [`${KEYS} is off for red: x`]);
    });

    it("counts what ends a rule about the stack", async () => {
        const rule = stackRule({
            ...base,
            name: "azure-batch-stack",
            on: "stack",
            check: (stack) => stack.of("account").map((at) => ({ at, message: at.facts.text("tags") ?? "" })),
        });
        const resources: Declared[] = [{ type: ACCOUNT, properties: { tags: UNKNOWN } }];
        const { findings, said } = await judge(resources, { rules: [rule] });
        assert.deepEqual(findings, []);
        assert.deepEqual(said, ["1 check was skipped, as these values are not known yet: stack: tags"]);
    });
});

describe("resources of any SDK", () => {
    for (const type of [
        "azure-native:batch:BatchAccount",
        "azure-native:batch/v20240201:BatchAccount",
        "azure-native_batch_v20250601:batch:BatchAccount",
    ]) {
        it(`are judged: ${type}`, async () => {
            assert.equal((await judge([{ type, properties: withKeys }], { rule: KEYS })).findings.length, 1);
        });
    }

    for (const type of [
        "azure-native:batch:BatchAccountX",
        "aws:batch:BatchAccount",
        "my-azure-native:batch:BatchAccount",
        "azure-native:web:BatchAccount",
    ]) {
        it(`are left alone: ${type}`, async () => {
            assert.deepEqual(await judge([{ type, properties: withKeys }], { rule: KEYS }), {
                findings: [],
                said: [],
            });
        });
    }
});
