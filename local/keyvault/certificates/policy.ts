/** How a certificate is made and given out. */
import type { X509Certificate } from "node:crypto";
import { loadX509 } from "../../identity/x509";
import { isObject, type JsonObject } from "../../model/json";
import type { Format, Identity } from "./pem";

const serverAndClient = ["1.3.6.1.5.5.7.3.1", "1.3.6.1.5.5.7.3.2"];

/** What is given, on top of what there was; objects are merged one level deep, as they come. */
export function merged(before: unknown, given: unknown): JsonObject {
    const [old, now] = [isObject(before) ? before : {}, isObject(given) ? given : {}];
    const names = [...new Set([...Object.keys(old), ...Object.keys(now)])].filter((name) => name !== "id");
    return Object.fromEntries(
        names.map((name) => {
            const [a, b] = [old[name], now[name]];
            return [name, isObject(a) && isObject(b) ? { ...a, ...b } : (b ?? a)];
        }),
    );
}

const keyDefaults = { exportable: true, reuse_key: false };
const usual = { percentage: 80 };

/** Of a certificate that is to be made. */
export function newPolicy(given: unknown): JsonObject {
    const asked = isObject(given) ? given : {};
    const key = isObject(asked["key_props"]) ? asked["key_props"] : {};
    const elliptic = String(key["kty"] ?? "RSA").startsWith("EC");
    return merged(
        {
            key_props: { ...keyDefaults, kty: "RSA", ...(elliptic ? { crv: "P-256" } : { key_size: 2048 }) },
            secret_props: { contentType: "application/x-pkcs12" },
            x509_props: {
                key_usage: elliptic ? ["digitalSignature"] : ["digitalSignature", "keyEncipherment"],
                ekus: serverAndClient,
                validity_months: 12,
            },
            lifetime_actions: [
                { trigger: { lifetime_percentage: usual.percentage }, action: { action_type: "AutoRenew" } },
            ],
            issuer: { name: "Self" },
        },
        asked,
    );
}

/** Of a certificate that was brought along: what it is, and what was said besides. */
export function importedPolicy({ key, chain: [leaf] }: Identity, format: Format, given: unknown): JsonObject {
    const details = key.asymmetricKeyDetails;
    const curve = { prime256v1: "P-256", secp384r1: "P-384", secp521r1: "P-521" }[details?.namedCurve ?? ""];
    const kind =
        key.asymmetricKeyType === "ec"
            ? { kty: "EC", crv: curve }
            : { kty: "RSA", key_size: details?.modulusLength };
    return merged(
        {
            key_props: keyDefaults,
            secret_props: { contentType: format },
            x509_props: describe(leaf),
            lifetime_actions: [
                {
                    trigger: { lifetime_percentage: usual.percentage },
                    action: { action_type: "EmailContacts" },
                },
            ],
            issuer: { name: "Unknown" },
        },
        merged(given, { key_props: kind }),
    );
}

function describe(leaf: X509Certificate): JsonObject {
    const x509 = loadX509();
    const certificate = new x509.X509Certificate(leaf.raw);
    const usages = certificate.getExtension(x509.KeyUsagesExtension)?.usages ?? 0;
    const names = certificate.getExtension(x509.SubjectAlternativeNameExtension)?.names.items ?? [];
    const dns = names.filter(({ type }) => type === "dns").map(({ value }) => value);
    const emails = names.filter(({ type }) => type === "email").map(({ value }) => value);
    const [from, to] = [certificate.notBefore, certificate.notAfter];
    return {
        subject: certificate.subject,
        ...(dns.length + emails.length > 0
            ? { sans: { ...(dns.length ? { dns_names: dns } : {}), ...(emails.length ? { emails } : {}) } }
            : {}),
        ekus: (certificate.getExtension(x509.ExtendedKeyUsageExtension)?.usages ?? []).map(String),
        key_usage: Object.entries(x509.KeyUsageFlags)
            .filter(([, flag]) => typeof flag === "number" && (usages & flag) !== 0)
            .map(([name]) => name),
        validity_months: Math.max(
            1,
            (to.getUTCFullYear() - from.getUTCFullYear()) * 12 + to.getUTCMonth() - from.getUTCMonth(),
        ),
    };
}

export function part(policy: JsonObject, name: string): JsonObject {
    const found = policy[name];
    return isObject(found) ? found : {};
}

export function textsOf(list: unknown): string[] {
    return Array.isArray(list) ? list.map(String) : [];
}
