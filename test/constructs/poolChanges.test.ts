import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import { poolProperties, replacingPoolProperties } from "../../catalog";
import type { PoolChange, PoolProperty, PoolPropertyName } from "../../catalog";
import { changes, retired } from "./poolTable";
import type { Change } from "./poolTable";
import { TestStack } from "./stack";
import type { Step } from "./stack";

const nameOf = ({ row, part }: Change): string => (part === undefined ? row : `${row}-${part}`);
const late = changes.filter(({ row, part }) => part === undefined && replacingPoolProperties.includes(row));

const program = (after: boolean): string => `
const resources = require("@pulumi/azure-native/resources");
const identities = require("@pulumi/azure-native/managedidentity");
const random = require("@pulumi/random");
const batch = require("pulumi-azure-batch");
const group = new resources.ResourceGroup("g", { location: "westeurope" });
const account = new batch.BatchAccount("a", { resourceGroupName: group.name });
const [one, two] = ["one", "two"].map((name) => new identities.UserAssignedIdentity(name, { resourceGroupName: group.name }));
const application = new batch.Application("tool", { account, versions: { "1": "tool" } });
const container = new batch.Container("data", { storage: account.storage });
const within = (path) => group.id.apply((id) => id + "/providers/" + path);
const gallery = "/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/g/providers/Microsoft.Compute/galleries/g";
const subnet = within("Microsoft.Network/virtualNetworks/n/subnets/nodes");
const ip = within("Microsoft.Network/publicIPAddresses/ip");
const vault = { id: within("Microsoft.KeyVault/vaults/v"), uri: "https://v.vault.azure.net" };
// Unknown at preview whenever ROUND changes.
const round = new random.RandomString("round", { length: 4, keepers: { round: process.env.ROUND ?? "0" } });
// One node, and previews in words, where the row as a whole is tried; parts need neither.
const pool = (name, nodes, more) => new batch.Pool(name, {
    account, image: batch.VmImage.ubuntu2404(), vmSize: "Standard_D2s_v5", scale: batch.Scale.dedicated(nodes),
    rollout: nodes === 0 ? undefined : "none", ...more,
}).poolId;
${changes.map((one) => `exports[${JSON.stringify(nameOf(one))}] = pool(${JSON.stringify(nameOf(one))}, ${one.part === undefined ? 1 : 0}, ${after ? one.after : one.before});`).join("\n")}
// Each input whose change replaces a pool, all of it a value that is still to come and comes as it was.
const later = (name, row, more) => pool(name, 0, { ...more, transform: { pool: (args) => {
    const raw = more.transform?.pool?.(args) ?? args;
    return { ...raw, [row]: round.result.apply(() => raw[row]) };
} } });
${late.map((one) => `exports[${JSON.stringify(`late-${one.row}`)}] = later(${JSON.stringify(`late-${one.row}`)}, ${JSON.stringify(one.row)}, ${one.after});`).join("\n")}
// And one that comes as another.
exports.surprise = pool("surprise", 0, { displayName: round.result });
`;

const opsOf = (steps: readonly Step[], ending: string): string[] =>
    steps
        .filter(({ urn }) => urn.endsWith(ending))
        .map(({ op }) => op)
        .filter((op) => op !== "same");
const poolOps = (steps: readonly Step[], name: string): string[] =>
    opsOf(steps, `azure-native:batch:Pool::${name}`);

describe("a change of a pool", function () {
    this.timeout(600_000);
    let stack: TestStack;
    let plan: Step[];
    let told: string;
    let idsBefore: Record<string, unknown>;
    let idsAfter: Record<string, unknown>;
    let latePlan: Step[];
    let said: string;

    before(async () => {
        stack = new TestStack(program(false));
        fs.mkdirSync(path.join(stack.project, "tool"));
        fs.writeFileSync(path.join(stack.project, "tool", "run.sh"), "#!/bin/sh\necho 1\n");
        await stack.start();
        await stack.up();
        idsBefore = await stack.outputs();
        latePlan = await stack.plan({ ROUND: "1" });
        stack.program(program(true));
        told = await stack.succeed(["preview", "--json"]);
        plan = (JSON.parse(told.slice(told.indexOf("{"))) as { steps: Step[] }).steps;
        said = await stack.up({ ROUND: "1" });
        idsAfter = await stack.outputs();
    });

    after(async () => {
        await stack.close();
    });

    it("has a test for every row of the table, and each immutable one as a value that is still to come", () => {
        const tried = [...new Set(changes.map(({ row }) => row))];
        assert.deepEqual(Object.keys(poolProperties).sort(), [...tried, ...retired].sort());
        assert.deepEqual(
            [...replacingPoolProperties].sort(),
            [
                ...late.map(({ row }) => row),
                ...[...retired].filter((row) => replacingPoolProperties.includes(row)),
            ].sort(),
        );
    });

    for (const one of changes) {
        const name = nameOf(one);
        const row: PoolProperty = poolProperties[one.row as PoolPropertyName];
        const replaced = row.change === "replace";
        it(`of ${name} ${replaced ? "makes a new pool before the old one goes" : "is made in place"}`, () => {
            assert.deepEqual(poolOps(latePlan, name), [], "nothing is planned before anything changes");
            const ops = poolOps(plan, name);
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

    const words: Readonly<Record<PoolChange, string>> = {
        inPlace: "in place at once",
        afterReboot: "in place, on nodes that run when they are rebooted",
        afterReimage: "in place, on nodes that run when they are reimaged",
        replace: "replaced by a new pool, since it cannot change",
    };
    for (const { row } of changes.filter(({ part }) => part === undefined)) {
        const { change, path: property } = poolProperties[row as PoolPropertyName] as PoolProperty;
        it(`of ${row} is said at preview to be made ${words[change]}`, () => {
            assert.match(told, new RegExp(`pool ${row}-[a-z0-9]{8}: ${words[change]}: ${property}\\b`));
        });
    }

    for (const { row } of late) {
        it(`of ${row} that is still to come and comes as it was replaces nothing, neither in the plan nor then`, () => {
            assert.ok(opsOf(latePlan, "RandomString::round").includes("replace"), "the values were to come");
            assert.deepEqual(poolOps(latePlan, `late-${row}`), []);
            assert.deepEqual(opsOf(latePlan, `RandomString::late-${row}-suffix`), []);
            assert.equal(idsAfter[`late-${row}`], idsBefore[`late-${row}`]);
        });
    }

    it("that is still to come and comes as another makes a new pool then", () => {
        assert.deepEqual(poolOps(latePlan, "surprise"), []);
        assert.notEqual(idsAfter["surprise"], idsBefore["surprise"]);
    });

    it("is over when it is made: neither another deployment nor a refresh finds anything", async () => {
        const round = { ROUND: "1" };
        await stack.up(round, "--expect-no-changes");
        await stack.succeed(["refresh", "--yes", "--skip-preview", "--expect-no-changes"], round);
        await stack.succeed(["destroy", "--yes", "--skip-preview"]);
    });
});
