import { nodeErrorCodes } from "../../catalog";
import type { CertificateFile, NodeSetUp } from "../model/agent";
import { keyVaultExtensions, type KeyVaultExtension } from "../model/keyVaultExtension";
import type { NodeError, NodeRecord, PoolRecord } from "../model/pool";
import type { PoolSpec } from "../model/spec";
import { packagesFor } from "./packages";
import type { Turn } from "./turn";

/** What the pool puts on a node before anything runs there; undefined where that is nothing, an error where it cannot be. */
export function setUpOf(turn: Turn, pool: PoolRecord, node: NodeRecord): NodeSetUp | NodeError | undefined {
    const { mountConfiguration } = pool.spec as unknown as PoolSpec;
    const certificates = certificatesOf(turn, pool);
    if ("code" in certificates) return certificates;
    const packages = packagesFor(turn, node).files;
    if (packages.length === 0 && !mountConfiguration?.length && certificates.length === 0) return undefined;
    return { packages, ...(mountConfiguration && { mounts: mountConfiguration }), certificates };
}

/** Has the nodes look for newer certificates when it is time. A version that is there already costs nothing. */
export function renewCertificates(turn: Turn, pool: PoolRecord): void {
    const extensions = extensionsOf(pool);
    if (extensions.length === 0) return;
    const { lastRenewal } = turn.world;
    const interval = Math.min(...extensions.map(({ pollingInterval }) => pollingInterval));
    const due = (lastRenewal.get(pool.key) ?? turn.now) + interval;
    if (due <= turn.now) {
        lastRenewal.set(pool.key, turn.now);
        const certificates = certificatesOf(turn, pool);
        const up = ["idle", "running", "offline", "waitingforstarttask", "starttaskfailed"];
        for (const { key, state } of turn.store.nodes.list(pool.key))
            if (up.includes(state) && !("code" in certificates))
                turn.do({ do: "renewCertificates", node: key, certificates });
    } else if (!lastRenewal.has(pool.key)) lastRenewal.set(pool.key, turn.now);
    turn.wakeAt(`pool:${pool.key}`, (lastRenewal.get(pool.key) ?? turn.now) + interval);
}

function extensionsOf(pool: PoolRecord): KeyVaultExtension[] {
    return keyVaultExtensions(pool.spec).filter((extension) => "certificates" in extension);
}

function certificatesOf(turn: Turn, pool: PoolRecord): CertificateFile[] | NodeError {
    const files: CertificateFile[] = [];
    for (const extension of keyVaultExtensions(pool.spec)) {
        if ("fault" in extension) return failed(extension.name, extension.fault);
        const identity = turn.resolve.identityOfPool(pool, extension.identity);
        if ("fault" in identity) return failed(extension.name, identity.fault);
        for (const { url, location, link } of extension.certificates) {
            const secret = turn.resolve.vaultSecret(url);
            if ("fault" in secret) return failed(extension.name, secret.fault);
            const { vault, name } = secret;
            files.push({ ...secret, identity: identity.id, location, link: link ?? `${vault}.${name}` });
        }
    }
    return files;
}

function failed(extension: string, reason: string): NodeError {
    return {
        code: "VMExtensionProvisioningError",
        message: nodeErrorCodes.VMExtensionProvisioningError.message,
        errorDetails: [
            { name: "Extension", value: extension },
            { name: "Message", value: reason },
        ],
    };
}
