import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import fc from "fast-check";
import { CONTAINER_NAME_PATTERN } from "../../catalog";
import { jobOutputContainer, outputPrefix } from "../../client";

const sha1 = (text: string): string => createHash("sha1").update(text).digest("hex");

describe("the container of a job's outputs", () => {
    it("is job- and the id in small letters, where that is a name of a container", () => {
        assert.equal(jobOutputContainer("MyTerrificJob"), "job-myterrificjob");
        assert.equal(jobOutputContainer("a-1-b"), "job-a-1-b");
        assert.equal(jobOutputContainer("x".repeat(59)), `job-${"x".repeat(59)}`);
    });

    it("is shortened to 15 letters and the SHA-1 of the id in small letters, where it is not", () => {
        assert.equal(jobOutputContainer("My_Terrific_Job"), `job-my-terrific-job-${sha1("my_terrific_job")}`);
        assert.equal(jobOutputContainer("a--b"), `job-a-b-${sha1("a--b")}`);
        assert.equal(jobOutputContainer("trailing-"), `job-trailing-${sha1("trailing-")}`);
        assert.equal(jobOutputContainer("-_-"), `job-job-${sha1("-_-")}`);
        // The fifteenth letter is a hyphen, which goes too.
        assert.equal(
            jobOutputContainer("abcdefghijklmn_opq"),
            `job-abcdefghijklmn-${sha1("abcdefghijklmn_opq")}`,
        );
        assert.equal(jobOutputContainer("x".repeat(60)), `job-${"x".repeat(15)}-${sha1("x".repeat(60))}`);
    });

    it("is a name that storage takes, the same for the same id in any case, and another for another id", () => {
        const letters = fc.constantFrom(..."abcXYZ019-_");
        const id = fc.array(letters, { minLength: 1, maxLength: 64 }).map((all) => all.join(""));
        fc.assert(
            fc.property(id, id, (one, two) => {
                assert.match(jobOutputContainer(one), CONTAINER_NAME_PATTERN);
                assert.equal(jobOutputContainer(one.toUpperCase()), jobOutputContainer(one));
                const same = one.toLowerCase() === two.toLowerCase();
                assert.equal(jobOutputContainer(one) === jobOutputContainer(two), same);
            }),
        );
    });

    it("holds outputs below their task and kind, and those of the job below their kind", () => {
        assert.equal(outputPrefix("$TaskLog", "frame-1"), "frame-1/$TaskLog");
        assert.equal(outputPrefix("$JobOutput"), "$JobOutput");
    });
});
