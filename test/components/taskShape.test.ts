// What a program in JavaScript or a file of JSON Lines gives in place of a task is refused with what it is and what to write.
import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { BatchAccount, Job, Pool, Scale, TaskCollection, tasks, VmImage } from "../../components";
import { problemsOf, run } from "./program";

const newJob = (): Job => {
    const account = new BatchAccount("a", { resourceGroupName: "g", accountName: "acc" });
    const vmSize = "Standard_D2s_v5";
    const image = VmImage.ubuntu2404();
    const pool = new Pool("cpu", { account, image, vmSize, scale: Scale.dedicated(1), poolId: "cpu" });
    return new Job("j", { pool, usesTaskDependencies: true });
};

describe("what is no task", function () {
    this.timeout(60_000);
    const output = pulumi.output("later");
    const task = (more: object): object[] => [
        { id: "a", commandLine: "x" },
        { id: "b", commandLine: "x", ...more },
    ];
    const inText = "Calling [toString] on an [Output<T>] is not supported.";

    const cases: [string, unknown, RegExp][] = [
        ["nothing", undefined, /^tasks: .* it is undefined: give a list, .*tasks\.fromJsonLines/],
        ["the name of a file", "tasks.jsonl", /^tasks: .*'tasks\.jsonl'.*tasks\.fromJsonLines\(file\)/],
        ["the client's way to name a file", { jsonLines: "x" }, /^tasks: .* it is an object: give a list/],
        ["null in a list", [null], /^tasks\[0\]: .* it is null, not a task/],
        ["no id", [{ commandLine: "x" }], /^tasks\[0\]\.id: .* it is missing/],
        ["a number as id", [{ id: 7, commandLine: "x" }], /^tasks\[0\]\.id: .*the number 7, not an id/],
        [
            "an Output as id",
            [{ id: output, commandLine: "x" }],
            /^tasks\[0\]\.id: .*known at once.*output\.apply/,
        ],
        [
            "an Output in the text of an id",
            [{ id: `t-${inText}`, commandLine: "x" }],
            /^tasks\[0\]\.id: .*known at once/,
        ],
        [
            "an Output in the text of a command",
            task({ commandLine: `x ${inText}` }),
            /^tasks\[1\]\.commandLine: .*pulumi\.interpolate/,
        ],
        [
            "an Output in the text of a variable",
            task({ environment: { A: inText } }),
            /^tasks\[1\]\.environment: .*'A' .*pulumi\.interpolate/,
        ],
        ["no command", [{ id: "a" }], /^tasks\[0\]\.commandLine: .* is missing: give one/],
        [
            "a list as command",
            task({ commandLine: ["x", "y"] }),
            /^tasks\[1\]\.commandLine: .* is a list: give a text/,
        ],
        [
            "a list as dependencies",
            task({ dependsOn: ["a"] }),
            /^tasks\[1\]\.dependsOn: .* is a list: write dependsOn: \{ taskIds/,
        ],
        ["a text as dependencies", task({ dependsOn: "a" }), /^tasks\[1\]\.dependsOn: .*'a': write/],
        [
            "one id as dependencies",
            task({ dependsOn: { taskIds: "a" } }),
            /^tasks\[1\]\.dependsOn\.taskIds: .*'a': give a list/,
        ],
        [
            "an Output as dependency",
            task({ dependsOn: { taskIds: [output] } }),
            /^tasks\[1\]\.dependsOn\.taskIds: .*known at once/,
        ],
        [
            "limits in other words",
            task({ constraints: { maxTaskRetryCount: 1 } }),
            /^tasks\[1\]\.constraints: .*no 'maxTaskRetryCount', only .*maxRetries/,
        ],
        [
            "a list as environment",
            task({ environment: [{ name: "A", value: "1" }] }),
            /^tasks\[1\]\.environment: .* is a list: write environment: \{/,
        ],
        [
            "a number as variable",
            task({ environment: { A: 1 } }),
            /^tasks\[1\]\.environment: .*the number 1: give a text/,
        ],
        [
            "plain resource files",
            task({ resourceFiles: [{ httpUrl: "x" }] }),
            /^tasks\[1\]\.resourceFiles\[0\]: .*ResourceFile\.fromUrl/,
        ],
        ["a plain user", task({ user: { username: "x" } }), /^tasks\[1\]\.user: .*UserIdentity/],
        [
            "a property of nothing",
            task({ command: "x" }),
            /^tasks\[1\]: .*'command' is not a property of a task; there are id, commandLine/,
        ],
    ];
    for (const [what, given, expected] of cases) {
        it(`is refused: ${what}`, async () => {
            let found: string[] = [];
            await run(() => {
                const job = newJob();
                found = problemsOf(() => new TaskCollection("t", { job, tasks: given as never }));
            });
            assert.match(found.join("\n"), expected);
            assert.equal(found.length, 1, found.join("\n"));
        });
    }

    it("is refused as values of a parameter", () => {
        assert.throws(
            () => tasks.sweep({ a: "xyz" as never }, { id: "{a}", commandLine: "x" }),
            /parameter 'a' is the text 'xyz': give a list of values, or \{ from, to, step \}/,
        );
    });
});
