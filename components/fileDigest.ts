import { createHash } from "node:crypto";
import fs from "node:fs";

/** SHA-256 of a file, hexadecimal; read in pieces, since a file may be larger than memory. */
export function digestOfFile(file: string): string {
    const hash = createHash("sha256");
    const buffer = Buffer.allocUnsafe(1024 * 1024);
    const handle = fs.openSync(file, "r");
    try {
        for (let read = fs.readSync(handle, buffer); read > 0; read = fs.readSync(handle, buffer))
            hash.update(buffer.subarray(0, read));
        return hash.digest("hex");
    } finally {
        fs.closeSync(handle);
    }
}
