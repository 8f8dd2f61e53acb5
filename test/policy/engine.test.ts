import * as assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import { rules } from "../../policy/rules";
import { repositoryRoot } from "../../setup/common";
import { clientSecret, SmallCloud, subscriptionId, tenantId } from "../pulumi/cloud";
import { temporaryFolders } from "../support/folder";
import { Program } from "./support/preview";
import type { Finding } from "./support/preview";

const KEYS = "azure-batch-account-disable-local-authentication";
const SMALL = `
const { BatchAccount } = require("@pulumi/azure-native/batch");
const { ResourceGroup } = require("@pulumi/azure-native/resources");
const group = new ResourceGroup("group");
new BatchAccount("account", {
    resourceGroupName: group.name,
    allowedAuthenticationModes: ["AAD", "SharedKey"],
    publicNetworkAccess: group.id,
    identity: { type: "SystemAssigned" },
});
`;
const programs = path.join(repositoryRoot(), "test", "policy", "programs");
const source = (name: string): string =>
    fs
        .readFileSync(path.join(programs, name), "utf8")
        .replace('"./resources"', JSON.stringify(path.join(programs, "resources.js")));

/** Which resource each rule has to find fault with, once. */
const FAULTS: Readonly<Record<string, readonly string[]>> = {
    "bad-account": [
        KEYS,
        "azure-batch-account-enable-managed-identity",
        "azure-batch-account-configure-auto-storage-identity",
        "azure-batch-account-configure-customer-managed-key",
        "azure-batch-account-configure-user-subscription",
        "azure-batch-account-disallow-public-network-access",
        "azure-batch-account-configure-network-default-action",
        "azure-batch-account-configure-tags",
        "azure-batch-account-configure-private-endpoint",
        "azure-batch-account-enable-diagnostic-settings",
        "azure-batch-account-enable-alerts",
        "azure-batch-account-configure-pool-quota",
        "azure-batch-account-configure-dedicated-core-quota",
        "azure-batch-account-configure-spot-core-quota",
        "azure-batch-account-configure-application-count",
    ],
    endpoint: ["azure-batch-account-configure-private-dns"],
    "short-logs": ["azure-batch-account-configure-log-retention"],
    "application-0": ["azure-batch-application-configure-package-count"],
    "aging-pool": [
        "azure-batch-pool-disallow-ending-image",
        "azure-batch-pool-disallow-managed-image",
        "azure-batch-pool-disallow-retiring-vm-size",
    ],
    "retired-pool": ["azure-batch-pool-disallow-retired-vm-size", "azure-batch-pool-disallow-formula-errors"],
    "endless-pool": [
        "azure-batch-pool-disallow-formula-warnings",
        "azure-batch-pool-configure-evaluation-interval",
    ],
    "bad-job": [
        "azure-batch-job-configure-wall-clock",
        "azure-batch-job-configure-retries",
        "azure-batch-job-configure-priority",
        "azure-batch-job-disallow-secrets",
        "azure-batch-job-configure-sas-lifetime",
        "azure-batch-job-configure-retention",
        "azure-batch-job-configure-container-digests",
        "azure-batch-job-configure-completion",
    ],
    "bad-tasks": rules.map(({ name }) => name).filter((name) => name.startsWith("azure-batch-task-")),
};

const CONFIG = {
    "azure-batch-account-configure-pool-quota": { quota: 3 },
    "azure-batch-account-configure-dedicated-core-quota": { quota: 15 },
    "azure-batch-account-configure-spot-core-quota": { quota: 399 },
    "azure-batch-pool-disallow-ending-image": { days: 400 },
    "azure-batch-pool-configure-maximum-cost": { prices: { Standard_D2ps_v5: 1 } },
};

const REGULATED = { AZURE_BATCH_POLICY_PROFILE: "regulated", AZURE_BATCH_POLICY_TODAY: "2026-11-21" };

const placed = (findings: readonly Finding[]): string[] =>
    findings
        .map(({ policyName, resourceUrn }) => `${policyName} at ${resourceUrn?.split("::").at(-1)}`)
        .sort();

// The engine runs what is built: npm test builds first.
describe("the pack at pulumi preview, with the real engine", function () {
    this.timeout(120_000);
    const folder = temporaryFolders();

    it("finds nothing in a good plain azure-native program, in the strictest profile", async () => {
        const program = await Program.make(folder(), source("good.js"));
        const { code, output, findings } = await program.preview({ env: REGULATED });
        assert.equal(code, 0, output);
        assert.deepEqual(placed(findings), []);
        assert.match(output, /✅ azure-batch@v/);
    });

    it("finds nothing in the constructs with default arguments, in the default profile", async () => {
        const place = folder();
        const program = await Program.make(place, source("constructs.js"));
        // They ask who signs in, so somebody has to answer.
        const cloud = await SmallCloud.start(place);
        const env = {
            SSL_CERT_FILE: cloud.caFile,
            ARM_METADATA_HOSTNAME: cloud.host,
            ARM_SUBSCRIPTION_ID: subscriptionId,
            ARM_TENANT_ID: tenantId,
            ARM_CLIENT_ID: "the-app",
            ARM_CLIENT_SECRET: clientSecret,
        };
        const { code, output, findings } = await program.preview({ env }).finally(() => cloud.stop());
        assert.equal(code, 0, output);
        for (const name of ["Application", "JobSchedule", "Pool", "Task", "TaskCollection"])
            assert.match(output, new RegExp(`pulumi-azure-batch:index:${name}`));
        assert.deepEqual(
            findings.map(({ policyName, message }) => `${policyName}: ${message}`),
            [],
        );
    });

    it("finds every fault of a program that has them all, each once, at the right resource", async () => {
        const program = await Program.make(folder(), source("faults.js"));
        const { code, output, findings } = await program.preview({ env: REGULATED, config: CONFIG });
        assert.equal(code, 0, output);
        const elsewhere = new Set(Object.values(FAULTS).flat());
        const others = rules.map(({ name }) => name).filter((name) => !elsewhere.has(name));
        const expected = Object.entries({ ...FAULTS, "bad-pool": others });
        assert.deepEqual(
            placed(findings),
            expected.flatMap(([resource, names]) => names.map((name) => `${name} at ${resource}`)).sort(),
        );
        assert.equal(findings.length, rules.length);
        for (const { enforcementLevel } of findings) assert.equal(enforcementLevel, "advisory");
    });

    describe("with a small program", () => {
        let program: Program;
        beforeEach(async () => {
            program = await Program.make(folder(), SMALL);
        });

        it("counts what is not known yet", async () => {
            const { code, output, findings } = await program.preview({ env: REGULATED });
            assert.equal(code, 0, output);
            const [finding] = findings.filter(({ policyName }) => policyName === KEYS);
            assert.match(finding?.resourceUrn ?? "", /BatchAccount::account$/);
            assert.match(finding?.message ?? "", /allowedAuthenticationModes\[1\] is SharedKey/);
            assert.equal(finding?.severity, "high");
            assert.match(
                output,
                /2 checks were skipped, as these values are not known yet: account: publicNetworkAccess/,
            );
        });

        it("ends the preview for a resource for which a rule was raised, and says why", async () => {
            const levels = { account: "mandatory: production takes no keys" };
            const { code, findings } = await program.preview({ config: { [KEYS]: { levels } } });
            assert.notEqual(code, 0);
            assert.equal(findings[0]?.enforcementLevel, "mandatory");
            assert.match(findings[0]?.message ?? "", /Level: production takes no keys/);
        });

        it("is told by one line of the stack's configuration to leave a rule, and prints the reason", async () => {
            const line = ["config", "set", `azure-batch-policy:${KEYS}`, "disabled: an old tool needs keys"];
            assert.equal((await program.run(line)).code, 0);
            const { code, output, findings } = await program.preview();
            assert.equal(code, 0, output);
            assert.deepEqual(findings, []);
            assert.match(output, new RegExp(`azure-batch: ${KEYS} is off: an old tool needs keys`));
        });

        it("is told the same for one resource", async () => {
            const key = `azure-batch-policy:${KEYS}.levels.account`;
            assert.equal(
                (await program.run(["config", "set", "--path", key, "disabled: until May"])).code,
                0,
            );
            const { output, findings } = await program.preview();
            assert.deepEqual(findings, []);
            assert.match(output, new RegExp(`${KEYS} is off for account: until May`));
        });

        it("remedies what it may", async () => {
            const { code, output, findings, remediations } = await program.preview({
                config: { [KEYS]: "remediate" },
            });
            assert.equal(code, 0, output);
            assert.deepEqual(findings, []);
            assert.deepEqual(
                remediations.map(({ policyName, after }) => [policyName, after?.allowedAuthenticationModes]),
                [[KEYS, ["AAD"]]],
            );
        });

        it("names rule and key of a configuration that is broken", async () => {
            const broken: readonly [object, RegExp][] = [
                [{ [KEYS]: { colour: "red" } }, new RegExp(`${KEYS}: it has no key 'colour'`)],
                [
                    { [KEYS]: { levels: { account: "off" } } },
                    new RegExp(`${KEYS}: levels\\.account: Does not match pattern`),
                ],
                [
                    { "azure-batch-pool-configure-maximum-nodes": { maximum: "many" } },
                    /maximum-nodes: maximum: Invalid type/,
                ],
                [
                    { "azure-batch-pool-enable-zone": "mandatory" },
                    /azure-batch-pool-enable-zone: there is no rule of this name; the nearest is/,
                ],
            ];
            for (const [config, message] of broken) {
                const { code, output } = await program.preview({ config });
                assert.notEqual(code, 0, output);
                assert.match(output, message);
            }
            const { code, output } = await program.preview({ env: { AZURE_BATCH_POLICY_PROFILE: "strict" } });
            assert.notEqual(code, 0);
            assert.match(
                output,
                /AZURE_BATCH_POLICY_PROFILE: 'strict' is not a profile: it can be essential, recommended, regulated/,
            );
            assert.doesNotMatch(output, /configuration\.(ts|js):\d+/, "no stack");
        });
    });
});
