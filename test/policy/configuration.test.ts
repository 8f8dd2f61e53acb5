import * as assert from "node:assert/strict";
import { checkNames, readConfiguration } from "../../policy/core/configuration";
import { rules } from "../../policy/rules";

const NOW = new Date("2026-11-21T23:59:59Z");
const KEYS = "azure-batch-account-disable-local-authentication";
const ZONES = "azure-batch-pool-enable-zones";

const configuration = (values: Record<string, string>, environment: NodeJS.ProcessEnv = {}) =>
    readConfiguration(rules, { ...environment, PULUMI_CONFIG: JSON.stringify(values) }, NOW);

describe("the configuration of the stack", () => {
    it("is the profile recommended when it says nothing", () => {
        assert.deepEqual(readConfiguration(rules, {}, NOW), {
            profile: "recommended",
            today: "2026-11-21",
            rules: {},
            levels: new Map(),
        });
        assert.deepEqual(configuration({ "aws:region": "x", "azure-native:location": "y" }).rules, {});
    });

    it("chooses the profile, before the environment does", () => {
        assert.equal(configuration({ "azure-batch-policy:profile": "essential" }).profile, "essential");
        assert.equal(configuration({}, { AZURE_BATCH_POLICY_PROFILE: "regulated" }).profile, "regulated");
        const both = configuration(
            { "azure-batch-policy:profile": "essential" },
            { AZURE_BATCH_POLICY_PROFILE: "regulated" },
        );
        assert.equal(both.profile, "essential");
    });

    it("takes another day from the environment", () => {
        assert.equal(configuration({}, { AZURE_BATCH_POLICY_TODAY: "2027-07-01" }).today, "2027-07-01");
    });

    it("sets a rule's level in one line, with a reason where it is turned off", () => {
        const read = configuration({
            [`azure-batch-policy:${KEYS}`]: "disabled: an old tool",
            [`azure-batch-policy:${ZONES}`]: "mandatory",
        });
        assert.deepEqual(read.rules, { [KEYS]: "disabled", [ZONES]: "mandatory" });
        assert.deepEqual([...read.levels], [[KEYS, { level: "disabled", reason: "an old tool" }]]);
        for (const level of ["advisory", "mandatory", "remediate"]) {
            const raised = configuration({ [`azure-batch-policy:${KEYS}`]: `${level}: production` });
            assert.deepEqual(raised.rules, { [KEYS]: level });
            assert.deepEqual([...raised.levels], [[KEYS, { level, reason: "production" }]]);
        }
        assert.deepEqual(configuration({ [`azure-batch-policy:${KEYS}`]: "remediate" }).rules, {
            [KEYS]: "remediate",
        });
    });

    it("takes what a rule can be told, as an object", () => {
        const value = { enforcementLevel: "mandatory", levels: { red: "disabled: x" } };
        assert.deepEqual(configuration({ [`azure-batch-policy:${KEYS}`]: JSON.stringify(value) }).rules, {
            [KEYS]: value,
        });
        const off = configuration({ [`azure-batch-policy:${KEYS}`]: '{"enforcementLevel": "disabled: x"}' });
        assert.deepEqual(off.rules, { [KEYS]: { enforcementLevel: "disabled" } });
        assert.deepEqual([...off.levels], [[KEYS, { level: "disabled", reason: "x" }]]);
        const limit = "azure-batch-pool-configure-maximum-nodes";
        assert.deepEqual(configuration({ [`azure-batch-policy:${limit}`]: ' {"maximum": 7}' }).rules, {
            [limit]: { maximum: 7 },
        });
    });

    const refused: readonly [string, Record<string, string>, NodeJS.ProcessEnv, RegExp][] = [
        [
            "a profile that is none",
            { "azure-batch-policy:profile": "strict" },
            {},
            /^azure-batch-policy:profile: 'strict' is not a profile: it can be essential, recommended, regulated$/,
        ],
        [
            "a profile of the environment that is none",
            {},
            { AZURE_BATCH_POLICY_PROFILE: "strict" },
            /^AZURE_BATCH_POLICY_PROFILE: 'strict' is not/,
        ],
        [
            "a rule that is none, with the nearest",
            { "azure-batch-policy:azure-batch-pool-enable-zone": "advisory" },
            {},
            /^azure-batch-policy:azure-batch-pool-enable-zone: there is no rule of this name; the nearest is azure-batch-pool-enable-zones$/,
        ],
        [
            "a rule without the start of its name",
            { "azure-batch-policy:enable-zones": "advisory" },
            {},
            /there is no rule of this name; the nearest is azure-batch-pool-enable-zones$/,
        ],
        [
            "a rule with letters swapped",
            { "azure-batch-policy:azure-batch-pool-disallow-ended-iamge": "advisory" },
            {},
            /the nearest is azure-batch-pool-disallow-ended-image$/,
        ],
        [
            "the profile misspelt",
            { "azure-batch-policy:proflie": "regulated" },
            {},
            /^azure-batch-policy:proflie: there is no rule of this name; the nearest is profile$/,
        ],
        [
            "a level that is none",
            { [`azure-batch-policy:${KEYS}`]: "off" },
            {},
            /local-authentication: 'off' is not a level: write advisory, mandatory/,
        ],
        [
            "a rule that is turned off without a reason",
            { [`azure-batch-policy:${KEYS}`]: "disabled" },
            {},
            /'disabled' is not a level: .*the reason/,
        ],
        ["an empty reason", { [`azure-batch-policy:${KEYS}`]: "disabled:  " }, {}, /is not a level/],
        [
            "what is no JSON",
            { [`azure-batch-policy:${KEYS}`]: "{levels}" },
            {},
            /local-authentication: this is not JSON: /,
        ],
        [
            "a key that the rule does not have",
            { [`azure-batch-policy:${ZONES}`]: '{"days": 3}' },
            {},
            /^azure-batch-policy:azure-batch-pool-enable-zones: it has no key 'days': its keys are enforcementLevel, levels$/,
        ],
        [
            "an enforcement level that is none",
            { [`azure-batch-policy:${ZONES}`]: '{"enforcementLevel": "strict"}' },
            {},
            /enable-zones: enforcementLevel: 'strict' is not a level: write advisory, mandatory, remediate, or 'disabled: ' and the reason$/,
        ],
        ...["mandatory", "remediate: x", 7].map((line): (typeof refused)[number] => [
            `a level of one resource that is none: ${line}`,
            { [`azure-batch-policy:${ZONES}`]: JSON.stringify({ levels: { cpu: line } }) },
            {},
            /enable-zones: levels\.cpu: '.*': write advisory, mandatory or disabled, a colon and the reason$/,
        ]),
        [
            "a remedy of a rule that has none",
            { [`azure-batch-policy:${ZONES}`]: "remediate" },
            {},
            /^azure-batch-policy:azure-batch-pool-enable-zones: 'remediate': the rule has no remedy; write mandatory$/,
        ],
        [
            "a rule that an object turns off without a reason",
            { [`azure-batch-policy:${ZONES}`]: '{"enforcementLevel": "disabled"}' },
            {},
            /enforcementLevel: 'disabled' is not a level: .*the reason$/,
        ],
    ];
    for (const [what, values, environment, message] of refused) {
        it(`is refused for ${what}`, () => {
            assert.throws(
                () => configuration(values, environment),
                (error: Error) => {
                    assert.match(error.message, message);
                    assert.equal(error.stack, error.message, "the fault is not in this code");
                    return true;
                },
            );
        });
    }
});

describe("the names in a configuration of the pack", () => {
    it("are those of rules, of all of them, or of the summary", () => {
        checkNames(rules, ["all", "azure-batch-summary", KEYS, ZONES]);
        assert.throws(
            () => checkNames(rules, [KEYS, "azure-batch-account-local-authentication"]),
            /configuration of azure-batch-account-local-authentication: there is no rule of this name; the nearest is azure-batch-account-disable-local-authentication/,
        );
        assert.throws(
            () => checkNames(rules, ["profile"]),
            /configuration of profile: the profile is no rule: set azure-batch-policy:profile in the stack's configuration, or AZURE_BATCH_POLICY_PROFILE/,
        );
    });
});
