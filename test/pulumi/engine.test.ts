import * as assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import { repositoryRoot, run } from "../../setup/common";
import { ensureEngine } from "../../setup/engine";
import { installStandIns } from "../../local/pulumi/install";
import { temporaryFolders } from "../support/folder";
import { clientSecret, SmallCloud, subscriptionId, tenantId } from "./cloud";

const PROGRAM = `
const { ResourceGroup, getResourceGroupOutput } = require("@pulumi/azure-native/resources");
const { UserAssignedIdentity } = require("@pulumi/azure-native/managedidentity");
const { RandomPassword, RandomPet } = require("@pulumi/random");
const pulumi = require("@pulumi/pulumi");
const config = new pulumi.Config();
const pet = new RandomPet("pet", { keepers: { round: config.get("round") || "1" } });
const password = new RandomPassword("password", { length: 24 });
const group = new ResourceGroup("group", { tags: { pet: pet.id, color: config.get("color") || "red" } });
const identity = new UserAssignedIdentity("identity", { resourceGroupName: group.name, resourceName: config.get("name") });
exports.password = password.result;
exports.group = group.name;
exports.pet = pet.id;
exports.identity = identity.id;
exports.found = getResourceGroupOutput({ resourceGroupName: group.name }).location;
`;

describe("the stand-ins under the real engine", function () {
    this.timeout(300_000);
    const folder = temporaryFolders();

    it("go up, up again without change, refresh without drift, change, replace and destroy", async () => {
        const place = folder();
        const cloud = await SmallCloud.start(place);
        try {
            const program = path.join(place, "program");
            const state = path.join(place, "state");
            fs.mkdirSync(program);
            fs.mkdirSync(state);
            fs.symlinkSync(path.join(repositoryRoot(), "node_modules"), path.join(program, "node_modules"));
            fs.writeFileSync(path.join(program, "package.json"), '{ "name": "program", "main": "index.js" }');
            fs.writeFileSync(
                path.join(program, "Pulumi.yaml"),
                "name: program\nruntime:\n  name: nodejs\n  options: { typescript: false }\n",
            );
            fs.writeFileSync(path.join(program, "index.js"), PROGRAM);
            const engine = await ensureEngine();
            const pulumiHome = path.join(place, "home");
            const { installed } = installStandIns({ pulumiHome, program, env: { PATH: "", HOME: place } });
            assert.equal(installed.length, 3);
            const env = {
                ...process.env,
                PULUMI_HOME: pulumiHome,
                PULUMI_BACKEND_URL: `file://${state}`,
                PULUMI_CONFIG_PASSPHRASE: "passphrase",
                PULUMI_SKIP_UPDATE_CHECK: "true",
                PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
                SSL_CERT_FILE: cloud.caFile,
                ARM_METADATA_HOSTNAME: cloud.host,
                ARM_SUBSCRIPTION_ID: subscriptionId,
                ARM_TENANT_ID: tenantId,
                ARM_CLIENT_ID: "the-app",
                ARM_CLIENT_SECRET: clientSecret,
            };
            const pulumi = async (...args: string[]) => {
                const result = await run(engine.pulumi, [...args, "--non-interactive"], {
                    cwd: program,
                    env,
                });
                const output = result.stdout + result.stderr;
                assert.equal(result.code, 0, `pulumi ${args.join(" ")}\n${output}`);
                return output;
            };
            const outputs = async () =>
                JSON.parse(await pulumi("stack", "output", "--json", "--show-secrets")) as Record<
                    string,
                    string
                >;

            await pulumi("stack", "init", "dev");
            await pulumi("config", "set", "azure-native:location", "westus2");
            const preview = await pulumi("preview");
            assert.match(preview, /5 to create/);
            assert.equal(
                cloud.seen.some(({ method }) => method === "PUT"),
                false,
                "a preview writes nothing",
            );
            const up = await pulumi("up", "--yes");
            assert.match(up, /stand-in for the azure-native plugin/);
            assert.match(up, /stand-in for the random plugin/);
            const first = await outputs();
            assert.match(first.group ?? "", /^group[0-9a-f]{8}$/);
            assert.equal(first.found, "westus2");
            assert.equal(
                first.identity?.startsWith(`/subscriptions/${subscriptionId}/resourceGroups/${first.group}/`),
                true,
            );

            await pulumi("up", "--yes", "--expect-no-changes");
            await pulumi("refresh", "--yes", "--expect-no-changes");
            await pulumi("preview", "--refresh", "--expect-no-changes");

            const checkpoint = fs.readFileSync(
                path.join(state, ".pulumi", "stacks", "program", "dev.json"),
                "utf8",
            );
            assert.equal(
                checkpoint.includes(first.password ?? "?"),
                false,
                "the password is not in the state in plain",
            );

            await pulumi("config", "set", "color", "blue");
            assert.match(await pulumi("up", "--yes"), /~ 1 updated/);
            const key = `/subscriptions/${subscriptionId}/resourcegroups/${first.group}`.toLowerCase();
            assert.equal((cloud.resources.get(key)?.tags as Record<string, string>).color, "blue");

            Object.assign(cloud.resources.get(key) ?? {}, { tags: { pet: first.pet, color: "green" } });
            assert.match(await pulumi("refresh", "--yes"), /~ 1 updated/);
            assert.match(await pulumi("up", "--yes"), /~ 1 updated/);
            assert.equal((cloud.resources.get(key)?.tags as Record<string, string>).color, "blue");

            await pulumi("config", "set", "round", "2");
            await pulumi("config", "set", "name", "renamed");
            assert.match(await pulumi("up", "--yes"), /\+-2 replaced/);
            const second = await outputs();
            assert.notEqual(second.pet, first.pet);
            assert.equal(second.group, first.group);
            assert.match(second.identity ?? "", /\/renamed$/);

            await pulumi("destroy", "--yes");
            assert.deepEqual([...cloud.resources.keys()], []);
        } finally {
            await cloud.stop();
        }
    });
});
