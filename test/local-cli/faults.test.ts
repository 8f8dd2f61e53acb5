import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import http from "node:http";
import type { AddressInfo } from "node:net";
import path from "node:path";
import { parseFaults } from "../../local/cli/faultsFile";
import { faultyRequests, type RequestFault } from "../../local/http/faults";
import { chances, fits, randomNumbers } from "../../local/model/chance";
import { begin, remove, run, temporaryFolder } from "./support";

describe("cli: faults on demand", () => {
    describe("chance", () => {
        const row = (length: number, hits: () => boolean) => Array.from({ length }, hits);

        it("hits the same ones again with the same seed, others with another", () => {
            const first = row(200, chances({ rate: 0.3 }, 7));
            assert.deepEqual(row(200, chances({ rate: 0.3 }, 7)), first);
            assert.notDeepEqual(row(200, chances({ rate: 0.3 }, 8)), first);
        });

        it("keeps to rate, count and skip", () => {
            const hits = row(10_000, chances({ rate: 0.25 }, 3)).filter(Boolean).length;
            assert.ok(hits > 2_300 && hits < 2_700, String(hits));
            assert.deepEqual(row(6, chances({ skip: 2, count: 3 }, 1)), [
                false,
                false,
                true,
                true,
                true,
                false,
            ]);
            assert.deepEqual(row(3, chances({ rate: 0 }, 1)), [false, false, false]);
            assert.deepEqual(row(3, chances({ count: 0 }, 1)), [false, false, false]);
        });

        it("draws from the whole range", () => {
            const random = randomNumbers(1);
            const all = Array.from({ length: 10_000 }, random);
            assert.ok(all.every((each) => each >= 0 && each < 1));
            for (let tenth = 0; tenth < 10; tenth++) {
                const count = all.filter((each) => Math.floor(each * 10) === tenth).length;
                assert.ok(count > 850 && count < 1150, `${tenth}: ${count}`);
            }
        });

        it("knows paths by one star for a part and two for any number", () => {
            assert.ok(fits("/jobs/*/tasks", "/jobs/a.b/tasks"));
            assert.ok(fits("/JOBS", "/jobs"));
            assert.ok(fits("/subscriptions/**/pools/*", "/subscriptions/s/x/y/pools/p"));
            assert.ok(!fits("/jobs/*", "/jobs/a/tasks"));
            assert.ok(!fits("/jobs", "/jobs/a"));
            assert.ok(!fits("/a.c", "/abc"));
        });
    });

    describe("requests", () => {
        let handled: string[];
        let server: http.Server;
        const serve = async (faults: RequestFault[], seed = 1) => {
            handled = [];
            const wrap = faultyRequests(faults, seed, { info: () => undefined });
            const handler = wrap("batch", (request, response) => {
                handled.push(`${request.method} ${request.url}`);
                response.setHeader("x-own", "1");
                response.writeHead(201, { "Content-Type": "text/plain" });
                response.write("made");
                response.end();
            });
            server = http.createServer(handler);
            await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
            return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
        };
        afterEach(() => {
            server.closeAllConnections();
            server.close();
        });

        it("fail before or after they take effect", async () => {
            const address = await serve([
                { method: "POST", path: "/jobs", count: 1, fail: { status: 429, retryAfter: 3 } },
                { method: "POST", path: "/jobs", when: "after", count: 1, fail: { status: 500 } },
            ]);
            const post = () => fetch(`${address}/jobs?x=1`, { method: "POST", body: "{}" });
            const first = await post();
            assert.equal(first.status, 429);
            assert.equal(first.headers.get("retry-after"), "3");
            assert.equal(((await first.json()) as { code: string }).code, "TooManyRequests");
            assert.deepEqual(handled, []);
            const second = await post();
            assert.equal(second.status, 500);
            assert.equal(second.headers.get("x-own"), null);
            assert.deepEqual(handled, ["POST /jobs?x=1"]);
            const third = await post();
            assert.equal(third.status, 201);
            assert.equal(third.headers.get("x-own"), "1");
            assert.equal(await third.text(), "made");
        });

        it("lose their connection or never get an answer", async () => {
            const address = await serve([
                { path: "/reset", fail: "reset" },
                { path: "/silence", when: "after", fail: "timeout" },
            ]);
            await assert.rejects(fetch(`${address}/reset`));
            await assert.rejects(
                fetch(`${address}/silence`, { signal: AbortSignal.timeout(200) }),
                /timeout|aborted/i,
            );
            assert.deepEqual(handled, ["GET /silence"]);
            assert.equal((await fetch(`${address}/else`)).status, 201);
        });

        it("fail in the same order with the same file and seed", async () => {
            const faults: RequestFault[] = [
                { method: "GET", rate: 0.3, fail: { status: 503 } },
                { path: "/b", rate: 0.5, fail: { status: 429 } },
            ];
            const sequence = async (seed: number) => {
                const address = await serve(faults, seed);
                const statuses: number[] = [];
                for (let index = 0; index < 60; index++) {
                    statuses.push((await fetch(`${address}/${index % 2 === 0 ? "a" : "b"}`)).status);
                }
                server.closeAllConnections();
                server.close();
                return statuses;
            };
            const first = await sequence(5);
            assert.deepEqual(await sequence(5), first);
            assert.notDeepEqual(await sequence(6), first);
            assert.deepEqual([...new Set(first)].sort(), [201, 429, 503]);
        });
    });

    describe("the file", () => {
        it("is refused with the place, what is there and what is allowed", () => {
            const wrong: [unknown, RegExp][] = [
                [[], /the file is \[\]; allowed: an object/],
                [{ request: [] }, /unknown property 'request'; allowed: \$schema, seed, requests/],
                [{ seed: -1 }, /seed is -1; allowed: a whole number from 0 on/],
                [{ requests: {} }, /requests is \{\}; allowed: a list/],
                [{ requests: [{}] }, /requests\[0\]\.fail is missing; allowed: "timeout"/],
                [
                    { requests: [{ fail: { status: 404 } }] },
                    /requests\[0\]\.fail\.status is 404; allowed: 401, 403, 429, 500, 503/,
                ],
                [
                    { requests: [{ fail: "reset", rate: 1.5 }] },
                    /requests\[0\]\.rate is 1\.5; allowed: a number from 0 to 1/,
                ],
                [
                    { requests: [{ fail: "reset", method: "get" }] },
                    /requests\[0\]\.method is "get"; allowed: GET/,
                ],
                [
                    { requests: [{ fail: "reset" }, { fail: "reset", Path: "/" }] },
                    /requests\[1\] has an unknown property 'Path'/,
                ],
                [
                    { startTasks: [{ exitCode: 0 }] },
                    /startTasks\[0\]\.exitCode is 0; allowed: a whole number from 1 to 255/,
                ],
                [{ nodes: [{ afterSeconds: "5" }] }, /nodes\[0\]\.afterSeconds is "5"/],
            ];
            for (const [value, message] of wrong) assert.throws(() => parseFaults(value), message);
        });

        it("has in its schema just what the reader takes", () => {
            interface Schema {
                properties: Record<string, { items?: { properties: Record<string, unknown> } }>;
            }
            const file = path.resolve(__dirname, "../../docs/faults.schema.json");
            const schema = JSON.parse(readFileSync(file, "utf8")) as Schema;
            const refusalOf = (value: unknown) => {
                try {
                    parseFaults(value);
                    return "";
                } catch (error) {
                    return (error as Error).message;
                }
            };
            const allowed = (message: string) =>
                message
                    .slice(message.indexOf("allowed: ") + 9)
                    .split(", ")
                    .sort();
            assert.deepEqual(allowed(refusalOf({ "": 1 })), Object.keys(schema.properties).sort());
            for (const name of ["requests", "startTasks", "nodes"]) {
                const properties = Object.keys(schema.properties[name]?.items?.properties ?? {});
                assert.deepEqual(allowed(refusalOf({ [name]: [{ "": 1 }] })), properties.sort(), name);
            }
        });
    });

    describe("in the service", function () {
        this.timeout(60_000);
        let folder: string;
        beforeEach(() => (folder = temporaryFolder()));
        afterEach(async () => {
            await run(["stop", "--data", path.join(folder, "data")]);
            remove(folder);
        });

        it("a broken file is wrong usage, before anything starts", async () => {
            const file = path.join(folder, "faults.json");
            for (const [text, message] of [
                ["{", /--faults .*faults\.json: .*JSON/],
                [
                    '{"requests":[{"fail":{"status":418}}]}',
                    /requests\[0\]\.fail\.status is 418; allowed: 401, 403, 429, 500, 503/,
                ],
            ] as const) {
                writeFileSync(file, text);
                const { code, stderr } = await run([
                    "start",
                    "--faults",
                    file,
                    "--data",
                    path.join(folder, "data"),
                ]);
                assert.equal(code, 2);
                assert.match(stderr, message);
            }
            const missing = await run([
                "start",
                "--faults",
                path.join(folder, "none"),
                "--data",
                path.join(folder, "data"),
            ]);
            assert.equal(missing.code, 2);
        });

        it("the command is spared where every request of a program fails", async () => {
            const file = path.join(folder, "faults.json");
            writeFileSync(
                file,
                JSON.stringify({
                    requests: [{ fail: { status: 500 } }, { plane: "storage", fail: { status: 503 } }],
                }),
            );
            const script =
                "for (const url of [process.env.AZURE_BATCH_ENDPOINT + '/jobs', 'https://' + process.env.ARM_METADATA_HOSTNAME + '/subscriptions'])" +
                "fetch(url).then(({ status }) => console.log(status))";
            const args = ["exec", "--faults", file, "--data", path.join(folder, "data")];
            const { code, stdout, stderr } = await run([...args, "--", process.execPath, "-e", script]);
            assert.equal(code, 0, stderr);
            assert.equal(stdout, "500\n500\n");
        });

        it("a program meets the faults, a vanishing node and a failing start task; the command itself does not", async () => {
            const file = path.join(folder, "faults.json");
            const faults = {
                requests: [
                    {
                        plane: "resourceManager",
                        path: "/subscriptions",
                        count: 1,
                        fail: { status: 503, retryAfter: 1 },
                    },
                    {
                        plane: "batch",
                        method: "POST",
                        path: "/jobs",
                        when: "after",
                        count: 1,
                        fail: { status: 500 },
                    },
                ],
                startTasks: [{ pool: "shaky", count: 1, exitCode: 7 }],
                nodes: [{ pool: "fleeting", afterSeconds: 1, count: 1 }],
            };
            writeFileSync(file, JSON.stringify(faults));
            const script = path.join(__dirname, "faulty-program.js");
            const args = [
                "exec",
                "--faults",
                file,
                "--data",
                path.join(folder, "data"),
                "--",
                process.execPath,
                script,
            ];
            const { code, stdout, stderr } = await begin(args).ended;
            assert.equal(code, 0, stderr);
            assert.deepEqual(JSON.parse(stdout), {
                subscriptions: [503, 200],
                // It was made although its answer was lost.
                jobs: [500, 409],
                startTask: [7, "starttaskfailed"],
                task: { exitCode: 0, runs: 2 },
            });
        });
    });
});
