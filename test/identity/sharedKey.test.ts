import assert from "node:assert/strict";
import { createHmac, randomBytes } from "node:crypto";
import type { IncomingHttpHeaders } from "node:http";
import { verifySharedKey, type SignedRequest } from "../../local/identity";

const account = { name: "batchlocal" };
const keys = { primary: randomBytes(64).toString("base64"), secondary: randomBytes(64).toString("base64") };
const now = Date.parse("2026-11-21T12:00:00Z");
const date = new Date(now).toUTCString();

interface Attempt {
    method?: string;
    url?: string;
    /** As sent; names keep their case. */
    headers?: Record<string, string>;
    /** What the client signed, line by line after the verb; the rest is the canonical part. */
    lines?: string[];
    tail: string;
    key?: string;
    name?: string;
}

/** The eleven standard lines, empty but for those given. */
function standard(values: { length?: string; type?: string; date?: string; match?: string } = {}): string[] {
    return [
        "",
        "",
        values.length ?? "",
        "",
        values.type ?? "",
        values.date ?? "",
        "",
        values.match ?? "",
        "",
        "",
        "",
    ];
}

function request(attempt: Attempt): SignedRequest {
    const method = attempt.method ?? "GET";
    const sent = attempt.headers ?? { "ocp-date": date };
    const text = [method, ...(attempt.lines ?? standard())].join("\n") + "\n" + attempt.tail;
    const signature = createHmac("sha256", Buffer.from(attempt.key ?? keys.primary, "base64"))
        .update(text)
        .digest("base64");
    const all = { ...sent, Authorization: `SharedKey ${attempt.name ?? "batchlocal"}:${signature}` };
    const headers: IncomingHttpHeaders = Object.fromEntries(
        Object.entries(all).map(([name, value]) => [name.toLowerCase(), value]),
    );
    return {
        method,
        url: attempt.url ?? "/jobs?api-version=1",
        headers,
        rawHeaders: Object.entries(all).flat(),
    };
}

const plainTail = `ocp-date:${date}\n/batchlocal/jobs\napi-version:1`;
const verdict = (attempt: Attempt, at = now) => {
    const outcome = verifySharedKey(request(attempt), account, keys, at);
    return outcome.ok ? "ok" : outcome.reason;
};

describe("identity: Shared Key", () => {
    it("accepts the documented signature with either key", () => {
        assert.equal(verdict({ tail: plainTail }), "ok");
        assert.equal(verdict({ tail: plainTail, key: keys.secondary }), "ok");
    });

    it("accepts a Date header where there is no ocp-date", () => {
        const lines = standard({ date });
        assert.equal(
            verdict({ headers: { Date: date }, lines, tail: "/batchlocal/jobs\napi-version:1" }),
            "ok",
        );
    });

    it("lets ocp-date win over Date, whose line may then be empty or signed", () => {
        const headers = { Date: new Date(0).toUTCString(), "ocp-date": date };
        assert.equal(verdict({ headers, tail: plainTail }), "ok");
        assert.equal(verdict({ headers, lines: standard({ date: headers.Date }), tail: plainTail }), "ok");
        const late = { Date: date, "ocp-date": new Date(0).toUTCString() };
        assert.equal(
            verdict({ headers: late, tail: `ocp-date:${late["ocp-date"]}\n/batchlocal/jobs\napi-version:1` }),
            "skew",
        );
    });

    describe("accepts what the clients sign in their own ways", () => {
        const url = "/jobs?timeOut=30&$filter=id%20eq%20'a+b'&api-version=1";
        it("(a) parameter names as sent, sorted with regard to case", () => {
            const tail = `ocp-date:${date}\n/batchlocal/jobs\n$filter:id eq 'a b'\napi-version:1\ntimeOut:30`;
            assert.equal(verdict({ url, tail }), "ok");
            const upper = `ocp-date:${date}\n/batchlocal/jobs\nZ:1\na:2`;
            assert.equal(verdict({ url: "/jobs?a=2&Z=1", tail: upper }), "ok");
        });
        it("(a) parameter names lower-cased, as documented", () => {
            const tail = `ocp-date:${date}\n/batchlocal/jobs\n$filter:id eq 'a b'\napi-version:1\ntimeout:30`;
            assert.equal(verdict({ url, tail }), "ok");
            assert.equal(
                verdict({ url: "/jobs?a=2&Z=1", tail: `ocp-date:${date}\n/batchlocal/jobs\na:2\nz:1` }),
                "ok",
            );
        });
        it("(b) empty values dropped, the first of several", () => {
            const repeated = "/jobs?b=2&b=1&c=&api-version=1";
            assert.equal(
                verdict({ url: repeated, tail: `ocp-date:${date}\n/batchlocal/jobs\napi-version:1\nb:2` }),
                "ok",
            );
            assert.equal(
                verdict({
                    url: repeated,
                    tail: `ocp-date:${date}\n/batchlocal/jobs\napi-version:1\nb:1,2\nc:`,
                }),
                "ok",
            );
            assert.equal(
                verdict({
                    url: repeated,
                    tail: `ocp-date:${date}\n/batchlocal/jobs\napi-version:1\nb:2,1\nc:`,
                }),
                "ok",
            );
        });
        for (const method of ["POST", "PUT", "PATCH", "DELETE"]) {
            it(`(c) no length or "0" for a ${method} without a body, whatever header is then sent`, () => {
                for (const signed of ["", "0"]) {
                    for (const sent of [{}, { "Content-Length": "0" }] as Record<string, string>[]) {
                        const headers = { "ocp-date": date, ...sent };
                        assert.equal(
                            verdict({
                                method,
                                headers,
                                lines: standard({ length: signed }),
                                tail: plainTail,
                            }),
                            "ok",
                        );
                    }
                }
            });
        }
        it("(d) only those ocp- headers that were written in lower case, or all of them", () => {
            const headers = { "ocp-date": date, "OCP-Range": "bytes=0-9", "x-ocp-note": "n" };
            const path = "/batchlocal/jobs\napi-version:1";
            assert.equal(verdict({ headers, tail: `ocp-date:${date}\nx-ocp-note:n\n${path}` }), "ok");
            assert.equal(verdict({ headers, tail: `ocp-date:${date}\nocp-range:bytes=0-9\n${path}` }), "ok");
        });
    });

    it("signs the path as it was sent", () => {
        const tail = `ocp-date:${date}\n/batchlocal/jobs/a%20b/tasks`;
        assert.equal(verdict({ url: "/jobs/a%20b/tasks", tail }), "ok");
        assert.equal(verdict({ url: "/jobs/a%20c/tasks", tail }), "signature");
    });

    describe("refuses", () => {
        it("a wrong key", () => {
            assert.equal(verdict({ tail: plainTail, key: randomBytes(64).toString("base64") }), "signature");
        });
        it("a key that was regenerated", () => {
            const renewed = { ...keys, primary: randomBytes(64).toString("base64") };
            const outcome = verifySharedKey(request({ tail: plainTail }), account, renewed, now);
            assert.equal(outcome.ok, false);
        });
        it("another account's name, also with our key", () => {
            assert.equal(
                verdict({ tail: plainTail.replace("batchlocal", "other"), name: "other" }),
                "unknownAccount",
            );
        });
        it("a clock more than 15 minutes off, either way, and not one less", () => {
            assert.equal(verdict({ tail: plainTail }, now + 15 * 60_000), "ok");
            assert.equal(verdict({ tail: plainTail }, now - 15 * 60_000), "ok");
            assert.equal(verdict({ tail: plainTail }, now + 15 * 60_000 + 1), "skew");
            assert.equal(verdict({ tail: plainTail }, now - 15 * 60_000 - 1), "skew");
        });
        it("a date that is none, and no date at all", () => {
            const headers = { "ocp-date": "yesterday" };
            assert.equal(
                verdict({ headers, tail: "ocp-date:yesterday\n/batchlocal/jobs\napi-version:1" }),
                "skew",
            );
            assert.equal(verdict({ headers: {}, tail: "/batchlocal/jobs\napi-version:1" }), "noDate");
        });
        it("another verb, path, parameter, header or body length than was signed", () => {
            const good = request({
                method: "POST",
                tail: plainTail,
                headers: { "ocp-date": date, "content-length": "0" },
            });
            const changed: SignedRequest[] = [
                { ...good, method: "DELETE" },
                { ...good, url: "/pools?api-version=1" },
                { ...good, url: "/jobs?api-version=2" },
                { ...good, url: "/jobs?api-version=1&x=1" },
                { ...good, headers: { ...good.headers, "content-length": "10" } },
                { ...good, headers: { ...good.headers, "if-match": "*" } },
                { ...good, headers: { ...good.headers, "ocp-range": "bytes=0-1" } },
            ];
            assert.equal(verifySharedKey(good, account, keys, now).ok, true);
            for (const [index, each] of changed.entries()) {
                // The case of names does not count here: a header added on the way is lower case.
                const outcome = verifySharedKey({ ...each, rawHeaders: undefined }, account, keys, now);
                assert.equal(outcome.ok, false, `change ${index}`);
            }
        });
        it("what is no Shared Key header", () => {
            const good = request({ tail: plainTail });
            const signature = (good.headers.authorization ?? "").split(":")[1];
            const wrong = [
                undefined,
                "",
                "SharedKey",
                "SharedKey batchlocal",
                "SharedKey batchlocal:",
                "SharedKey batchlocal:AAAA",
                `SharedKeyLite batchlocal:${signature}`,
                `Bearer ${signature}`,
                `SharedKey :${signature}`,
                `SharedKey batchlocal:${"*".repeat(44)}`,
            ];
            for (const authorization of wrong) {
                const outcome = verifySharedKey(
                    { ...good, headers: { ...good.headers, authorization } },
                    account,
                    keys,
                    now,
                );
                assert.equal(!outcome.ok && outcome.reason, "malformed", String(authorization));
            }
        });
    });

    it("shows the documented string to sign with a refusal, and no key", () => {
        const outcome = verifySharedKey(
            request({ tail: plainTail, key: randomBytes(64).toString("base64") }),
            account,
            keys,
            now,
        );
        assert.ok(!outcome.ok);
        assert.equal(outcome.stringToSign, `${["GET", ...standard()].join("\n")}\n${plainTail}`);
        assert.ok(!JSON.stringify(outcome).includes(keys.primary));
    });
});
