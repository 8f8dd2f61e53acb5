/** A storage process for a test: a folder of its own, a self-made certificate, and an issuer of tokens. */
import { createHash, randomBytes } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import "reflect-metadata";
import * as x509 from "@peculiar/x509";
import { exportJWK, generateKeyPair, SignJWT, type JWTPayload } from "jose";
import {
    startStorage,
    type Certificate,
    type Storage,
    type StorageAccount,
    type StorageOptions,
} from "../../local/storage";

export const issuer = "https://127.0.0.1:1/tenant/v2.0";

export function newAccount(name: string): StorageAccount {
    return { name, keys: [newKey(), newKey()] };
}
export function newKey(): string {
    return randomBytes(64).toString("base64");
}

let certificate: Promise<Certificate> | undefined;
export function givenCertificate(): Promise<Certificate> {
    return (certificate ??= makeCertificate());
}

async function makeCertificate(): Promise<Certificate> {
    const algorithm = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };
    const keys = await crypto.subtle.generateKey(algorithm, true, ["sign", "verify"]);
    const made = await x509.X509CertificateGenerator.createSelfSigned({
        name: "CN=storage test",
        notBefore: new Date(Date.now() - 60_000),
        notAfter: new Date(Date.now() + 86_400_000),
        keys,
        signingAlgorithm: algorithm,
        extensions: [
            new x509.BasicConstraintsExtension(true),
            new x509.SubjectAlternativeNameExtension([
                { type: "dns", value: "localhost" },
                { type: "ip", value: "127.0.0.1" },
            ]),
        ],
    });
    const pkcs8 = Buffer.from(await crypto.subtle.exportKey("pkcs8", keys.privateKey)).toString("base64");
    const cert = made.toString("pem");
    return { key: `-----BEGIN PRIVATE KEY-----\n${pkcs8}\n-----END PRIVATE KEY-----\n`, cert, ca: cert };
}

interface Bent {
    readonly expires?: string | number;
    readonly notBefore?: string;
    readonly audience?: string;
    readonly issuer?: string;
}

export interface Issuer {
    readonly trust: StorageOptions["trust"];
    /** A token as a client of this issuer gets it; each part can be bent. */
    token(claims?: JWTPayload, options?: Bent): Promise<string>;
}

export async function givenIssuer(name = issuer): Promise<Issuer> {
    const { publicKey, privateKey } = await generateKeyPair("RS256");
    const jwk = { ...(await exportJWK(publicKey)), kid: "one", use: "sig", alg: "RS256" };
    return {
        trust: { issuer: name, jwks: { keys: [jwk] } },
        token: (claims = {}, options = {}) =>
            new SignJWT({ oid: "11111111-1111-1111-1111-111111111111", tid: "tenant", ...claims })
                .setProtectedHeader({ alg: "RS256", kid: "one" })
                .setIssuer(options.issuer ?? name)
                .setAudience(options.audience ?? "https://storage.azure.com")
                .setIssuedAt()
                .setNotBefore(options.notBefore ?? "0s")
                .setExpirationTime(options.expires ?? "10m")
                .sign(privateKey),
    };
}

export function temporaryFolder(): { readonly path: string; remove(): void } {
    const path = mkdtempSync(join(tmpdir(), "batchlocal-storage-"));
    return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}

export async function givenStorage(options: Partial<StorageOptions> = {}): Promise<Storage> {
    return startStorage({
        dataDir: undefined,
        tls: await givenCertificate(),
        trust: (await givenIssuer()).trust,
        ...options,
    });
}

/** Content that can be told from any other by its name alone. */
export function contentOf(name: string, bytes: number): Buffer {
    const seed = createHash("sha256").update(name).digest();
    return Buffer.alloc(bytes, seed);
}
