/** The write load of the durability test. */
import type { ContainerClient } from "@azure/storage-blob";
import { contentOf } from "./given";

/** Bytes of a blob, known from its name: some are empty, most short, a few large. */
export function sizeOf(name: string): number {
    const number = Number(name.split("-").pop());
    return number % 50 === 0 ? 3_000_000 : number % 10 === 0 ? 0 : (number * 37) % 5_000;
}

const writers = 8;
const deletedEvery = 7;

/** Runs until a request fails; the acknowledged operations are those that were noted. */
export async function writeUntilItFails(
    container: ContainerClient,
    prefix: string,
    note: (operation: "put" | "deleting" | "delete", name: string) => void,
): Promise<void> {
    let next = 0;
    const write = async (): Promise<void> => {
        for (;;) {
            const number = next++;
            const name = `${prefix}-${number}`;
            const blob = container.getBlockBlobClient(name);
            const content = contentOf(name, sizeOf(name));
            if (number % 3 === 0 && content.length > 10) {
                // In two blocks: the list that joins them is what counts.
                const half = content.length >> 1;
                await blob.stageBlock("MQ==", content.subarray(0, half), half);
                await blob.stageBlock("Mg==", content.subarray(half), content.length - half);
                await blob.commitBlockList(["MQ==", "Mg=="]);
            } else {
                await blob.upload(content, content.length);
            }
            note("put", name);
            if (number % deletedEvery === 3) {
                note("deleting", name);
                await blob.delete();
                note("delete", name);
            }
        }
    };
    await Promise.allSettled(Array.from({ length: writers }, write));
}
