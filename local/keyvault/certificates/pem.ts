/** A key with its certificates as a vault takes and gives them: PEM, or PKCS #12 in Base64. */
import { createPrivateKey, X509Certificate, type KeyObject } from "node:crypto";
import { readPkcs12, writePkcs12 } from "./pkcs12";

export type Format = "application/x-pkcs12" | "application/x-pem-file";

/** The certificate of the key comes first. */
export interface Identity {
    key: KeyObject;
    chain: [X509Certificate, ...X509Certificate[]];
}

/** The text is the reason, as the caller is told it. */
export class Unreadable extends Error {}

export const notPkcs12 =
    "The specified PKCS#12 X.509 certificate content can not be read. Please check if certificate is in valid PKCS#12 format.";

const block = /-----BEGIN ([A-Z0-9 ]+)-----[^-]+-----END \1-----/g;

export function formatOf(value: string): Format {
    return value.includes("-----BEGIN ") ? "application/x-pem-file" : "application/x-pkcs12";
}

/** Some clients send PEM in Base64 too. */
export function plain(value: string): string {
    if (formatOf(value) === "application/x-pem-file") return value;
    const text = Buffer.from(value, "base64").toString("latin1");
    return formatOf(text) === "application/x-pem-file" ? text : value;
}

/** @throws Unreadable */
export async function readIdentity(value: string, password: string): Promise<Identity> {
    const { key, certificates } =
        formatOf(value) === "application/x-pem-file" ? readPem(value) : await readFile();
    const leaf = certificates.find((certificate) => certificate.checkPrivateKey(key));
    if (!leaf) throw new Unreadable("The private key does not match a certificate of the content.");
    return { key, chain: [leaf, ...certificates.filter((certificate) => certificate !== leaf)] };

    async function readFile() {
        let contents;
        try {
            contents = await readPkcs12(Buffer.from(value, "base64"), password);
            return {
                key: createPrivateKey({ key: contents.key ?? Buffer.alloc(0), format: "der", type: "pkcs8" }),
                certificates: contents.certificates.map((der) => new X509Certificate(der)),
            };
        } catch {
            throw new Unreadable(
                contents && !contents.key
                    ? "The specified PKCS#12 X.509 certificate content has no private key."
                    : notPkcs12,
            );
        }
    }
}

function readPem(text: string): { key: KeyObject; certificates: X509Certificate[] } {
    const blocks = [...text.matchAll(block)].map(([whole, label = ""]) => ({ whole, label }));
    const key = blocks.find(({ label }) => label.endsWith("PRIVATE KEY"));
    if (!key) {
        throw new Unreadable(
            "Private key is not specified in the specified X.509 PEM certificate content. Please specify private key in the X.509 PEM certificate content.",
        );
    }
    try {
        return {
            key: createPrivateKey(key.whole),
            certificates: blocks
                .filter(({ label }) => label === "CERTIFICATE")
                .map(({ whole }) => new X509Certificate(whole)),
        };
    } catch {
        throw new Unreadable(
            "The specified PEM X.509 certificate content is in an unexpected format. Please check if certificate is in valid PEM format.",
        );
    }
}

/** What the certificate's secret holds. A key that cannot be exported is left out. */
export async function written(
    { key, chain }: Identity,
    format: Format,
    exportable: boolean,
): Promise<string> {
    if (format === "application/x-pem-file") {
        const parts = chain.map((certificate) => certificate.toString().trim());
        return `${[...(exportable ? [pemOf(key)] : []), ...parts].join("\n")}\n`;
    }
    const file = await writePkcs12({
        key: exportable ? key.export({ format: "der", type: "pkcs8" }) : undefined,
        certificates: chain.map(({ raw }) => raw),
    });
    return file.toString("base64");
}

export function pemOf(key: KeyObject): string {
    return key.export({ format: "pem", type: "pkcs8" }).toString().trim();
}

/** PEM of what `written` gave as PKCS #12. */
export async function toPem(file: string): Promise<string> {
    const { key, certificates } = await readPkcs12(Buffer.from(file, "base64"), "");
    const parts = certificates.map((der) => new X509Certificate(der).toString().trim());
    if (key) parts.unshift(pemOf(createPrivateKey({ key, format: "der", type: "pkcs8" })));
    return `${parts.join("\n")}\n`;
}
