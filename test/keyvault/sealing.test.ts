import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { sealer } from "../../local/keyvault/sealing";
import { Shelf, purgeOverdue } from "../../local/keyvault/shelf";
import { openStore } from "../../local/store";

describe("key vault: what lies in the store", () => {
    const one = sealer(randomBytes(32));

    it("opens for its own place and key alone, and not when a bit was changed", () => {
        const sealed = one.seal("sécret", "/a");
        assert.equal(one.open(sealed, "/a"), "sécret");
        assert.ok(!sealed.includes("cret"));
        assert.notEqual(one.seal("sécret", "/a"), sealed);
        assert.throws(() => one.open(sealed, "/b"));
        assert.throws(() => sealer(randomBytes(32)).open(sealed, "/a"));
        const [form, nonce = "", tag = "", text = ""] = sealed.split(".");
        const flipped = Buffer.from(text, "base64url");
        flipped[0] = (flipped[0] ?? 0) ^ 1;
        assert.throws(() => one.open([form, nonce, tag, flipped.toString("base64url")].join("."), "/a"));
        assert.throws(() => one.open([form, nonce, tag.slice(0, 8), text].join("."), "/a"));
        assert.throws(() => one.open("2.a.b.c", "/a"), /form/);
    });

    it("is empty text too", () => assert.equal(one.open(one.seal("", "/a"), "/a"), ""));

    it("lets go of what is overdue, and gives its name free", () => {
        const store = openStore(":memory:");
        const day = 86_400_000;
        const shelf = new Shelf(store, "v", "secrets");
        shelf.delete(shelf.add("s", "1", {}, 0), 7, 10);
        assert.ok(shelf.deleted("s", 7 * day));
        assert.equal(shelf.deleted("s", 7 * day + 10), undefined);
        assert.equal(shelf.any("s", 7 * day + 10), undefined);
        assert.deepEqual(shelf.all(7 * day + 10), []);
        shelf.add("s", "2", {}, 8 * day);
        assert.deepEqual(
            shelf.versions(shelf.live("s") ?? assert.fail()).map(({ name }) => name),
            ["2"],
        );
        shelf.delete(shelf.live("s") ?? assert.fail(), 7, 10 * day);
        purgeOverdue(store, 16 * day);
        assert.equal(store.resources.list("/keyvault").length, 2);
        purgeOverdue(store, 17 * day);
        assert.equal(store.resources.list("/keyvault").length, 0);
        store.close();
    });
});
