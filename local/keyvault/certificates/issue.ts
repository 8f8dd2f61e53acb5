/** Makes keys, requests and self-signed certificates as a policy asks. Their times are real ones: programs check them. */
import { KeyObject, randomBytes, webcrypto, X509Certificate } from "node:crypto";
import { isIP } from "node:net";
import type { Extension } from "@peculiar/x509";
import { loadX509 } from "../../identity/x509";
import type { JsonObject } from "../../model/json";
import { Unreadable } from "./pem";
import { part, textsOf } from "./policy";

type Pair = webcrypto.CryptoKeyPair;
type Algorithm = webcrypto.EcKeyGenParams | webcrypto.RsaHashedKeyGenParams;

const hashes: Readonly<Record<string, string>> = {
    "P-256": "SHA-256",
    "P-384": "SHA-384",
    "P-521": "SHA-512",
};

function algorithmOf(policy: JsonObject): Algorithm & { hash: string } {
    const { kty, crv, key_size } = part(policy, "key_props");
    if (String(kty).startsWith("EC")) {
        const namedCurve = String(crv ?? "P-256");
        return { name: "ECDSA", namedCurve, hash: hashes[namedCurve] ?? "SHA-256" };
    }
    return {
        name: "RSASSA-PKCS1-v1_5",
        modulusLength: Number(key_size ?? 2048),
        publicExponent: new Uint8Array([1, 0, 1]),
        hash: "SHA-256",
    };
}

/** The keys that a policy asks for, or those of the version before where it says so. */
export async function makeKeys(policy: JsonObject, before: KeyObject | undefined): Promise<Pair> {
    const algorithm = algorithmOf(policy);
    if (!before) return webcrypto.subtle.generateKey(algorithm, true, ["sign", "verify"]);
    const der = before.export({ format: "der", type: "pkcs8" });
    const privateKey = await webcrypto.subtle.importKey("pkcs8", der, algorithm, true, ["sign"]);
    const { d: _d, p: _p, q: _q, dp: _dp, dq: _dq, qi: _qi, ...jwk } = before.export({ format: "jwk" });
    const publicKey = await webcrypto.subtle.importKey("jwk", jwk, algorithm, true, ["verify"]);
    return { privateKey, publicKey };
}

export function privateKeyOf({ privateKey }: Pair): KeyObject {
    return KeyObject.from(privateKey);
}

/** DER. @throws Unreadable when the subject or a name cannot be read */
export async function makeRequest(policy: JsonObject, keys: Pair): Promise<Buffer> {
    const request = await named(() =>
        loadX509().Pkcs10CertificateRequestGenerator.create({
            name: subjectOf(policy),
            keys,
            signingAlgorithm: algorithmOf(policy),
            extensions: extensionsOf(policy),
        }),
    );
    return Buffer.from(request.rawData);
}

/** @throws Unreadable as `makeRequest` */
export async function makeSelfSigned(policy: JsonObject, keys: Pair): Promise<X509Certificate> {
    const notBefore = new Date(Math.floor(Date.now() / 1000) * 1000 - 600_000);
    const notAfter = new Date(notBefore);
    notAfter.setUTCMonth(
        notAfter.getUTCMonth() + Number(part(policy, "x509_props")["validity_months"] ?? 12),
    );
    const x509 = loadX509();
    const serial = randomBytes(16);
    serial[0] = (serial[0] ?? 0) & 0x7f;
    const certificate = await named(async () =>
        x509.X509CertificateGenerator.createSelfSigned({
            serialNumber: serial.toString("hex"),
            name: subjectOf(policy),
            notBefore,
            notAfter,
            keys,
            signingAlgorithm: algorithmOf(policy),
            extensions: [
                ...extensionsOf(policy),
                new x509.BasicConstraintsExtension(false, undefined, true),
                await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
            ],
        }),
    );
    return new X509Certificate(Buffer.from(certificate.rawData));
}

function subjectOf(policy: JsonObject): string {
    return String(part(policy, "x509_props")["subject"] ?? "");
}

function extensionsOf(policy: JsonObject): Extension[] {
    const x509 = loadX509();
    const { key_usage, ekus, sans } = part(policy, "x509_props");
    const flags = textsOf(key_usage).reduce(
        (all, name) => all | (x509.KeyUsageFlags[name as keyof typeof x509.KeyUsageFlags] ?? 0),
        0,
    );
    const names = part({ sans }, "sans");
    const alternatives = [
        ...textsOf(names["dns_names"]).map((value) => ({ type: "dns" as const, value })),
        ...textsOf(names["emails"]).map((value) => ({ type: "email" as const, value })),
        ...textsOf(names["upns"]).map((value) => ({ type: "upn" as const, value })),
        ...textsOf(names["ip_addresses"])
            .filter((value) => isIP(value) !== 0)
            .map((value) => ({ type: "ip" as const, value })),
    ];
    const usages = textsOf(ekus);
    return [
        ...(flags === 0 ? [] : [new x509.KeyUsagesExtension(flags, true)]),
        ...(usages.length === 0 ? [] : [new x509.ExtendedKeyUsageExtension(usages)]),
        ...(alternatives.length === 0 ? [] : [new x509.SubjectAlternativeNameExtension(alternatives)]),
    ];
}

/** What the library cannot read came from the policy. */
async function named<T>(make: () => Promise<T>): Promise<T> {
    try {
        return await make();
    } catch (error) {
        const reason = error instanceof Error ? error.message : String(error);
        throw new Unreadable(
            `The subject, alternative names or key usages of the policy cannot be used: ${reason}`,
        );
    }
}
