import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { azuriteVersion, blobService, guard, queueService, tableService } from "../../local/storage/azurite";

const load = createRequire(__filename);

describe("the inside of Azurite that storage is built on", () => {
    it("is that of the version named in the code, pinned in package.json and installed", () => {
        const manifest = JSON.parse(readFileSync(join(__dirname, "../../local/package.json"), "utf8")) as {
            dependencies: Record<string, string>;
        };
        assert.equal(manifest.dependencies.azurite, azuriteVersion);
        assert.equal((load("azurite/package.json") as { version: string }).version, azuriteVersion);
    });

    it("has the three services, their collections and their authentication", async () => {
        const accounts = { getAccount: () => undefined };
        for (const [name, make] of Object.entries({
            blob: blobService,
            queue: queueService,
            table: tableService,
        })) {
            const service = await make(accounts, undefined);
            assert.ok(service.metadata.db.collections.length > 0, name);
            for (const collection of service.metadata.db.collections) {
                assert.ok(Array.isArray(collection.data), `${name}/${collection.name}`);
                assert.equal(typeof collection.ensureId, "function");
                assert.equal(typeof collection.findAndRemove, "function");
            }
            assert.equal(typeof service.listener(service.metadata), "function");
            guard(name as "blob", async () => undefined);
        }
    });

    it("notes the ids of changed documents, which the journal lives on", async () => {
        const { metadata } = await blobService({ getAccount: () => undefined }, undefined);
        metadata.db.isIncremental = true;
        const collection = metadata.db.addCollection("probe", {}) as unknown as {
            dirtyIds: number[];
            insert(document: object): { $loki: number };
            update(document: object): void;
            remove(document: object): void;
        };
        const document = collection.insert({ a: 1 });
        assert.deepEqual(collection.dirtyIds, [document.$loki]);
        collection.update(document);
        collection.remove(document);
        assert.deepEqual(new Set(collection.dirtyIds), new Set([1]));
        assert.equal(collection.dirtyIds.length, 3);
    });

    it("loads without Azurite's telemetry", () => {
        assert.deepEqual(
            Object.keys(load.cache).filter((file) => /applicationinsights|monitor-opentelemetry/.test(file)),
            [],
        );
    });
});
