/** The local certificate authority and the certificates it signs. WebCrypto makes the keys; they are PKCS #8 PEM on disk. */
import { X509Certificate as NodeCertificate, createPrivateKey, randomBytes, webcrypto } from "node:crypto";
import { isIP } from "node:net";
import type { X509Certificate } from "@peculiar/x509";
import { loadX509 } from "./x509";

const algorithm = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" } as const;
const dayMs = 86_400_000;
const authorityDays = 3650;
/** Some clients refuse certificates that are valid for more than 398 days. */
const serverDays = 397;
/** A certificate with less than this left is replaced when the data directory is opened. */
const renewalDays = 30;

export interface KeyAndCertificate {
    /** PEM, PKCS #8. */
    key: string;
    /** PEM. */
    cert: string;
}

export async function makeAuthority(now: Date): Promise<KeyAndCertificate> {
    const x509 = loadX509();
    const keys = await webcrypto.subtle.generateKey(algorithm, true, ["sign", "verify"]);
    const certificate = await x509.X509CertificateGenerator.createSelfSigned({
        serialNumber: serialNumber(),
        // The name tells one data directory's authority from another's in a trust store.
        name: `CN=Batch Local CA ${randomBytes(4).toString("hex")}`,
        notBefore: new Date(now.getTime() - dayMs),
        notAfter: new Date(now.getTime() + authorityDays * dayMs),
        keys,
        signingAlgorithm: algorithm,
        extensions: [
            new x509.BasicConstraintsExtension(true, 0, true),
            new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
            await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
        ],
    });
    return { key: await privatePem(keys.privateKey), cert: pem(certificate) };
}

/** A server certificate for these host names and addresses. */
export async function makeServerCertificate(
    authority: KeyAndCertificate,
    hosts: readonly string[],
    now: Date,
): Promise<KeyAndCertificate> {
    const x509 = loadX509();
    const keys = await webcrypto.subtle.generateKey(algorithm, true, ["sign", "verify"]);
    const issuer = new x509.X509Certificate(authority.cert);
    const signingKey = await webcrypto.subtle.importKey(
        "pkcs8",
        createPrivateKey(authority.key).export({ format: "der", type: "pkcs8" }),
        algorithm,
        false,
        ["sign"],
    );
    const certificate = await x509.X509CertificateGenerator.create({
        serialNumber: serialNumber(),
        subject: "CN=localhost",
        issuer: issuer.subject,
        notBefore: new Date(now.getTime() - dayMs),
        notAfter: new Date(Math.min(now.getTime() + serverDays * dayMs, issuer.notAfter.getTime())),
        publicKey: keys.publicKey,
        signingKey: signingKey,
        signingAlgorithm: algorithm,
        extensions: [
            new x509.BasicConstraintsExtension(false, undefined, true),
            new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
            new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
            new x509.SubjectAlternativeNameExtension(
                hosts.map((value) => ({ type: isIP(value) ? ("ip" as const) : ("dns" as const), value })),
            ),
            await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
            await x509.AuthorityKeyIdentifierExtension.create(issuer.publicKey),
        ],
    });
    return { key: await privatePem(keys.privateKey), cert: pem(certificate) };
}

/** Whether a server certificate still serves: of this authority, for all these hosts, and not near its end. */
export function stillServes(cert: string, authority: string, hosts: readonly string[], now: Date): boolean {
    const certificate = new NodeCertificate(cert);
    const issuer = new NodeCertificate(authority);
    return (
        lasts(cert, renewalDays, now) &&
        certificate.checkIssued(issuer) &&
        certificate.verify(issuer.publicKey) &&
        hosts.every(
            (host) => (isIP(host) ? certificate.checkIP(host) : certificate.checkHost(host)) !== undefined,
        )
    );
}

/** An authority is replaced while every server certificate it signs can still live its whole life. */
export function authorityLasts(cert: string, now: Date): boolean {
    return lasts(cert, serverDays, now);
}

function lasts(cert: string, days: number, now: Date): boolean {
    const { validFrom, validTo } = new NodeCertificate(cert);
    return Date.parse(validFrom) <= now.getTime() && Date.parse(validTo) - now.getTime() > days * dayMs;
}

async function privatePem(key: webcrypto.CryptoKey): Promise<string> {
    const der = Buffer.from(await webcrypto.subtle.exportKey("pkcs8", key));
    return createPrivateKey({ key: der, format: "der", type: "pkcs8" })
        .export({ format: "pem", type: "pkcs8" })
        .toString();
}

function pem(certificate: X509Certificate): string {
    return `${certificate.toString("pem").trim()}\n`;
}

/** Positive and never used before: 127 random bits. */
function serialNumber(): string {
    const bytes = randomBytes(16);
    bytes[0] = (bytes[0] ?? 0) & 0x7f;
    return bytes.toString("hex");
}
