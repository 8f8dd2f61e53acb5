import { deepStrictEqual, strictEqual, throws } from "node:assert";
import { execFileSync } from "node:child_process";
import * as fc from "fast-check";

import { CommandLineError, splitCommandLine } from "../../local/node";

describe("a command line", () => {
    const rows: [string, string[]][] = [
        ["echo hello", ["echo", "hello"]],
        ["  echo\t a \n b ", ["echo", "a", "b"]],
        ["/bin/bash -c 'echo $HOME && ls'", ["/bin/bash", "-c", "echo $HOME && ls"]],
        [`/bin/bash -c "echo \\"a b\\" \\$X"`, ["/bin/bash", "-c", 'echo "a b" $X']],
        [`a"b c"'d e'f`, ["ab cd ef"]],
        [`a '' ""`, ["a", "", ""]],
        [`a\\ b \\"c`, ["a b", '"c']],
        [`"a\\nb" "a\\\\b"`, ["a\\nb", "a\\b"]],
        [`'a\\'`, ["a\\"]],
        ["echo a|b > c; d & $(e) `f` *", ["echo", "a|b", ">", "c;", "d", "&", "$(e)", "`f`", "*"]],
        ["echo #no comment", ["echo", "#no", "comment"]],
        ["a\\\nb", ["ab"]],
    ];
    for (const [line, words] of rows) {
        it(`${JSON.stringify(line)} is ${JSON.stringify(words)}`, () =>
            deepStrictEqual(splitCommandLine(line), words));
    }

    it("that is not closed, empty or ends in a backslash is refused with what is wrong", () => {
        for (const line of ["echo 'a", 'echo "a', "", "  ", "a\\", "a \0"]) {
            throws(() => splitCommandLine(line), CommandLineError, line);
        }
    });

    it("quoted word by word comes out as those words, as in a shell", () => {
        const words = fc.array(fc.string({ unit: "grapheme-ascii" }), { minLength: 1, maxLength: 6 });
        fc.assert(
            fc.property(words, (list) => {
                const line = list.map((word) => `'${word.replaceAll("'", `'\\''`)}'`).join(" ");
                deepStrictEqual(splitCommandLine(line), list);
            }),
        );
    });

    it("without anything to expand is split as sh does", () => {
        const characters = fc.constantFrom("a", "b", " ", "'", '"', "\\", "\t");
        const check = fc.property(fc.string({ unit: characters, minLength: 1, maxLength: 12 }), (line) => {
            let words: string[] | undefined;
            try {
                words = splitCommandLine(`x ${line}`);
            } catch {
                return;
            }
            const shown = execFileSync("sh", ["-c", `set -- x ${line}\nprintf '%s\\n' "$@"`], {
                encoding: "utf8",
            });
            strictEqual(shown, words.map((word) => `${word}\n`).join(""));
        });
        fc.assert(check, { numRuns: 60 });
    });
});
