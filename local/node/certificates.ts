import { mkdir, readlink, rename, rm, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { nodeErrorCodes } from "../../catalog";
import { certificatesDirectory, type CertificateFile } from "../model/agent";
import { isObject, type JsonObject } from "../model/json";
import type { FailureInfo } from "../model/pool";
import { resolveWithin } from "./paths";
import { TransferError } from "./transfer/http";
import type { Transfers } from "./transfer/transfers";

const vaultAudience = "https://vault.azure.net";
const apiVersion = "7.4";

/** A certificate that a node is to have and cannot get. */
export class CertificateFailure extends Error {
    get info(): FailureInfo {
        const { category, message } = nodeErrorCodes.VMExtensionProvisioningError;
        const details = [{ name: "Message", value: this.message }];
        return { category, code: "VMExtensionProvisioningError", message, details };
    }
}

export interface CertificateOptions {
    transfers: Transfers;
    /** PEM of the key and the certificates of a PKCS #12 file without password, given in Base64. */
    pemOf: ((pkcs12: string) => Promise<string>) | undefined;
    homeOf(node: string): string;
    /** Copies the certificates to the directories of the machine that their settings name, as this node sees it. */
    show(node: string, from: string, directories: readonly string[]): Promise<void>;
}

/**
 * Certificates of key vaults on nodes, as the machines' extension for that keeps them: read with an identity of the pool, a file for each
 * version, and a link to the present one.
 */
export class Certificates {
    constructor(private readonly options: CertificateOptions) {}

    /** Brings the newest versions. Throws a {@link CertificateFailure}. */
    async install(node: string, files: readonly CertificateFile[]): Promise<void> {
        const home = join(this.options.homeOf(node), certificatesDirectory);
        const changed = new Set<string>();
        for (const file of files) {
            const directory = resolveWithin(home, file.location.replace(/^\/+/, ""));
            if (directory === undefined)
                throw new CertificateFailure(`The directory ${file.location} is none of a node.`);
            if (await this.installOne(file, directory)) changed.add(file.location);
        }
        if (changed.size > 0) await this.options.show(node, home, [...changed]);
    }

    private async installOne(file: CertificateFile, directory: string): Promise<boolean> {
        const secret = await this.read(file);
        const pem = await this.pemOf(file, secret);
        const target = fileNameOf(file, secret);
        const link = join(directory, file.link.replaceAll("/", "_"));
        if ((await readlink(link).catch(() => "")) === target) return false;
        // Documented: for the owner of the directory alone.
        await mkdir(directory, { recursive: true, mode: 0o700 });
        await writeFile(join(directory, target), pem, { mode: 0o600 });
        await rm(`${link}.new`, { force: true });
        await symlink(target, `${link}.new`);
        await rename(`${link}.new`, link);
        return true;
    }

    private async read({ url, identity, vault, name }: CertificateFile): Promise<JsonObject> {
        const { transfers } = this.options;
        try {
            const headers = { authorization: `Bearer ${await transfers.token(identity, vaultAudience)}` };
            return await transfers.reader.read(
                `${url}?api-version=${apiVersion}`,
                { headers },
                async (body) => {
                    const chunks: Buffer[] = [];
                    for await (const chunk of body as AsyncIterable<Buffer>) chunks.push(chunk);
                    const secret: unknown = JSON.parse(Buffer.concat(chunks).toString());
                    return isObject(secret) ? secret : {};
                },
            );
        } catch (error) {
            const missing = error instanceof TransferError && error.status === 404;
            const reason = error instanceof Error ? error.message : String(error);
            throw new CertificateFailure(
                missing
                    ? `The key vault ${vault} has no certificate ${name}.`
                    : `The certificate ${name} of the key vault ${vault} could not be read: ${reason}`,
            );
        }
    }

    private async pemOf({ vault, name }: CertificateFile, secret: JsonObject): Promise<string> {
        const { contentType, value } = secret;
        if (contentType === "application/x-pem-file") return String(value);
        const { pemOf } = this.options;
        if (contentType === "application/x-pkcs12" && pemOf) return pemOf(String(value));
        throw new CertificateFailure(
            `The secret ${name} of the key vault ${vault} is no certificate: its content type is ` +
                `${contentType === undefined ? "not given" : JSON.stringify(contentType)}; application/x-pkcs12 and application/x-pem-file are.`,
        );
    }
}

/** guess: the two numbers in the names that users show are taken for the times from and until which it counts. */
function fileNameOf({ vault, name }: CertificateFile, secret: JsonObject): string {
    const { id, attributes } = secret;
    const version = String(id).split("/").at(-1) ?? "";
    const { created = 0, nbf = created, exp = 0 } = isObject(attributes) ? attributes : {};
    return [vault, name, version, nbf, exp, "PEM"].map((part) => String(part).replaceAll("/", "_")).join(".");
}
