import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";

/** A temporary folder of its own for each test of the suite that calls this; gone after the test. */
export function temporaryFolders(): () => string {
    const made: string[] = [];
    afterEach(() => {
        for (const folder of made.splice(0)) fs.rmSync(folder, { recursive: true, force: true });
    });
    return () => {
        const folder = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), "batch-test-")));
        made.push(folder);
        return folder;
    };
}
