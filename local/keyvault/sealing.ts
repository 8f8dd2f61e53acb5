/** What is secret lies encrypted in the store: AES-256-GCM, with a key that is a file of the data directory. */
import { createCipheriv, createDecipheriv, createHash, randomBytes } from "node:crypto";
import path from "node:path";
import { makePrivateDirectory, readIfThere, readOrMake } from "../identity/files";
import type { Store } from "../store/store";

export interface Sealer {
    /** @param place whose secret it is; it opens for that one alone */
    seal(text: string, place: string): string;
    open(sealed: string, place: string): string;
}

const form = "1";
const keySetting = "keyVault.key";

/**
 * Opens the key in `<directory>/keyvault`, making it the first time.
 * @throws when the key is not the one that the store's secrets were sealed with: they could never be read again.
 */
export async function openSealer(
    directory: string,
    store: Pick<Store, "setting" | "setSetting">,
): Promise<Sealer> {
    const folder = path.join(directory, "keyvault");
    const file = path.join(folder, "sealing.key");
    const known = store.setting(keySetting);
    makePrivateDirectory(folder);
    if (known !== undefined && readIfThere(file) === undefined) {
        throw new Error(
            `${file} is gone: without it the secrets of the key vaults cannot be read. Restore it.`,
        );
    }
    const text = await readOrMake(folder, "sealing.key", () => `${randomBytes(32).toString("base64")}\n`);
    const key = Buffer.from(text.trim(), "base64");
    const name = createHash("sha256").update(key).digest("hex").slice(0, 32);
    if (key.length !== 32 || (known !== undefined && known !== name)) {
        throw new Error(
            `${file} is not the key that this data directory's key vaults were sealed with. Restore it.`,
        );
    }
    if (known === undefined) store.setSetting(keySetting, name);
    return sealer(key);
}

export function sealer(key: Buffer): Sealer {
    return {
        seal(text, place) {
            const nonce = randomBytes(12);
            const cipher = createCipheriv("aes-256-gcm", key, nonce).setAAD(Buffer.from(place));
            const sealed = Buffer.concat([cipher.update(text, "utf8"), cipher.final()]);
            return [
                form,
                ...[nonce, cipher.getAuthTag(), sealed].map((part) => part.toString("base64url")),
            ].join(".");
        },
        open(sealed, place) {
            const [version, ...parts] = sealed.split(".");
            const [nonce, tag, text] = parts.map((part) => Buffer.from(part, "base64url"));
            if (version !== form || !nonce || tag?.length !== 16 || !text) {
                throw new Error(`The secret of ${place} is not in a form that this version reads.`);
            }
            const decipher = createDecipheriv("aes-256-gcm", key, nonce, { authTagLength: 16 });
            decipher.setAAD(Buffer.from(place)).setAuthTag(tag);
            return Buffer.concat([decipher.update(text), decipher.final()]).toString("utf8");
        },
    };
}
