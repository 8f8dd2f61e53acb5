/** A service of its own for tests that kill it: opens a host, starts one run, says so, and lives until it is killed. */
import { openNodeHost } from "../../local/node";

const [directory = "", namespace = "", commandLine = ""] = process.argv.slice(2);
const say = (_fields: object, message: string) => void process.stderr.write(`${message}\n`);
const host = openNodeHost({
    directory,
    environment: { PATH: process.env.PATH ?? "" },
    elevation: "as-me",
    token: async () => "",
    log: { info: say, warn: say, error: say },
    namespace: namespace === "true",
});
host.listen((events) => {
    for (const event of events) if (event.event === "started") process.stdout.write("started\n");
});
host.perform([
    {
        do: "run",
        run: {
            attempt: "only",
            kind: "task",
            node: "acct/pool/tvm-1",
            directory: "workitems/j/job-1/t",
            commandLine,
            environment: {},
            resourceFiles: [],
            outputFiles: [],
            applicationPackages: [],
            elevated: false,
        },
    },
]);
