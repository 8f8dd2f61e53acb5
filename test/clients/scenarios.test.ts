import assert from "node:assert/strict";
import path from "node:path";
import { skip } from "../support/skip";
import { newerPython, olderPython, outcomesOf, Running } from "./support";
import { withPython } from "./toolchains";

const script = (name: string) => path.join(__dirname, "scenarios", name);

const clients: { name: string; packages?: readonly string[]; command: string[] }[] = [
    { name: "PyPI azure-batch 15.1", packages: newerPython, command: ["python", script("batch15.py")] },
    { name: "PyPI azure-batch 14.2", packages: olderPython, command: ["python", script("batch14.py")] },
    { name: "npm @azure/batch 10.2", command: [process.execPath, script("batch10.js")] },
];

const ordinary = [
    "upload_to_download",
    "preparation_and_release",
    "map_and_merge",
    "multi_instance",
    "dependencies_and_exit_conditions",
];

/** Of two services: one of them makes a day take a second. */
const services: { title: string; options: string[]; argument: string[]; scenarios: string[] }[] = [
    { title: "the main scenarios", options: [], argument: [], scenarios: ordinary },
    {
        title: "schedules and autoscale at --speed 86400",
        options: ["--speed", "86400"],
        argument: ["fast"],
        scenarios: ["nightly", "autoscale"],
    },
];

for (const { title, options, argument, scenarios } of services) {
    describe(`Clients that nobody here wrote: ${title}`, function () {
        this.timeout(300_000);
        let running: Running;
        before(async () => {
            running = await Running.start(...options);
        });
        after(() => running.stop());

        for (const { name, packages, command } of clients) {
            it(`with ${name}`, async function () {
                let env: NodeJS.ProcessEnv = {};
                try {
                    if (packages) env = await withPython(packages);
                } catch (error) {
                    skip(this, `it cannot be installed: ${String(error).slice(0, 200)}`);
                }
                const { stdout, stderr } = await running.exec([...command, ...argument], env);
                const outcomes = outcomesOf(stdout);
                const failed = outcomes.filter(({ passed }) => !passed);
                assert.deepEqual(failed, [], stderr.slice(-2_000));
                assert.deepEqual(
                    outcomes.map(({ operation }) => operation),
                    scenarios,
                    stderr.slice(-2_000),
                );
            });
        }
    });
}
