import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { TestStack } from "../constructs/stack";
import { filesBelow, processesOf } from "./support";

/** Key and certificate in PEM, for a name. */
function certificate(folder: string, name: string): string {
    const [key, pem] = [path.join(folder, "key.pem"), path.join(folder, "cert.pem")];
    const request = ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "30", "-subj", `/CN=${name}`];
    execFileSync("openssl", [...request, "-keyout", key, "-out", pem], { stdio: "ignore" });
    return fs.readFileSync(key, "utf8") + fs.readFileSync(pem, "utf8");
}

/** Files of the engine and logs in which one of these texts stands. */
function holding(folder: string, texts: readonly string[]): string[] {
    const searched = filesBelow(folder).filter((file) => /pulumi|logs/.test(path.relative(folder, file)));
    assert.ok(
        searched.some((file) => file.endsWith(".json")),
        "there is state to search",
    );
    return searched.filter((file) => {
        const content = fs.readFileSync(file, "latin1");
        return texts.some((text) => content.includes(text));
    });
}

describe("examples/secure", function () {
    this.timeout(900_000);

    it("deploys a private account with all that belongs to it, runs its report, and is over when it is made", async () => {
        const stack = new TestStack({ copyOf: "examples/secure" });
        try {
            await stack.start();
            const pem = certificate(stack.folder, "render.example.com");
            await stack.config("secure:certificate", pem, true);
            await stack.config("secure:operators", "4ac8b1a3-9b0c-4c5e-8a55-0d6d7b6b1c11");
            const preview = await stack.pulumi(["preview"]);
            assert.equal(preview.code, 0, preview.stdout + preview.stderr);
            assert.match(preview.stdout, /Pool 'secure' costs about 0\.100 USD an hour, 73\.00 USD a month/);
            await stack.up();
            const outputs = await stack.outputs();
            assert.deepEqual(outputs["counts"], {
                active: 0,
                running: 0,
                completed: 1,
                succeeded: 1,
                failed: 0,
            });
            assert.equal(outputs["costPerMonth"], 73);
            const report = path.join(stack.project, "results", "report", "$TaskOutput", "report.txt");
            assert.match(fs.readFileSync(report, "utf8"), /subject=\s*CN\s*=\s*render\.example\.com/);
            const key = pem.split("\n")[3] ?? "";
            assert.ok(key.length > 40);
            assert.deepEqual(holding(stack.data, [key]), []);
            await stack.up({}, "--expect-no-changes");
            await stack.leave();
        } finally {
            await stack.close();
        }
        assert.deepEqual(processesOf(stack.folder), []);
    });
});

describe("examples/platform-and-team", function () {
    this.timeout(900_000);

    it("submits from the team's stack as the team, to the pool of the platform's", async () => {
        const platform = new TestStack({ copyOf: "examples/platform-and-team/platform" });
        const team = new TestStack({ copyOf: "examples/platform-and-team/team" }, {}, platform);
        try {
            await platform.start();
            await platform.up();
            const { teamClientId, teamSecret } = (await platform.outputs()) as Record<string, string>;
            assert.ok(teamSecret);
            await team.init();
            await team.config("team:platform", "organization/platform/test");
            const { stdout } = await platform.local(["env", "--shell", "json"]);
            const { ARM_TENANT_ID } = JSON.parse(stdout) as Record<string, string>;
            await team.config("submitter:tenantId", ARM_TENANT_ID ?? "");
            await team.config("submitter:clientId", teamClientId ?? "");
            // With a wrong secret nothing is submitted: it is the team that signs in, not whoever deploys.
            await team.config("submitter:clientSecret", "wrong", true);
            const refused = await team.pulumi(["up", "--yes", "--skip-preview"]);
            assert.notEqual(refused.code, 0);
            assert.match(refused.stdout, /AADSTS7000215|invalid_client/);
            await team.config("submitter:clientSecret", teamSecret, true);
            await team.up();
            const outputs = await team.outputs();
            assert.deepEqual(outputs["counts"], {
                active: 0,
                running: 0,
                completed: 4,
                succeeded: 4,
                failed: 0,
            });
            const frame = path.join(team.project, "frames", "frame-3", "$TaskOutput", "frame.txt");
            assert.equal(fs.readFileSync(frame, "utf8"), "a teapot, seen from angle 3\n");
            assert.deepEqual(holding(platform.data, [teamSecret]), []);
            for (const stack of [team, platform]) await stack.up({}, "--expect-no-changes");
            await team.leave();
            await platform.leave();
        } finally {
            await team.close();
            await platform.close();
        }
        assert.deepEqual(processesOf(platform.folder), []);
    });
});
