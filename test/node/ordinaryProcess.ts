/** Runs command lines one after the other on one node, in a process that a test starts as another user, and prints what came of them. */
import { readFileSync } from "node:fs";
import { join } from "node:path";

import { openNodeHost } from "../../local/node";

const [directory = "", ...lines] = process.argv.slice(2);
const quiet = () => undefined;
const host = openNodeHost({
    directory,
    environment: { PATH: process.env.PATH ?? "", HOME: directory },
    elevation: "sandbox",
    token: async () => "",
    log: { info: quiet, warn: quiet, error: quiet },
});
const outcomes: unknown[] = [];
const next = () => {
    const line = lines[outcomes.length];
    if (line === undefined) {
        process.stdout.write(JSON.stringify(outcomes));
        void host.close();
        return;
    }
    const elevated = line.startsWith("!");
    host.perform([
        {
            do: "run",
            run: {
                attempt: `attempt-${outcomes.length}`,
                kind: "task",
                node: "acct/pool/tvm-1",
                directory: `workitems/${outcomes.length}`,
                commandLine: elevated ? line.slice(1) : line,
                environment: {},
                resourceFiles: [],
                outputFiles: [],
                applicationPackages: [],
                elevated,
            },
        },
    ]);
};
host.listen((events) => {
    for (const event of events) {
        if (event.event !== "ended") continue;
        const stream = (name: string) =>
            readFileSync(join(host.rootOf("acct/pool/tvm-1"), `workitems/${outcomes.length}`, name), "utf8");
        const started = event.exitCode !== undefined;
        outcomes.push({
            ...event,
            out: started ? stream("stdout.txt") : "",
            err: started ? stream("stderr.txt") : "",
        });
        next();
    }
});
next();
