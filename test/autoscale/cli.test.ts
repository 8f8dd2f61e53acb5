import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { run } from "../../autoscale/cli/program";

interface Outcome {
    readonly code: number;
    readonly out: string;
    readonly error: string;
}

describe("autoscale: command batch-autoscale", function () {
    this.timeout(60_000);

    let folder = "";
    const file = (name: string, text: string): string => {
        const full = path.join(folder, name);
        fs.writeFileSync(full, text);
        return full;
    };
    const command = async (...args: string[]): Promise<Outcome> => {
        let out = "";
        let error = "";
        const code = await run(args, { out: (text) => (out += text), error: (text) => (error += text) });
        return { code, out, error };
    };

    beforeEach(() => {
        folder = fs.mkdtempSync(path.join(os.tmpdir(), "autoscale-cli-"));
    });
    afterEach(() => {
        fs.rmSync(folder, { recursive: true });
    });

    it("check exits with 0 without errors, 1 with errors, 2 for wrong usage", async () => {
        const good = file("good.txt", "$TargetDedicatedNodes = 3;");
        const bad = file("bad.txt", "$TargetDedicatedNodes = $nodes;");
        assert.deepEqual(
            [(await command("check", good)).code, (await command("check", good, bad)).code],
            [0, 1],
        );
        for (const args of [
            ["check"],
            ["check", "--nonsense", good],
            ["check", path.join(folder, "none.txt")],
            ["nothing"],
            [],
            ["check", good, "--slots", "many"],
        ]) {
            const { code, error } = await command(...args);
            assert.equal(code, 2, args.join(" "));
            assert.notEqual(error, "");
        }
    });

    it("check says file, line, column, code and fix", async () => {
        const bad = file("bad.txt", "a = 1;\n$TargetDedicatedNodes = aa;");
        const { out } = await command("check", bad);
        assert.match(
            out,
            /bad\.txt:2:25 error AutoScalingFormulaEvaluationError Unknown variable aa\.\n {4}fix: Did you mean a\?/,
        );
    });

    it("check --json prints one array, an element a file, and findings change nothing unless --strict", async () => {
        const risky = file("risky.txt", "$TargetDedicatedNodes = max(0, $PendingTasks.GetSample(1));");
        const { code, out } = await command("check", "--json", risky);
        const [first] = JSON.parse(out) as {
            file: string;
            ok: boolean;
            diagnostics: Record<string, unknown>[];
            assigns: string[];
        }[];
        assert.equal(code, 0);
        assert.deepEqual([first?.file, first?.ok, first?.assigns], [risky, true, ["$TargetDedicatedNodes"]]);
        assert.deepEqual(Object.keys(first?.diagnostics[0] ?? {}), [
            "code",
            "severity",
            "line",
            "column",
            "message",
            "fix",
        ]);
        assert.equal((await command("check", "--strict", risky)).code, 1);
        assert.equal((await command("check", "--strict", risky, "--allow", "AS102", "AS104")).code, 0);
    });

    it("format prints, checks and writes; a file with errors stays as it is", async () => {
        const loose = file("loose.txt", "a=1;b  =a+ 2");
        const bad = file("bad.txt", "a = (;");
        assert.deepEqual(await command("format", loose), { code: 0, out: "a = 1;\nb = a + 2;\n", error: "" });
        assert.equal((await command("format", "--check", loose)).code, 1);
        assert.equal((await command("format", "--write", loose, bad)).code, 1);
        assert.equal(fs.readFileSync(loose, "utf8"), "a = 1;\nb = a + 2;\n");
        assert.equal(fs.readFileSync(bad, "utf8"), "a = (;");
        assert.equal((await command("format", "--check", loose)).code, 0);
    });

    it("evaluate --json prints results and error, with samples and pool from files", async () => {
        const formula = file(
            "f.txt",
            "$TargetDedicatedNodes = max($ActiveTasks.GetSample(1)) + $CurrentDedicatedNodes;",
        );
        const samples = file(
            "s.json",
            JSON.stringify({ $ActiveTasks: [{ time: "2026-01-05T08:00:00Z", value: 12 }] }),
        );
        const pool = file("p.json", JSON.stringify({ currentDedicatedNodes: 3 }));
        const { code, out } = await command(
            "evaluate",
            formula,
            "--samples",
            samples,
            "--now",
            "2026-01-05T08:00:30Z",
            "--pool",
            pool,
            "--json",
        );
        assert.equal(code, 0);
        assert.deepEqual(JSON.parse(out), {
            results: "$TargetDedicatedNodes=15;$TargetLowPriorityNodes=0;$NodeDeallocationOption=requeue",
            error: null,
        });
    });

    it("evaluate exits with 1 and the service's error when the evaluation fails", async () => {
        const formula = file("f.txt", "x = $ActiveTasks.GetSample(TimeInterval_Minute);");
        const { code, out } = await command("evaluate", formula, "--now", "2026-01-05T08:00:00Z", "--json");
        assert.equal(code, 1);
        assert.equal((JSON.parse(out) as { error: { code: string } }).error.code, "InsufficientSampleData");
    });

    it("names the file and the property of input that is none", async () => {
        const formula = file("f.txt", "a = 1;");
        const cases: [string, string, RegExp][] = [
            ["--samples", '{"$ActiveTasks":[{"time":"x","value":1}]}', /\$ActiveTasks\[0\]/],
            ["--samples", "{", /not JSON/],
            ["--samples", '{"ActiveTasks":[]}', /"ActiveTasks" is no metric/],
            ["--samples", "[1]", /"0" is no metric/],
            ["--samples", '{"$ActiveTasks":5}', /expected an array/],
            ["--samples", "null", /expected an object/],
            ["--pool", '{"nodes":3}', /unknown property "nodes"; allowed are targetDedicatedNodes/],
            ["--pool", '{"currentSpotNodes":"3"}', /currentSpotNodes is "3"/],
        ];
        for (const [option, text, pattern] of cases) {
            const { code, error } = await command("evaluate", formula, option, file("input.json", text));
            assert.equal(code, 2, text);
            assert.match(error, pattern);
        }
        assert.match((await command("evaluate", formula, "--now", "soon")).error, /--now is "soon"/);
    });

    it("simulate prints a table and writes a report that needs nothing from elsewhere", async () => {
        const formulas = [
            file("one.txt", "$TargetDedicatedNodes = 1;"),
            file("two </script>.txt".replace("/", "_"), "// </script><b>\n$TargetDedicatedNodes = 2;"),
        ];
        const report = path.join(folder, "report.html");
        const { code, out } = await command(
            "simulate",
            ...formulas,
            "--tasks",
            "50",
            "--hours",
            "6",
            "--load",
            "steady",
            "--report",
            report,
        );
        assert.equal(code, 0);
        assert.match(out, /cost +\d+\.\d\d +\d+\.\d\d\n/);
        const page = fs.readFileSync(report, "utf8");
        assert.equal(page.match(/<script>/g)?.length, 2);
        assert.equal(page.match(/<\/script>/g)?.length, 2);
        assert.doesNotMatch(page, /src=|href="[^#]|@import|url\(/);
        assert.match(page, /&lt;\/script&gt;&lt;b&gt;/);
    });

    it("simulate --json prints the measures and writes no file", async () => {
        const trace = file("trace.csv", "arrival,duration\n0,60\n10,60\n");
        const { code, out } = await command(
            "simulate",
            file("one.txt", "$TargetDedicatedNodes = 1;"),
            "--trace",
            trace,
            "--json",
        );
        const [row] = JSON.parse(out) as { tasks: number; succeeded: number; cost: number }[];
        assert.deepEqual([code, row?.tasks, row?.succeeded], [0, 2, 2]);
        assert.deepEqual(fs.readdirSync(folder).sort(), ["one.txt", "trace.csv"]);
    });

    it("simulate writes nothing when a formula has errors or an option makes no sense", async () => {
        const report = path.join(folder, "report.html");
        const good = file("good.txt", "$TargetDedicatedNodes = 1;");
        assert.equal((await command("simulate", file("bad.txt", "a = b;"), "--report", report)).code, 1);
        for (const wrong of [
            ["--load", "odd"],
            ["--interval", "10"],
            ["--slots", "1.5"],
            ["--trace", good],
            ["--trace", "x", "--load", "daily"],
        ]) {
            assert.equal(
                (await command("simulate", good, "--report", report, ...wrong)).code,
                2,
                wrong.join(" "),
            );
        }
        assert.equal(fs.existsSync(report), false);
    });

    it("explain says in words what a formula does, and what is wrong with one that does not work", async () => {
        const formula = file(
            "f.txt",
            "n = max(0, $PendingTasks.GetSample(1));\n$TargetDedicatedNodes = min(9, n);",
        );
        const { out } = await command("explain", formula);
        assert.match(out, /n = the largest of 0 and the newest number of active and running tasks\./);
        assert.match(
            out,
            /The number of dedicated nodes is from 0 to 9, decided by the number of active and running tasks\./,
        );
        assert.match(out, /its tasks run again from the beginning/);
        assert.match(
            (await command("explain", file("b.txt", "a = (;"))).out,
            /cannot be read:\n {2}line 1, column 6/,
        );
    });
});
