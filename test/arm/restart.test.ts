import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { serve } from "../../local/cli/serve";
import { openStore } from "../../local/store";
import { Arm, newAccount, newGroup, versions } from "./given";

describe("resource manager: operations across a restart", function () {
    this.timeout(40_000);
    const folder = mkdtempSync(path.join(tmpdir(), "batchlocal-arm-restart-"));
    after(() => rmSync(folder, { recursive: true, force: true }));
    const start = async () =>
        new Arm(
            await serve({
                dataDirectory: folder,
                inMemory: false,
                host: "127.0.0.1",
                speed: 1,
                skipApiVersionCheck: false,
                elevation: "as-me",
                region: "westeurope",
            }),
        );
    const end = async (client: Arm) => {
        client.close();
        await client.service.close();
    };

    it("goes on with a deletion and a creation that a former life left half done", async () => {
        const before = await start();
        const [doomed, kept] = [await newGroup(before), await newGroup(before)];
        const going = await newAccount(before, doomed);
        const coming = await newAccount(before, kept);
        const { headers } = await before.call("DELETE", `${doomed}?${versions.groups}`);
        const location = String(headers["location"]);
        await before.settle("GET", location);
        await end(before);

        // What the data directory holds when a kill comes right after the answer: marked, nothing done yet.
        const store = openStore(path.join(folder, "store", "state.db"));
        const account = store.accounts.get(coming.split("/").at(-1) ?? "");
        assert.ok(account);
        store.accounts.put({ ...account, provisioningState: "Creating", port: 0 });
        const createdAt = Number(
            JSON.parse(Buffer.from(location.split("/").at(-1)?.split("?")[0] ?? "", "base64url").toString())
                .createdAt,
        );
        const key = doomed.toLowerCase();
        const times = { createdAt, lastModified: createdAt, eTag: "0x1" };
        const deleting = { location: "westeurope", properties: { provisioningState: "Deleting" } };
        store.resources.put({
            key,
            id: doomed,
            type: "microsoft.resources/resourcegroups",
            name: doomed.split("/").at(-1) ?? "",
            body: deleting,
            ...times,
        });
        const goingKey = going.split("/").at(-1) ?? "";
        store.accounts.put({
            ...account,
            key: goingKey,
            name: goingKey,
            armId: going,
            resourceGroup: doomed.split("/").at(-1) ?? "",
            provisioningState: "Succeeded",
        });
        await store.committed();
        store.close();

        const after = await start();
        try {
            const same = location.replace(/^https:\/\/[^/]+/, after.base);
            assert.equal((await after.settle("GET", same)).status, 204);
            assert.equal((await after.call("GET", `${doomed}?${versions.groups}`)).status, 404);
            for (;;) {
                const { body } = await after.call("GET", `${coming}?${versions.batch}`);
                const { provisioningState, accountEndpoint } = body["properties"] as Record<string, string>;
                if (provisioningState === "Creating") continue;
                assert.equal(provisioningState, "Succeeded");
                assert.match(String(accountEndpoint), /^127\.0\.0\.1:[1-9]\d*$/);
                break;
            }
        } finally {
            await end(after);
        }
    });
});
