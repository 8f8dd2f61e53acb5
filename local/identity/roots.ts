/** The roots this machine trusts, for the runtimes whose variable replaces them instead of adding to them. */
import { readFileSync } from "node:fs";
import { getCACertificates, rootCertificates } from "node:tls";

/** Where the bundle lies on Debian, Fedora, SUSE, Alpine, macOS and the BSDs. */
const bundleFiles = [
    "/etc/ssl/certs/ca-certificates.crt",
    "/etc/pki/tls/certs/ca-bundle.crt",
    "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",
    "/etc/ssl/ca-bundle.pem",
    "/etc/ssl/cert.pem",
    "/usr/local/share/certs/ca-root-nss.crt",
];

/**
 * The bundle that the user's environment names (company roots and proxies live there), else the system's, else the roots that
 * come with Node. PEM.
 */
export function systemRoots(env: NodeJS.ProcessEnv = process.env): string {
    const named = [env.SSL_CERT_FILE, env.REQUESTS_CA_BUNDLE, env.CURL_CA_BUNDLE].filter(
        (file) => file !== undefined,
    );
    const extra = env.NODE_EXTRA_CA_CERTS === undefined ? undefined : readBundle(env.NODE_EXTRA_CA_CERTS);
    return [firstBundle([...named, ...bundleFiles]) ?? platformRoots(), extra ?? ""]
        .map((text) => text.trim())
        .join("\n");
}

function firstBundle(files: readonly string[]): string | undefined {
    for (const file of files) {
        const text = readBundle(file);
        if (text !== undefined) return text;
    }
    return undefined;
}

function platformRoots(): string {
    // Node can ask the platform's own store from 22.15 on.
    const fromStore = typeof getCACertificates === "function" ? getCACertificates("system") : [];
    return (fromStore.length > 0 ? fromStore : rootCertificates).join("\n");
}

function readBundle(file: string): string | undefined {
    try {
        const text = readFileSync(file, "utf8");
        return text.includes("-----BEGIN CERTIFICATE-----") ? text : undefined;
    } catch {
        return undefined;
    }
}
