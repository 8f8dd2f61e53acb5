import * as assert from "node:assert/strict";
import { temporaryFolders } from "../support/folder";
import { Program } from "./support/preview";
import { placed, REGULATED, source } from "./support/programs";

const KEYS = "azure-batch-account-disable-local-authentication";
// The engine runs what is built: npm test builds first.
describe("the pack at pulumi preview, with the real engine", function () {
    this.timeout(120_000);
    const folder = temporaryFolders();

    it("judges tasks of a file at the first preview: one bad task among many", async () => {
        const program = await Program.make(folder(), source("taskFile.js"));
        const { code, output, findings } = await program.preview();
        assert.equal(code, 0, output);
        assert.deepEqual(placed(findings), [
            "azure-batch-task-configure-retries at frames",
            "azure-batch-task-disallow-secrets at frames",
        ]);
        assert.match(findings.map(({ message }) => message).join(), /task task-4321, command line/);
        assert.doesNotMatch(output, /hunter2/);
    });

    describe("with a small program", () => {
        let program: Program;
        beforeEach(async () => {
            program = await Program.make(folder(), source("small.js"));
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
