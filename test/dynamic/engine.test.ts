import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import net from "node:net";
import type { AddressInfo } from "node:net";
import path from "node:path";
import fc from "fast-check";
import { rangesHold, toRanges } from "../../components/dynamic/idRanges";

const entry = path.resolve(__dirname, "../../components/dynamic/engine.ts");

describe("a provider's process", () => {
    it("ends although something waits in it, once the engine's address does not answer any more", async () => {
        const engine = net.createServer();
        const connections = new Set<net.Socket>();
        engine.on("connection", (socket) => connections.add(socket));
        await once(engine.listen(0, "127.0.0.1"), "listening");
        const { port } = engine.address() as AddressInfo;
        const program = `require(${JSON.stringify(entry)}).endWithEngine("127.0.0.1:${port}"); setInterval(() => undefined, 1000);`;
        const child = spawn(process.execPath, ["-r", require.resolve("ts-node/register"), "-e", program], {
            stdio: "ignore",
        });
        const ended = once(child, "exit");
        try {
            await once(engine, "connection");
            // A connection that the engine closes while it lives is made anew.
            const again = once(engine, "connection");
            for (const socket of connections) socket.destroy();
            await again;
            assert.equal(child.exitCode, null);
            engine.close();
            for (const socket of connections) socket.destroy();
            assert.deepEqual(await ended, [1, null]);
        } finally {
            child.kill();
            engine.close();
        }
    }).timeout(20_000);
});

describe("ids in short", () => {
    it("hold exactly the ids that they were made of", () => {
        const id = fc.oneof(
            fc.nat(200).map((number) => `task-${number}`),
            fc.nat(200).map((number) => `t${String(number).padStart(4, "0")}`),
            fc.string({ unit: fc.constantFrom("a", "b", "0", "1", "-"), minLength: 1, maxLength: 5 }),
        );
        fc.assert(
            fc.property(fc.uniqueArray(id), fc.array(id), (ids, others) => {
                const hold = rangesHold(toRanges(ids) ?? []);
                const set = new Set(ids);
                for (const one of [...ids, ...others]) assert.equal(hold(one), set.has(one), one);
            }),
        );
    });
});
