import * as assert from "node:assert/strict";
import { ensureBuild } from "../../setup/build";
import { temporaryFolders } from "../support/folder";
import { Program } from "./support/preview";

const PLAIN = `
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
const KEYS = "azure-batch-account-disable-local-authentication";

describe("the pack at pulumi preview, with the real engine", function () {
    this.timeout(120_000);
    const folder = temporaryFolders();

    before(async () => {
        await ensureBuild({ log: () => {} });
    });

    it("judges a plain azure-native program in JavaScript, and counts what is not known yet", async () => {
        const program = await Program.make(folder(), PLAIN);
        const preview = await program.preview({ env: { AZURE_BATCH_POLICY_PROFILE: "regulated" } });
        assert.equal(preview.code, 0, preview.output);
        const [finding] = preview.findings.filter(({ policyName }) => policyName === KEYS);
        assert.match(finding?.resourceUrn ?? "", /BatchAccount::account$/);
        assert.match(finding?.message ?? "", /allowedAuthenticationModes\[1\] is SharedKey/);
        assert.equal(finding?.enforcementLevel, "advisory");
        assert.match(
            preview.output,
            /skipped, as these values are not known yet: account: publicNetworkAccess/,
        );
    });
});
