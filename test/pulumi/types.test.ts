import * as assert from "node:assert/strict";
import * as fs from "node:fs";
import { nameInput, naming, pathInputs } from "../../local/pulumi/azure-native/naming";
import { actionRows, resourceRows } from "../../local/pulumi/azure-native/types";
import { graphRows } from "../../local/pulumi/azuread/types";
import { randomRows } from "../../local/pulumi/random/types";

/** The SDK's own source of a type or function: what it sends is what the stand-in gets. */
function sdkSource(sdk: string, token: string): string {
    const [module = "", name = ""] = token.includes(":") ? token.split(":") : [".", token];
    const file = `${name.charAt(0).toLowerCase()}${name.slice(1)}.js`;
    return fs.readFileSync(
        require.resolve(`@pulumi/${sdk}/${module === "." ? "" : `${module}/`}${file}`),
        "utf8",
    );
}
const apiVersion = (source: string) => /Uses Azure REST API version ([\w-]+)/.exec(source)?.[1];
const inputsOf = (source: string) =>
    [...source.matchAll(/resourceInputs\["(\w+)"\] = [^;]*args/g)].map((found) => found[1]);
const outputsOf = (source: string) =>
    [...source.matchAll(/resourceInputs\["(\w+)"\] = undefined/g)].map((found) => found[1]);

describe("the table of azure-native types", () => {
    for (const [token, row] of Object.entries(resourceRows)) {
        it(`has ${token} as the SDK has it`, () => {
            const source = sdkSource("azure-native", token);
            assert.ok(source.includes(`__pulumiType = 'azure-native:${token}'`));
            assert.equal(row.version, apiVersion(source));
            const inputs = inputsOf(source);
            const known = new Set([...inputs, ...outputsOf(source)]);
            for (const input of pathInputs(row.path))
                assert.ok(inputs.includes(input), `path input ${input}`);
            for (const input of row.replaceOn ?? []) assert.ok(inputs.includes(input), `replaceOn ${input}`);
            for (const input of row.keep ?? []) assert.ok(inputs.includes(input), `keep ${input}`);
            for (const member of Object.keys({ ...row.wire, ...row.items }))
                assert.ok(known.has(member), `member ${member}`);
            assert.equal(inputs.includes("location"), row.located !== false, "located");
            assert.equal(known.has("properties"), row.flattened === false, "flattened");
        });
    }

    for (const [token, row] of Object.entries(actionRows)) {
        it(`has the function ${token} as the SDK has it`, () => {
            const source = sdkSource("azure-native", token);
            assert.equal(row.version, apiVersion(source));
            for (const input of pathInputs(row.path))
                assert.ok(source.includes(`"${input}": args.${input}`), input);
        });
    }

    it("names resources as the real plugin does", () => {
        const how = Object.fromEntries(
            Object.entries(resourceRows).map(([token, row]) => [
                token,
                `${nameInput(row.path)} ${naming(row)}`,
            ]),
        );
        assert.equal(how["resources:ResourceGroup"], "resourceGroupName random");
        assert.equal(how["storage:StorageAccount"], "accountName random");
        assert.equal(how["storage:BlobContainer"], "containerName copy");
        assert.equal(how["batch:BatchAccount"], "accountName random");
        assert.equal(how["batch:Pool"], "poolName copy");
        assert.equal(how["batch:Application"], "applicationName copy");
        assert.equal(how["batch:ApplicationPackage"], "versionName copy");
        assert.equal(how["managedidentity:UserAssignedIdentity"], "resourceName random");
        assert.equal(how["authorization:RoleAssignment"], "roleAssignmentName uuid");
        assert.equal(how["network:VirtualNetwork"], "virtualNetworkName random");
        assert.equal(how["network:Subnet"], "subnetName copy");
    });
});

describe("the tables of random and azuread types", () => {
    for (const [type, row] of Object.entries(randomRows)) {
        it(`has ${type} as the SDK has it`, () => {
            const source = sdkSource("random", type);
            const inputs = inputsOf(source);
            for (const input of [...(row.required ?? []), ...Object.keys(row.defaults ?? {})]) {
                assert.ok(inputs.includes(input), input);
            }
            for (const secret of row.secrets ?? [])
                assert.match(source, new RegExp(`additionalSecretOutputs: .*"${secret}"`));
        });
    }
    for (const [type, row] of Object.entries(graphRows)) {
        it(`has ${type} as the SDK has it`, () => {
            const source = sdkSource("azuread", type);
            const inputs = inputsOf(source);
            for (const input of [...row.required, ...Object.keys(row.properties), ...(row.replaceOn ?? [])]) {
                assert.ok(inputs.includes(input), input);
            }
            for (const output of Object.keys(row.outputs)) assert.ok(source.includes(`"${output}"`), output);
        });
    }
});
