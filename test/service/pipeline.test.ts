import assert from "node:assert/strict";
import { createServer } from "node:http";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { Readable } from "node:stream";
import { refuse } from "../../local/http/operation";
import type { ArmCall, Operation } from "../../local/http/operation";
import { createHandler } from "../../local/http/pipeline";
import type { Plane, Platform } from "../../local/http/pipeline";

interface Services extends Platform {
    steps: string[];
}

const note =
    (step: string) =>
    (_call: ArmCall, { steps }: Services) => {
        steps.push(step);
        return { status: 200, body: { did: step } };
    };

const operations: Operation<Services, ArmCall>[] = [
    {
        id: "Get",
        method: "GET",
        path: "/things/:name",
        handle: (call) => ({ status: 200, body: call.params }),
    },
    { id: "Put", method: "PUT", path: "/things/:name", body: "Thing", handle: note("handle") },
    {
        id: "Act",
        method: "POST",
        path: "/things/:name/act",
        body: "Thing",
        bodyOptional: true,
        handle: note("act"),
    },
    {
        id: "Old",
        method: "GET",
        path: "/renamed",
        until: "2024-01-01",
        handle: () => ({ status: 200, body: "old" }),
    },
    {
        id: "New",
        method: "GET",
        path: "/renamed",
        since: "2024-07-01",
        handle: () => ({ status: 200, body: "new" }),
    },
    {
        id: "Throws",
        method: "GET",
        path: "/throws",
        handle: () => {
            throw new Error("a bug");
        },
    },
    { id: "Rejects", method: "GET", path: "/rejects", handle: () => Promise.reject(new Error("a bug")) },
    {
        id: "Breaks",
        method: "GET",
        path: "/breaks",
        handle: () => {
            const stream = Readable.from(
                (async function* () {
                    yield "some";
                    throw new Error("the disk is gone");
                })(),
            );
            return { status: 200, headers: { "Content-Length": "100" }, stream };
        },
    },
];

describe("the request pipeline", () => {
    let server: Server;
    let origin: string;
    let logged: { fields: object; message: string }[];
    let steps: string[];
    let broken: boolean;

    beforeEach(async () => {
        [logged, steps, broken] = [[], [], false];
        const plane: Plane<Services, ArmCall> = {
            operations,
            checkVersion: (version) => (version ? undefined : refuse("MissingApiVersionParameter")),
            authenticate: (received) =>
                Promise.resolve(
                    received.headers.authorization
                        ? {
                              ...received,
                              principal: { kind: "token", objectId: "o", tenantId: "t", audience: "a" },
                              body: undefined,
                          }
                        : refuse("InvalidAuthenticationToken"),
                ),
            checkBody: (_shape, body) =>
                typeof body === "object" ? undefined : refuse("InvalidRequestContent"),
            codes: {
                path: "NotFound",
                method: "UnsupportedHttpVerb",
                version: "NotFound",
                json: "InvalidRequestContent",
                tooLarge: "RequestBodyTooLarge",
                noLength: "MissingContentLengthHeader",
            },
            bodyLimit: 1000,
            contentType: "application/json",
            errorBody: (refused) => ({ code: refused.refused }),
            headers: ({ requestId }) => ({ "x-request": requestId }),
        };
        const services: Services = {
            steps,
            store: {
                committed: () => {
                    steps.push("committed");
                    return broken ? Promise.reject(new Error("no space left")) : Promise.resolve();
                },
            },
            scheduler: { now: () => 0 },
            log: { error: (fields, message) => void logged.push({ fields, message }) },
        };
        server = createServer(createHandler(plane, services));
        await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
        origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    });
    afterEach(async () => {
        server.closeAllConnections();
        await new Promise((resolve) => server.close(resolve));
    });

    async function ask(method: string, path: string, body?: string, version = "2025-06-01", token = "t") {
        const response = await fetch(`${origin}${path}${version && `?api-version=${version}`}`, {
            method,
            headers: token ? { Authorization: token } : {},
            ...(body === undefined ? {} : { body }),
        });
        const text = await response.text();
        return {
            status: response.status,
            headers: response.headers,
            text,
            code: /"code":"(\w+)"/.exec(text)?.[1],
        };
    }

    it("tells of the first fault in the order of its steps", async () => {
        const order = [
            await ask("PUT", "/nowhere", "{", "", ""),
            await ask("PUT", "/nowhere", "{", "2025-06-01", ""),
            await ask("PUT", "/things/a", "{", "2025-06-01", ""),
            await ask("PUT", "/things/a", "{"),
            await ask("PUT", "/things/a", "5"),
            await ask("PUT", "/things/a", "{}"),
        ];
        assert.deepEqual(
            order.map(({ status, code }) => code ?? status),
            [
                "MissingApiVersionParameter",
                "NotFound",
                "InvalidAuthenticationToken",
                "InvalidRequestContent",
                "InvalidRequestContent",
                200,
            ],
        );
    });

    it("answers a write after it is durable, and a read after what it saw is", async () => {
        await ask("PUT", "/things/a", "{}");
        assert.deepEqual(steps, ["handle", "committed"]);
        await ask("GET", "/things/a");
        assert.deepEqual(steps, ["handle", "committed", "committed"]);
    });

    it("acknowledges nothing that could not be kept", async () => {
        broken = true;
        const answer = await ask("PUT", "/things/a", "{}");
        assert.equal(answer.status, 500);
        assert.equal(answer.code, "InternalError");
        assert.match(String((logged[0]?.fields as { err: Error }).err), /no space left/);
    });

    it("answers a bug in a handler with 500 and logs it under the request's id", async () => {
        for (const path of ["/throws", "/rejects"]) {
            const answer = await ask("GET", path);
            assert.equal(answer.code, "InternalError");
            assert.ok(!answer.text.includes("a bug"));
            const { requestId } = logged.at(-1)?.fields as { requestId: string };
            assert.equal(requestId, answer.headers.get("x-request"));
        }
    });

    it("cuts an answer short when its stream fails, so that nobody takes it for whole", async () => {
        await assert.rejects(ask("GET", "/breaks"));
        assert.equal((await ask("GET", "/things/a")).status, 200);
    });

    it("tells operations of one path apart by version", async () => {
        assert.equal((await ask("GET", "/renamed", undefined, "2023-01-01")).text, '"old"');
        assert.equal((await ask("GET", "/renamed", undefined, "2025-06-01")).text, '"new"');
        assert.equal((await ask("GET", "/renamed", undefined, "2024-03-01")).code, "NotFound");
    });

    it("takes no body where it may be left out", async () => {
        assert.equal((await ask("POST", "/things/a/act", "")).status, 200);
        assert.equal((await ask("PUT", "/things/a", "")).code, "InvalidRequestContent");
    });

    it("refuses a body beyond the limit and hears the client out", async () => {
        assert.equal((await ask("PUT", "/things/a", `{"a":"${"x".repeat(2_000_000)}"}`)).status, 413);
        assert.deepEqual(steps, []);
    });

    it("keeps the case of parameters and decodes them", async () => {
        assert.equal((await ask("GET", "/THINGS/A%20b%2Fc")).text, '{"name":"A b/c"}');
        assert.equal((await ask("GET", "/things/%zz")).code, "NotFound");
    });
});
