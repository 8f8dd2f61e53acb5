/** What one data directory is: its ids, secrets, keys and certificates, made once and kept in `<data>/identity`. */
import path from "node:path";
import { exportPKCS8, generateKeyPair } from "jose";
import type { KeyAndCertificate } from "./certificates";
import { authorityLasts, makeAuthority, makeServerCertificate, stillServes } from "./certificates";
import { makePrivateDirectory, readIfThere, readOrMake, writePrivateFile } from "./files";
import { systemRoots } from "./roots";
import { identityDirectory, makeSecrets, parseSecrets, type Secrets } from "./secrets";

export interface Keys {
    readonly secrets: Secrets;
    /** PKCS #8 PEM of the RS256 key that signs tokens. */
    readonly tokenKey: string;
    readonly tls: KeyAndCertificate;
    readonly caFile: string;
    readonly caBundleFile: string;
}

export interface KeysOptions {
    /** Further names and addresses the server certificate is for, when told to listen beyond loopback. */
    hosts?: readonly string[];
    now?: Date;
}

const loopbackHosts = ["localhost", "127.0.0.1", "::1"];

/**
 * Opens the keys of a data directory, making what is missing and renewing certificates near their end.
 * Only the process that holds the directory's lock calls it.
 */
export async function openKeys(dataDirectory: string, options: KeysOptions = {}): Promise<Keys> {
    const directory = identityDirectory(dataDirectory);
    makePrivateDirectory(directory);
    const now = options.now ?? new Date();
    const secrets = parseSecrets(await readOrMake(directory, "identity.json", makeSecrets), directory);
    const tokenKey = await readOrMake(directory, "token.key.pem", makeTokenKey);
    const authority = await openAuthority(directory, now);
    const tls = await openServer(directory, authority, [...loopbackHosts, ...(options.hosts ?? [])], now);
    const caFile = path.join(directory, "ca.pem");
    const caBundleFile = path.join(directory, "ca-bundle.pem");
    writePrivateFile(caFile, authority.cert);
    // Written anew each time, so that the system's own updates get in.
    const roots = systemRoots({ ...process.env, ...withoutOwn(process.env, directory) });
    writePrivateFile(caBundleFile, `${roots.trimEnd()}\n${authority.cert}`);
    return { secrets, tokenKey, tls, caFile, caBundleFile };
}

async function makeTokenKey(): Promise<string> {
    const { privateKey } = await generateKeyPair("RS256", { modulusLength: 2048, extractable: true });
    return `${(await exportPKCS8(privateKey)).trim()}\n`;
}

async function openAuthority(directory: string, now: Date): Promise<KeyAndCertificate> {
    const file = path.join(directory, "ca.key.pem");
    const there = splitPem(readIfThere(file));
    if (there && authorityLasts(there.cert, now)) return there;
    const made = await makeAuthority(now);
    writePrivateFile(file, made.key + made.cert);
    return made;
}

async function openServer(
    directory: string,
    authority: KeyAndCertificate,
    hosts: readonly string[],
    now: Date,
): Promise<KeyAndCertificate> {
    const file = path.join(directory, "server.key.pem");
    const there = splitPem(readIfThere(file));
    if (there && stillServes(there.cert, authority.cert, hosts, now)) return there;
    const made = await makeServerCertificate(authority, hosts, now);
    writePrivateFile(file, made.key + made.cert);
    return made;
}

/** Key and certificate lie in one file, so that a kill never leaves a key without its certificate. */
function splitPem(text: string | undefined): KeyAndCertificate | undefined {
    const at = text?.indexOf("-----BEGIN CERTIFICATE-----") ?? -1;
    return text === undefined || at < 1 ? undefined : { key: text.slice(0, at), cert: text.slice(at) };
}

/** A service started inside `batchlocal exec` sees variables that name our own bundle: that one must not feed itself. */
function withoutOwn(env: NodeJS.ProcessEnv, directory: string): NodeJS.ProcessEnv {
    const own = Object.entries(env).filter(([, value]) => value?.startsWith(directory));
    return Object.fromEntries(own.map(([name]) => [name, undefined]));
}
