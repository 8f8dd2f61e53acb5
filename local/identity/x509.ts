import { webcrypto } from "node:crypto";
import { createRequire } from "node:module";
import type * as X509 from "@peculiar/x509";

const load = createRequire(__filename);
let loaded: typeof X509 | undefined;

/** The library takes a tenth of a second to load; a start that makes no certificate does not pay for it. */
export function loadX509(): typeof X509 {
    if (!loaded) {
        load("reflect-metadata");
        loaded = load("@peculiar/x509") as typeof X509;
        loaded.cryptoProvider.set(webcrypto);
    }
    return loaded;
}
