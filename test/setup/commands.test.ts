import * as assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import { listBenches } from "../../setup/bench";
import { repositoryRoot, run } from "../../setup/common";
import { parseStartArguments } from "../../setup/start-arguments";
import { temporaryFolders } from "../support/folder";

const setup = path.join(repositoryRoot(), "setup");

describe("npm start", () => {
    const folder = temporaryFolders();

    it("reads its arguments", () => {
        const file = path.join(folder(), "a name with blanks.txt");
        fs.writeFileSync(file, "");
        assert.deepEqual(
            parseStartArguments([file, "--top", "5", "--results=out.json", "--json", "--keep"]),
            {
                arguments: {
                    files: [file],
                    top: 5,
                    results: "out.json",
                    json: true,
                    keep: true,
                    help: false,
                },
            },
        );
        assert.deepEqual(parseStartArguments([]), {
            arguments: { files: [], top: 3, results: undefined, json: false, keep: false, help: false },
        });
    });

    for (const [argv, error] of [
        [["--top", "0"], "--top 0: it must be a whole number from 1 on"],
        [["--top", "x"], "--top x: it must be a whole number from 1 on"],
        [["--top"], "--top needs a value"],
        [["--fast"], "unknown flag --fast"],
        [["/no/such/file"], "/no/such/file: there is no such file"],
        [["/"], "/ is not a file"],
        [["--results", "/no/such/out.json"], "--results /no/such/out.json: there is no folder /no/such"],
        [["--results", "/"], "--results / is a folder: give the name of a file"],
    ] as const) {
        it(`refuses ${argv.join(" ")} before any set-up, with exit code 2`, async () => {
            assert.deepEqual(parseStartArguments([...argv]), { error });
            const result = await run(process.execPath, [path.join(setup, "start.js"), ...argv]);
            assert.equal(result.code, 2);
            assert.equal(result.stdout, "");
            assert.equal(result.stderr.split("\n")[0], `error: ${error}`);
        });
    }
});

describe("npm run bench", () => {
    const folder = temporaryFolders();

    it("lists what there is, with the first line of each and whether it needs the engine", () => {
        const place = folder();
        fs.writeFileSync(
            path.join(place, "up.ts"),
            "// needs: engine\n// How long an up takes.\n\nexport {};\n",
        );
        fs.writeFileSync(path.join(place, "add.ts"), "// Tasks a second.\nexport {};\n// needs: engine\n");
        fs.writeFileSync(path.join(place, "notes.md"), "");
        assert.deepEqual(
            listBenches(place).map(({ name, needsEngine, title }) => ({ name, needsEngine, title })),
            [
                { name: "add", needsEngine: false, title: "Tasks a second." },
                { name: "up", needsEngine: true, title: "How long an up takes." },
            ],
        );
    });

    it("refuses a name that is not there, with exit code 2", async () => {
        const result = await run(process.execPath, [path.join(setup, "bench.js"), "no-such-bench"]);
        assert.equal(result.code, 2);
        assert.match(result.stderr, /there is no bench "no-such-bench"/);
    });
});
