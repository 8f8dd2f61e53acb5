import * as assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import { ensureDependencies, whyStale } from "../../setup/dependencies";
import { temporaryFolders } from "../support/folder";

type Packages = Record<string, Record<string, unknown>>;

describe("the set-up of the dependencies", () => {
    const folder = temporaryFolders();

    function project(wanted: Packages, installed?: Packages): string {
        const root = folder();
        fs.writeFileSync(path.join(root, "package-lock.json"), JSON.stringify({ packages: wanted }));
        if (installed) {
            fs.mkdirSync(path.join(root, "node_modules"));
            const file = path.join(root, "node_modules", ".package-lock.json");
            fs.writeFileSync(file, JSON.stringify({ packages: installed }));
        }
        return root;
    }

    it("are missing without node_modules", () => {
        assert.equal(whyStale(project({ "": {} })), "node_modules is missing");
    });

    it("are there after a plain npm ci, whatever optional package this platform has not", () => {
        const root = project(
            {
                "": {},
                "node_modules/a": { version: "1.0.0" },
                "node_modules/b": { version: "1.0.0", optional: true },
            },
            { "node_modules/a": { version: "1.0.0" } },
        );
        assert.equal(whyStale(root), undefined);
    });

    it("are stale when a version or a package differs from the lock file", () => {
        const wanted = { "node_modules/a": { version: "1.0.1" } };
        const other = project(wanted, { "node_modules/a": { version: "1.0.0" } });
        assert.equal(whyStale(other), "node_modules/a is 1.0.0, package-lock.json has 1.0.1");
        assert.equal(whyStale(project(wanted, {})), "node_modules/a is missing");
        const linked = project({ "node_modules/w": { link: true } }, {});
        assert.equal(whyStale(linked), "node_modules/w is missing");
    });

    it("are compared again when the lock file changes", () => {
        const root = project(
            { "node_modules/a": { version: "1.0.0" } },
            { "node_modules/a": { version: "1.0.0" } },
        );
        assert.equal(whyStale(root), undefined);
        const lock = { packages: { "node_modules/a": { version: "2.0.0" } } };
        fs.writeFileSync(path.join(root, "package-lock.json"), JSON.stringify(lock));
        assert.match(whyStale(root) ?? "", /has 2\.0\.0/);
    });

    it("tell in npm's words why they cannot be installed, and what to do", async () => {
        const root = project({ "": { dependencies: {} } });
        fs.writeFileSync(path.join(root, "package.json"), '{ "dependencies": { "a": "1.0.0" } }');
        const lock = { name: "x", lockfileVersion: 3, packages: { "": {} } };
        fs.writeFileSync(path.join(root, "package-lock.json"), JSON.stringify(lock));
        await assert.rejects(
            ensureDependencies({ root, log: () => undefined }),
            (error: Error & { fix?: string }) => {
                assert.match(error.message, /npm ci failed:[^]*lock file/);
                assert.match(error.fix ?? "", /registry can be reached/);
                return true;
            },
        );
    });
});
