/** A parent to be killed: starts storage, tells the process id of it, and waits. */
import { givenStorage, newAccount } from "./given";

void givenStorage({ dataDir: process.argv[2], accounts: [newAccount("orphan")] }).then((storage) =>
    process.send?.(storage.pid),
);
