import assert from "node:assert/strict";
import fc from "fast-check";
import { filterOf, matches } from "../../local/http/filter";
import type { FilterFields } from "../../local/http/filter";
import { isRefused } from "../../local/http/operation";
import type { ArmCall } from "../../local/http/operation";

const fields: FilterFields = {
    id: "id",
    state: "enum",
    creationTime: "date",
    "executionInfo/exitCode": "number",
    enabled: "boolean",
};

const call = (filter: string) => ({ query: new Map([["$filter", filter]]) }) as unknown as ArmCall;

function passes(filter: string, item: object): boolean {
    const parsed = filterOf(call(filter), fields);
    assert.ok(parsed && !isRefused(parsed), `${filter}: ${JSON.stringify(parsed)}`);
    return matches(parsed, item);
}

describe("OData filters", () => {
    const item = {
        id: "it's",
        state: "active",
        creationTime: "2025-06-01T12:00:00.0000000Z",
        executionInfo: { exitCode: -3 },
        enabled: true,
    };

    it("reads what the service reads", () => {
        const cases: [string, boolean][] = [
            ["state eq 'active'", true],
            ["State EQ 'Active'", true],
            ["state ne 'active'", false],
            ["id eq 'it''s'", true],
            ["startswith(id,'it')", true],
            ["startswith( id , 'xx' )", false],
            ["creationTime gt DateTime'2025-06-01T00:00:00Z'", true],
            ["creationTime lt datetime'2025-06-01T00:00:00Z'", false],
            ["creationTime ge 2025-06-01T12:00:00Z", true],
            ["executionInfo/exitCode lt 0", true],
            ["executionInfo/exitCode eq -3 and state eq 'active'", true],
            ["executionInfo/exitCode eq 3 or state eq 'active'", true],
            ["not (state eq 'active')", false],
            ["(state eq 'x' or enabled eq true) and not state eq 'x'", true],
            ["enabled eq false", false],
            ["executionInfo/exitCode ne null", true],
        ];
        for (const [filter, expected] of cases) assert.equal(passes(filter, item), expected, filter);
    });

    it("lets and bind tighter than or", () => {
        assert.equal(passes("state eq 'active' or state eq 'x' and state eq 'y'", item), true);
        assert.equal(passes("(state eq 'active' or state eq 'x') and state eq 'y'", item), false);
    });

    it("finds nothing where a property is not there", () => {
        assert.equal(passes("executionInfo/exitCode gt -100", { id: "a" }), false);
        assert.equal(passes("executionInfo/exitCode eq null", { id: "a" }), true);
    });

    it("refuses noise and never throws", () => {
        const pieces = [
            "state",
            "id",
            "eq",
            "and",
            "or",
            "not",
            "(",
            ")",
            "'a'",
            "1",
            "startswith",
            ",",
            "DateTime'x'",
            "null",
            "$",
            "'",
        ];
        fc.assert(
            fc.property(
                fc.oneof(
                    fc.string(),
                    fc.array(fc.constantFrom(...pieces)).map((parts) => parts.join(" ")),
                ),
                (text) => {
                    const parsed = filterOf(call(text), fields);
                    if (parsed && !isRefused(parsed)) matches(parsed, item);
                    if (parsed && isRefused(parsed))
                        assert.equal(parsed.refused, "InvalidQueryParameterValue");
                },
            ),
            { numRuns: 5000 },
        );
    });
});
