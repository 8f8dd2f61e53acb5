import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import { poolProperties } from "../../catalog";
import type { PoolProperty } from "../../catalog";
import { TestStack } from "./stack";
import type { Step } from "./stack";

/** For each row of the table: what a pool says first, and then. Both as text of the program. */
const changes: Record<string, readonly [before: string, after: string]> = {
    displayName: [`{ displayName: "one" }`, `{ displayName: "two" }`],
    vmSize: [`{ vmSize: "Standard_D2s_v5" }`, `{ vmSize: "Standard_D4s_v5" }`],
    deploymentConfiguration: [`{}`, `{ dataDisks: [{ sizeGB: 10 }] }`],
    scaleSettings: [
        `{ scale: batch.Scale.dedicated(1) }`,
        `{ scale: batch.Scale.auto("$TargetDedicatedNodes = 1;", { interval: "10m" }) }`,
    ],
    interNodeCommunication: [`{ interNodeCommunication: false }`, `{ interNodeCommunication: true }`],
    networkConfiguration: [`{ network: { publicIps: "managed" } }`, `{ network: { publicIps: "none" } }`],
    taskSlotsPerNode: [`{ taskSlotsPerNode: 1 }`, `{ taskSlotsPerNode: 2 }`],
    taskSchedulingPolicy: [`{ fill: "spread" }`, `{ fill: "pack" }`],
    userAccounts: [
        `{ userAccounts: [batch.UserAccount.linux("one")] }`,
        `{ userAccounts: [batch.UserAccount.linux("one", { elevated: true })] }`,
    ],
    metadata: [`{ metadata: { a: "1" } }`, `{ metadata: { a: "2", b: "3" } }`],
    startTask: [
        `{ startTask: batch.StartTask.script("true") }`,
        `{ startTask: batch.StartTask.script("echo two") }`,
    ],
    applicationPackages: [`{}`, `{ packages: [application.version()] }`],
    mountConfiguration: [
        `{ mounts: [batch.Mount.nfs("server:/one", "data", { options: "-o vers=4" })] }`,
        `{ mounts: [batch.Mount.nfs("server:/two", "data", { options: "-o vers=4" })] }`,
    ],
    upgradePolicy: [`{ upgradePolicy: { mode: "manual" } }`, `{ upgradePolicy: { mode: "automatic" } }`],
    identity: [`{ identities: [one.id] }`, `{ identities: [one.id, two.id] }`],
    resourceTags: [`{ resourceTags: { a: "1" } }`, `{ resourceTags: { a: "2" } }`],
    tags: [`{ tags: { a: "1" } }`, `{ tags: { a: "2" } }`],
    targetNodeCommunicationMode: [
        `{ transform: { pool: (args) => ({ ...args, targetNodeCommunicationMode: "Classic" }) } }`,
        `{ transform: { pool: (args) => ({ ...args, targetNodeCommunicationMode: "Simplified" }) } }`,
    ],
};

/** Rows of what the service no longer has, so that no pool can have it to begin with. */
const retired = new Set(["certificates", "applicationLicenses"]);

const program = (after: boolean): string => `
const resources = require("@pulumi/azure-native/resources");
const identities = require("@pulumi/azure-native/managedidentity");
const random = require("@pulumi/random");
const batch = require("pulumi-azure-batch");
const group = new resources.ResourceGroup("g", { location: "westeurope" });
const account = new batch.BatchAccount("a", { resourceGroupName: group.name });
const [one, two] = ["one", "two"].map((name) => new identities.UserAssignedIdentity(name, { resourceGroupName: group.name }));
const application = new batch.Application("tool", { account, versions: { "1": "tool" } });
// Its value is unknown at preview whenever ROUND changes, and it is "v" all the same.
const round = new random.RandomString("round", { length: 4, keepers: { round: process.env.ROUND ?? "0" } });
const late = (value) => process.env.LATE === "1" ? round.result.apply(() => value) : value;
const pool = (name, more) => new batch.Pool(name, {
    account, image: batch.VmImage.ubuntu2404(), vmSize: "Standard_D2s_v5", scale: batch.Scale.dedicated(1), ...more,
});
${Object.entries(changes)
    .map(
        ([name, texts]) => `exports.${name} = pool(${JSON.stringify(name)}, ${texts[after ? 1 : 0]}).poolId;`,
    )
    .join("\n")}
// Each input whose change replaces a pool, as a value that is still to come.
exports.late = pool("late", {
    displayName: late("late"), vmSize: late("Standard_D2s_v5"), taskSlotsPerNode: late(2),
    subnetId: undefined, network: { publicIps: [late("/ip")] }, resourceTags: { a: late("1") },
    interNodeCommunication: true, fill: "pack",
    osDisk: { sizeGB: late(64) },
    mounts: [batch.Mount.nfs(late("server:/one"), "data")],
    userAccounts: [batch.UserAccount.linux("me", { password: late("Secret-Word-1") })],
}).poolId;
`;

const poolSteps = (steps: readonly Step[], name: string): string[] =>
    steps
        .filter(({ urn }) => urn.endsWith(`azure-native:batch:Pool::${name}`))
        .map(({ op }) => op)
        .filter((op) => op !== "same");

describe("a change of a pool", function () {
    this.timeout(400_000);
    let stack: TestStack;
    let plan: Step[];
    let idsBefore: Record<string, unknown>;
    let idsAfter: Record<string, unknown>;
    let latePlan: Step[];
    let said: string;

    before(async () => {
        stack = new TestStack(program(false));
        fs.mkdirSync(path.join(stack.project, "tool"));
        fs.writeFileSync(path.join(stack.project, "tool", "run.sh"), "#!/bin/sh\necho 1\n");
        await stack.start();
        await stack.up({ LATE: "1" });
        latePlan = await stack.plan({ LATE: "1", ROUND: "1" });
        idsBefore = await stack.outputs();
        await stack.up({ LATE: "1" }, "--expect-no-changes");
        stack.program(program(true));
        plan = await stack.plan({ LATE: "1" });
        said = await stack.up({ LATE: "1" });
        idsAfter = await stack.outputs();
    });

    after(async () => {
        await stack.close();
    });

    it("has a test for every row of the table", () => {
        assert.deepEqual(Object.keys(poolProperties).sort(), [...Object.keys(changes), ...retired].sort());
    });

    for (const name of Object.keys(changes)) {
        const row: PoolProperty = poolProperties[name as keyof typeof poolProperties];
        const replaced = row.change === "replace";
        it(`of ${name} ${replaced ? "makes a new pool before the old one goes" : "is made in place"}`, () => {
            const ops = poolSteps(plan, name);
            if (replaced) {
                assert.ok(ops.includes("replace"), ops.join(" "));
                const created = said.search(new RegExp(`batch:Pool ${name} created replacement`));
                const deleted = said.search(new RegExp(`batch:Pool ${name} deleting original`));
                assert.ok(created >= 0 && deleted > created, `created ${created}, deleted ${deleted}`);
                assert.notEqual(idsAfter[name], idsBefore[name]);
            } else {
                assert.deepEqual(ops, ["update"]);
                assert.equal(idsAfter[name], idsBefore[name]);
            }
        });
    }

    it("plans no replacement for values that are still to come", () => {
        assert.ok(
            latePlan.some(({ op, urn }) => op !== "same" && urn.endsWith("RandomString::round")),
            "the values were to come",
        );
        assert.deepEqual(
            latePlan
                .filter(({ urn, op }) => op !== "same" && /::late(-suffix)?$/.test(urn))
                .map(({ op }) => op),
            [],
        );
    });

    it("is over when it is made: neither another deployment nor a refresh finds anything", async () => {
        await stack.up({ LATE: "1" }, "--expect-no-changes");
        const refreshed = await stack.pulumi(["refresh", "--yes", "--skip-preview", "--expect-no-changes"], {
            LATE: "1",
        });
        assert.equal(refreshed.code, 0, refreshed.stdout + refreshed.stderr);
        const destroyed = await stack.pulumi(["destroy", "--yes", "--skip-preview"]);
        assert.equal(destroyed.code, 0, destroyed.stdout + destroyed.stderr);
    });
});
