import { packageVariable } from "../../catalog";
import type { PackageFile } from "../model/agent";
import type { InstalledPackage, NodeRecord, PoolRecord } from "../model/pool";
import type { PackageReference, PoolSpec } from "../model/spec";
import { root } from "./environment";
import type { Turn } from "./turn";

/** Packages that a command needs, and the variables that say where they are. */
export interface Packages {
    files: PackageFile[];
    environment: Record<string, string>;
}

/** Those of the node's boot, then those of the command itself. */
export function packagesFor(turn: Turn, node: NodeRecord, own: readonly PackageReference[] = []): Packages {
    const files: PackageFile[] = [];
    const environment: Record<string, string> = {};
    for (const { applicationId, version, installed } of [
        ...(node.packages ?? []),
        ...meantNow(turn, node.account, own),
    ]) {
        const found = turn.resolve.applicationPackage(node.account, { applicationId, version: installed });
        // One that was deleted meanwhile fails with its reason where it is not on the node yet.
        const file = found ?? { url: "", directory: `${applicationId.toLowerCase()}${installed}` };
        files.push({ url: file.url, directory: file.directory });
        environment[packageVariable(applicationId, version, "linux")] =
            `${root}/applications/${file.directory}`;
    }
    return { files, environment };
}

/** The pool's packages as they are now: what a node has from its boot to its next one. */
export function packagesAtBoot(turn: Turn, pool: PoolRecord): InstalledPackage[] {
    const { applicationPackageReferences = [] } = pool.spec as unknown as PoolSpec;
    return meantNow(turn, pool.account, applicationPackageReferences);
}

/** Which versions references mean now. One to a default version that is not set means none. */
function meantNow(turn: Turn, account: string, references: readonly PackageReference[]): InstalledPackage[] {
    return references.flatMap((reference) => {
        const installed = reference.version ?? turn.resolve.applicationPackage(account, reference)?.version;
        return installed === undefined ? [] : [{ ...reference, installed }];
    });
}
