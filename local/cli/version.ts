import { readFileSync } from "node:fs";
import path from "node:path";

/** The version of this package, from the nearest package.json above: this file runs from the sources and from `dist/`. */
export const version: string = findVersion(__dirname);

function findVersion(folder: string): string {
    for (let at = folder; at !== path.dirname(at); at = path.dirname(at)) {
        try {
            const found = JSON.parse(readFileSync(path.join(at, "package.json"), "utf8")) as {
                name?: string;
                version?: string;
            };
            if (found.name === "batchlocal" && found.version !== undefined) return found.version;
        } catch {
            // none here
        }
    }
    return "0.0.0";
}
