import assert from "node:assert/strict";
import fc from "fast-check";
import { check } from "../../local/service/shapes";
import { shapes } from "../../local/service/shapes/generated/shapes";
import { refuseProblems } from "../../local/service/shapes/present";
import { valueOf } from "./bodies";

const names = Object.keys(shapes);

describe("checking bodies against shapes", function () {
    this.timeout(30_000);

    it("answers any noise with problems, never with an exception", () => {
        fc.assert(
            fc.property(fc.constantFrom(...names), fc.jsonValue(), (name, value) => {
                const problems = check(name, value);
                if (typeof value !== "object" || value === null || Array.isArray(value)) {
                    assert.ok(problems.length > 0);
                }
                for (const problem of problems) assert.ok(problem.rule && problem.limit);
            }),
            { numRuns: 3000 },
        );
    });

    it("answers bodies that are nearly right with a refusal of 400, or takes them", () => {
        fc.assert(
            fc.property(
                fc.constantFrom(...names).chain((name) => valueOf(name, 3).map((value) => ({ name, value }))),
                ({ name, value }) => {
                    const refused = refuseProblems(check(name, value));
                    if (refused) assert.ok(Array.isArray(refused.values));
                    // What was taken once is in normal form: it is taken again and not changed.
                    else {
                        const before = JSON.stringify(value);
                        assert.deepEqual(check(name, value), []);
                        assert.equal(JSON.stringify(value), before);
                    }
                },
            ),
            { numRuns: 3000 },
        );
    });

    it("takes null as not given, and enum values in any case", () => {
        const body = {
            id: "a",
            commandLine: "true",
            displayName: null,
            exitConditions: { default: { jobAction: "NONE" } },
        };
        assert.deepEqual(check("BatchTaskCreateOptions", body), []);
        assert.deepEqual(body, {
            id: "a",
            commandLine: "true",
            exitConditions: { default: { jobAction: "none" } },
        });
    });

    it("takes integers as texts, as az sends them, and keeps them as numbers", () => {
        const body: Record<string, unknown> = { priority: "-5" };
        assert.deepEqual(check("BatchJobUpdateOptions", body), []);
        assert.equal(body["priority"], -5);
        for (const priority of ["", "5.0", "0x5", "high", "4294967296", " 5", true, 2.5]) {
            assert.equal(check("BatchJobUpdateOptions", { priority }).length, 1, String(priority));
        }
    });

    it("says where a fault lies", () => {
        const body = { id: "a", commandLine: "true", resourceFiles: [{ httpUrl: "http://a/b" }] };
        assert.deepEqual(
            check("BatchTaskCreateOptions", body).map(({ at, rule }) => [at, rule]),
            [["resourceFiles[0]", "filePathOfUrl"]],
        );
    });

    it("knows the properties of every version", () => {
        assert.deepEqual(
            check("BatchPoolUpdateOptions", {
                targetNodeCommunicationMode: "simplified",
                certificateReferences: [],
            }),
            [],
        );
    });
});
