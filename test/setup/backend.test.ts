import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { backendFolder, mendBackend } from "../../setup/start/backend";
import { temporaryFolders } from "../support/folder";

describe("npm start mends what a killed engine left", () => {
    const folder = temporaryFolders();
    const locked = (root: string, pid: number): string => {
        const locks = path.join(root, ".pulumi", "locks", "organization", "project", "stack");
        mkdirSync(locks, { recursive: true });
        const lock = path.join(locks, "0123.json");
        writeFileSync(lock, JSON.stringify({ pid, username: "u", hostname: "h" }));
        return lock;
    };

    it("the lock of a process that is gone", () => {
        const root = folder();
        const gone = spawnSync("true").pid;
        const lock = locked(root, gone);
        mendBackend(root, "project", "stack");
        assert.equal(existsSync(lock), false);
    });

    it("but not that of one that lives", () => {
        const root = folder();
        const lock = locked(root, process.pid);
        mendBackend(root, "project", "stack");
        assert.equal(existsSync(lock), true);
    });

    it("a state that had only been put aside, and no state that is there", () => {
        const root = folder();
        const stacks = path.join(root, ".pulumi", "stacks", "project");
        const state = path.join(stacks, "stack.json");
        mkdirSync(stacks, { recursive: true });
        writeFileSync(`${state}.bak`, "before");
        mendBackend(root, "project", "stack");
        assert.equal(readFileSync(state, "utf8"), "before");
        writeFileSync(state, "now");
        mendBackend(root, "project", "stack");
        assert.equal(readFileSync(state, "utf8"), "now");
    });

    it("in a folder of files alone", () => {
        assert.equal(backendFolder("file:///var/state?no_tmp_dir=true"), "/var/state");
        assert.equal(backendFolder("https://api.pulumi.com"), undefined);
        assert.equal(backendFolder(undefined), undefined);
    });
});
