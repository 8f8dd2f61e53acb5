import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import { temporaryFolders } from "../support/folder";
import { Stack } from "./stack";

const PROGRAM = `
const resources = require("@pulumi/azure-native/resources");
const batch = require("pulumi-azure-batch");
const group = new resources.ResourceGroup("group", { location: "westeurope" });
const storage = new batch.LinkedStorage("files", { resourceGroupName: group.name });
const container = new batch.Container("input", { storage });
const uploaded = new batch.UploadedFiles("input", { container, files: "input" });
const tasks = batch.tasks.perBlob(
    container,
    { prefix: "scenes/", dependsOn: [uploaded.resource] },
    { id: "{name}", commandLine: "render {file}" },
);
exports.tasks = tasks.apply((list) => list.map(({ id, commandLine }) => id + ": " + commandLine));
`;

describe("tasks for the blobs of a container", function () {
    this.timeout(240_000);
    const folder = temporaryFolders();

    it("are those that are there when the deployment gets to them, in the order of their names", async () => {
        const program = path.join(folder(), "index.js");
        fs.writeFileSync(program, PROGRAM);
        const stack = await Stack.open(program);
        try {
            const scenes = path.join(stack.project, "input", "scenes");
            fs.mkdirSync(scenes, { recursive: true });
            for (const name of ["b.txt", "a.txt"]) fs.writeFileSync(path.join(scenes, name), name);
            fs.writeFileSync(path.join(stack.project, "input", "other.txt"), "");
            await stack.must(["preview"]);
            await stack.up();
            assert.deepEqual((await stack.outputs())["tasks"], [
                "a: render scenes/a.txt",
                "b: render scenes/b.txt",
            ]);
        } finally {
            await stack.close();
        }
    });
});
