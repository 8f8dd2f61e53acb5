import type { ContainerClient } from "@azure/storage-blob";

import type { AccountKey, TokenProvider } from "./storage";
import { HttpReader } from "./http";
import { Limit } from "./limit";

/** What moving files needs; one for all runs of a host. */
export class Transfers {
    readonly reader: HttpReader;
    /** Files on their way at once, over all runs. */
    readonly limit = new Limit(32);

    constructor(
        readonly token: TokenProvider,
        readonly ca: string[] | undefined,
    ) {
        this.reader = new HttpReader(ca);
    }

    /** A client of the container, by its URL's own right, as the identity or by its account's key. */
    container(url: string, identity: string | undefined, key?: AccountKey): ContainerClient {
        // Loaded on first use: the library takes a third of a second, and most tasks have no container.
        // eslint-disable-next-line @typescript-eslint/no-require-imports
        const { openContainer } = require("./container") as typeof import("./container");
        return openContainer(url, identity, this, key);
    }

    close(): void {
        this.reader.close();
    }
}
