import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { Readable } from "node:stream";
import fc from "fast-check";
import { computeTransactionalChecksums, Crc64 } from "../../local/storage/checksums";

/** The definition, bit by bit. */
function slowly(data: Uint8Array): bigint {
    const ones = 0xffff_ffff_ffff_ffffn;
    let crc = ones;
    for (const byte of data) {
        crc ^= BigInt(byte);
        for (let bit = 0; bit < 8; bit++) crc = crc & 1n ? (crc >> 1n) ^ 0x9a6c9329ac4bc9b5n : crc >> 1n;
    }
    return crc ^ ones;
}

const value = (crc: Crc64): bigint => Buffer.from(crc.digest()).readBigUInt64LE();

describe("checksums of storage", () => {
    it("give the check value of CRC-64/NVME", () => {
        const crc = new Crc64();
        crc.update(Buffer.from("123456789"));
        assert.equal(value(crc), 0xae8b14860a799888n);
    });

    it("equal the definition for any bytes in any parts", () => {
        fc.assert(
            fc.property(fc.array(fc.uint8Array({ maxLength: 50 }), { maxLength: 6 }), (parts) => {
                const crc = new Crc64();
                for (const part of parts) crc.update(part);
                assert.equal(value(crc), slowly(Buffer.concat(parts)));
            }),
        );
    });

    it("are made when sent or needed, and only then", async () => {
        const text = "some content";
        const none = await computeTransactionalChecksums(Readable.from([Buffer.from(text)]), {});
        assert.deepEqual(none, { md5: undefined, crc64: undefined });
        const both = await computeTransactionalChecksums(
            Readable.from([text]),
            { md5: "x" },
            { crc64: true },
        );
        assert.equal(
            Buffer.from(both.md5 ?? []).toString("hex"),
            createHash("md5").update(text).digest("hex"),
        );
        assert.equal(Buffer.from(both.crc64 ?? []).readBigUInt64LE(), slowly(Buffer.from(text)));
    });
});
