/** Shapes of the bodies, and what a value must keep to. Properties that are not known are let through and not kept. */
import { checker, type Problem, type Rule } from "../http/check";
import type { Refused } from "../http/operation";
import { badParameter } from "./refusals";

const attributes = "Attributes";

const check = checker(
    {
        SecretSet: { value: "string!", contentType: "string", attributes, tags: "map" },
        SecretUpdate: { contentType: "string", attributes, tags: "map" },
        Restore: { value: "string!" },
        Attributes: { enabled: "boolean", nbf: "int64", exp: "int64" },
        CertificateCreate: { policy: "Policy", attributes, tags: "map", preserveCertOrder: "boolean" },
        CertificateImport: {
            value: "string!",
            pwd: "string",
            policy: "Policy",
            attributes,
            tags: "map",
            preserveCertOrder: "boolean",
        },
        CertificateUpdate: { policy: "Policy", attributes, tags: "map" },
        CertificateMerge: { x5c: "[string]!", attributes, tags: "map" },
        Pending: { cancellation_requested: "boolean!" },
        Policy: {
            key_props: "KeyProperties",
            secret_props: "SecretProperties",
            x509_props: "X509Properties",
            lifetime_actions: "[any]",
            issuer: "Issuer",
            attributes,
        },
        KeyProperties: {
            exportable: "boolean",
            kty: "#KeyType",
            key_size: "int32",
            reuse_key: "boolean",
            crv: "#Curve",
        },
        SecretProperties: { contentType: "#Format" },
        X509Properties: {
            subject: "string",
            ekus: "[string]",
            sans: "SubjectAlternativeNames",
            key_usage: "[#KeyUsage]",
            validity_months: "int32",
        },
        SubjectAlternativeNames: {
            emails: "[string]",
            dns_names: "[string]",
            upns: "[string]",
            ip_addresses: "[string]",
        },
        Issuer: { name: "string", cty: "string", cert_transparency: "boolean" },
    },
    {
        KeyType: ["RSA", "RSA-HSM", "EC", "EC-HSM"],
        Curve: ["P-256", "P-384", "P-521"],
        Format: ["application/x-pkcs12", "application/x-pem-file"],
        KeyUsage: [
            "digitalSignature",
            "nonRepudiation",
            "keyEncipherment",
            "dataEncipherment",
            "keyAgreement",
            "keyCertSign",
            "cRLSign",
            "encipherOnly",
            "decipherOnly",
        ],
    },
    {
        SecretSet: [atMost("value", 25_600), atMost("contentType", 255), fewTags()],
        SecretUpdate: [atMost("contentType", 255), fewTags()],
        CertificateCreate: [fewTags()],
        CertificateImport: [fewTags()],
        CertificateUpdate: [fewTags()],
        KeyProperties: [
            {
                name: "size",
                property: "key_size",
                broken: (size, { kty }) =>
                    String(kty ?? "RSA").startsWith("EC") || [2048, 3072, 4096].includes(Number(size))
                        ? undefined
                        : "2048, 3072 or 4096",
            },
        ],
        X509Properties: [
            {
                name: "subject",
                property: "subject",
                broken: (subject) =>
                    /^(?:$|\s*(?:[a-z]+|\d+(?:\.\d+)+)\s*=)/i.test(String(subject))
                        ? undefined
                        : "an X.500 name such as CN=example.com",
            },
            {
                name: "months",
                property: "validity_months",
                broken: (months) =>
                    Number(months) >= 1 && Number(months) <= 1200 ? undefined : "between 1 and 1200",
            },
        ],
        Attributes: [inOrder()],
    },
);

function atMost(property: string, length: number): Rule {
    return {
        name: "length",
        property,
        broken: (value) => (String(value).length > length ? `${length} characters at most` : undefined),
    };
}

function fewTags(): Rule {
    return {
        name: "tags",
        property: "tags",
        broken: (tags) => {
            const entries = Object.entries(Object(tags) as Record<string, string>).flat();
            const short = entries.every((text) => text.length <= 256);
            return entries.length <= 30 && short
                ? undefined
                : "15 tags at most, with names and values of up to 256 characters";
        },
    };
}

function inOrder(): Rule {
    return {
        name: "order",
        property: "exp",
        broken: (exp, { nbf }) =>
            nbf === undefined || Number(exp) > Number(nbf) ? undefined : "later than the date in nbf",
    };
}

export function checkShape(shape: string, body: unknown): Refused | undefined {
    const problem = check(shape, body).find(({ rule }) => rule !== "unknown");
    return problem && badParameter(worded(problem));
}

/** What was given is not repeated: it may be the secret. */
function worded({ at, rule, limit }: Problem): string {
    if (at === "") return `The request body must be ${limit}.`;
    return rule === "required"
        ? `Property ${at} is required.`
        : `Property ${at} has an invalid value; allowed is ${limit}.`;
}
