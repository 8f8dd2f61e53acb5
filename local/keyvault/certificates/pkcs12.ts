/** PKCS #12 files (RFC 7292) of a key and its certificates, read and written. */
import { createHash } from "node:crypto";
import type { asn1 } from "node-forge";

/** DER: PKCS #8 of the key; the certificates in the order of the file. */
export interface Contents {
    key: Buffer | undefined;
    certificates: Buffer[];
}

type Node = asn1.Asn1;
type Forge = typeof import("node-forge");

/** Loaded when the first such file is seen: it takes a while. */
const forge = (): Promise<Forge> => import("node-forge").then((module) => module.default ?? module);

const oids = {
    data: "1.2.840.113549.1.7.1",
    encryptedData: "1.2.840.113549.1.7.6",
    keyBag: "1.2.840.113549.1.12.10.1.1",
    shroudedKeyBag: "1.2.840.113549.1.12.10.1.2",
    certBag: "1.2.840.113549.1.12.10.1.3",
    x509Certificate: "1.2.840.113549.1.9.22.1",
    localKeyId: "1.2.840.113549.1.9.21",
    sha256: "2.16.840.1.101.3.4.2.1",
};

/** @throws where it is no such file, or the password is another one */
export async function readPkcs12(file: Buffer, password: string): Promise<Contents> {
    const library = await forge();
    const { asn1 } = library;
    const root = asn1.fromDer(file.toString("binary"));
    // Checks the file's own signature, which the password makes.
    library.pkcs12.pkcs12FromAsn1(root, false, password);
    const found: Contents = { key: undefined, certificates: [] };
    const bags = (contents: Node): void => {
        for (const bag of children(contents)) {
            const [type, wrapped] = children(bag);
            const value = wrapped && children(wrapped)[0];
            if (!type || !value) continue;
            const oid = asn1.derToOid(bytes(type));
            if (oid === oids.certBag) {
                const octets = children(value)[1];
                const certificate = octets && children(octets)[0];
                if (certificate) found.certificates.push(binary(bytes(certificate)));
            } else if (oid === oids.keyBag) found.key ??= binary(asn1.toDer(value).getBytes());
            else if (oid === oids.shroudedKeyBag) {
                const key = library.pki.decryptPrivateKeyInfo(value, password) as Node | null;
                if (!key) throw new Error("the key cannot be decrypted");
                found.key ??= binary(asn1.toDer(key).getBytes());
            }
        }
    };
    const [, safe] = children(root);
    for (const info of children(asn1.fromDer(octetsOf(at(safe, 1, 0))))) {
        const type = asn1.derToOid(bytes(at(info, 0)));
        if (type === oids.data) bags(asn1.fromDer(octetsOf(at(info, 1, 0))));
        if (type !== oids.encryptedData) continue;
        // An encrypted content has the form of an encrypted key: algorithm and octets.
        const [, algorithm, octets] = children(at(info, 1, 0, 1));
        if (!algorithm || !octets) continue;
        const { Class, Type } = asn1;
        const like = asn1.create(Class.UNIVERSAL, Type.SEQUENCE, true, [
            algorithm,
            asn1.create(Class.UNIVERSAL, Type.OCTETSTRING, false, octetsOf(octets)),
        ]);
        bags(library.pki.decryptPrivateKeyInfo(like, password));
    }
    return found;
}

/** With an empty password, as a vault gives them out. */
export async function writePkcs12({ key, certificates }: Contents): Promise<Buffer> {
    const library = await forge();
    const { asn1 } = library;
    const { Class, Type } = asn1;
    const node = (type: asn1.Type, value: Node[] | string) =>
        asn1.create(Class.UNIVERSAL, type, typeof value !== "string", value);
    const sequence = (...items: Node[]) => node(Type.SEQUENCE, items);
    const octets = (value: string) => node(Type.OCTETSTRING, value);
    const oid = (name: keyof typeof oids) => node(Type.OID, asn1.oidToDer(oids[name]).getBytes());
    const tagged = (value: Node) => asn1.create(Class.CONTEXT_SPECIFIC, Type.NONE, true, [value]);
    const content = (value: Node) => sequence(oid("data"), tagged(octets(asn1.toDer(value).getBytes())));

    const [leaf] = certificates;
    const id = leaf === undefined ? "" : createHash("sha1").update(leaf).digest("binary");
    const keyId = node(Type.SET, [sequence(oid("localKeyId"), node(Type.SET, [octets(id)]))]);
    const certificateBags = certificates.map((certificate) =>
        sequence(
            oid("certBag"),
            tagged(sequence(oid("x509Certificate"), tagged(octets(certificate.toString("binary"))))),
            ...(certificate === leaf && key ? [keyId] : []),
        ),
    );
    const contents = [content(sequence(...certificateBags))];
    if (key) {
        const options = { algorithm: "aes256", count: 2048, saltSize: 16, prfAlgorithm: "sha256" } as const;
        const shrouded = library.pki.encryptPrivateKeyInfo(asn1.fromDer(key.toString("binary")), "", options);
        contents.push(content(sequence(sequence(oid("shroudedKeyBag"), tagged(shrouded), keyId))));
    }
    const safe = sequence(...contents);
    const authenticated = asn1.toDer(safe).getBytes();
    const salt = library.random.getBytesSync(16);
    const macKey = library.pkcs12.generateKey(
        "",
        library.util.createBuffer(salt),
        3,
        2048,
        32,
        library.md.sha256.create(),
    );
    const hmac = library.hmac.create();
    hmac.start(library.md.sha256.create(), macKey);
    hmac.update(authenticated);
    const integer = (value: number) => node(Type.INTEGER, asn1.integerToDer(value).getBytes());
    const mac = sequence(
        sequence(sequence(oid("sha256"), node(Type.NULL, "")), octets(hmac.getMac().getBytes())),
        octets(salt),
        integer(2048),
    );
    return binary(asn1.toDer(sequence(integer(3), content(safe), mac)).getBytes());
}

function children(node: Node): Node[] {
    return typeof node.value === "string" ? [] : node.value;
}

function bytes(node: Node): string {
    if (typeof node.value !== "string") throw new Error("not a simple value");
    return node.value;
}

function at(node: Node | undefined, ...path: number[]): Node {
    const found = path.reduce<Node | undefined>((inner, index) => inner && children(inner)[index], node);
    if (!found) throw new Error("not a PKCS #12 file");
    return found;
}

/** Some programs write octets in pieces. */
function octetsOf(node: Node): string {
    return typeof node.value === "string" ? node.value : node.value.map(octetsOf).join("");
}

function binary(text: string): Buffer {
    return Buffer.from(text, "binary");
}
