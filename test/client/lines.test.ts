import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import fc from "fast-check";
import { BatchClient, sharedKeyCredential, submitTasks } from "../../client";
import { linesOf } from "../../client/lines";

describe("lines of a file", () => {
    const folder = mkdtempSync(path.join(os.tmpdir(), "lines-"));
    const file = path.join(folder, "file");
    after(() => rmSync(folder, { recursive: true }));

    it("are those between line feeds, however long they are and whatever else is in them", () => {
        const pieces = fc.oneof(
            fc.constantFrom("", "a", "ü", "\u2028", "\r", "😀", "x".repeat(65_535), "é".repeat(40_000)),
            fc.string({ unit: "grapheme" }).map((text) => text.replaceAll("\n", "")),
        );
        const lines = fc.array(
            fc.array(pieces, { maxLength: 4 }).map((some) => some.join("")),
            { maxLength: 12 },
        );
        fc.assert(
            fc.property(lines, fc.boolean(), (expected, ended) => {
                const text = expected.join("\n") + (ended ? "\n" : "");
                writeFileSync(file, text);
                const bytes: number[] = [];
                const found = [...linesOf(file, (part) => bytes.push(part.length))];
                const wanted = text.split("\n");
                if (wanted.at(-1) === "") wanted.pop();
                assert.deepEqual(found, wanted);
                assert.equal(
                    bytes.reduce((sum, length) => sum + length, 0),
                    Buffer.byteLength(text),
                );
            }),
            { numRuns: 60 },
        );
    });

    it("have no mark of UTF-8, and are not guessed of UTF-16", () => {
        writeFileSync(file, "\uFEFFa\n\uFEFFb\n");
        assert.deepEqual([...linesOf(file)], ["a", "\uFEFFb"]);
        writeFileSync(file, "\uFEFF{}\n", "utf16le");
        assert.throws(() => [...linesOf(file)], {
            code: "NOT_UTF8",
            message: /is UTF-16: write it as UTF-8/,
        });
    });

    it("that are no tasks are told of without what is in them", async () => {
        const client = new BatchClient("http://127.0.0.1:9", sharedKeyCredential("a", "a2V5"));
        const cases: [string, RegExp][] = [
            ['{"id":"a","commandLine":"a-secret', /task at 1: the line is not JSON \(at position \d+\)$/],
            ['[{"id":"a"}]', /task at 1: the line begins a JSON array: write one task/],
            ["{", /task at 1: the line is not a whole JSON object/],
            ["7", /task at 1: the line is not a JSON object/],
            ['{"id":7,"commandLine":"x"}', /task at 1: its id is the number 7; an id is a text/],
            [
                '{"id":"a","commandLine":["x"]}',
                /task 'a' at 1: its commandLine is a list; a command line is a text/,
            ],
        ];
        for (const [line, message] of cases) {
            writeFileSync(file, line);
            await assert.rejects(() => submitTasks(client, "j", { jsonLines: file }), { message });
        }
        for (const source of ["tasks.jsonl", undefined, {}, { jsonLines: 1 }])
            await assert.rejects(() => submitTasks(client, "j", source as never), {
                message: /^the tasks are .*: give a list, .* or \{ jsonLines: "tasks\.jsonl" \} for a file$/,
            });
    });

    it("are not looked for to the end of a file of another kind", async () => {
        writeFileSync(file, Buffer.alloc(40 << 20, "x"));
        let read = 0;
        assert.throws(() => [...linesOf(file, (part) => (read += part.length))], {
            code: "LINE_TOO_LONG",
            message: /has a line of more than 16 MiB; a file of JSON Lines has a line for each task/,
        });
        assert.ok(read < 20 << 20, `${read} bytes were read`);
        const client = new BatchClient("http://127.0.0.1:9", sharedKeyCredential("a", "a2V5"));
        await assert.rejects(() => submitTasks(client, "j", { jsonLines: file }), { code: "LINE_TOO_LONG" });
        await assert.rejects(() => submitTasks(client, "j", { jsonLines: `${file}s` }), { code: "ENOENT" });
    });
});
