/** A backup is one sealed text with all versions of an object. It can be brought back into any vault of this data directory. */
import type { Refused } from "../http/operation";
import { isObject, type JsonObject } from "../model/json";
import type { Place } from "./place";
import { badParameter, withInner } from "./refusals";

import type { Head, Shelf } from "./shelf";

interface Backup {
    kind: string;
    name: string;
    current: string;
    versions: { id: string; value: string; body: JsonObject }[];
}

const seal = "backup";

export function backUp({ sealer }: Place, shelf: Shelf, head: Head): string {
    const backup: Backup = {
        kind: shelf.kind,
        name: head.name,
        current: head.current,
        versions: shelf.versions(head).map(({ name, key, body: { sealed, ...body } }) => ({
            id: name,
            value: sealer.open(String(sealed), key),
            body,
        })),
    };
    return Buffer.from(sealer.seal(JSON.stringify(backup), seal)).toString("base64url");
}

/** The object as it was; a name that is in use is left alone. */
export function restore({ sealer, store }: Place, shelf: Shelf, text: string, now: number): Head | Refused {
    let backup: Backup;
    try {
        const parsed: unknown = JSON.parse(
            sealer.open(Buffer.from(text, "base64url").toString("utf8"), seal),
        );
        if (!isObject(parsed) || parsed["kind"] !== shelf.kind) throw new Error("of another kind");
        backup = parsed as unknown as Backup;
    } catch {
        // guess: the words
        return badParameter("The backup blob is not one of this kind that was made here.");
    }
    if (shelf.any(backup.name, now)) {
        // guess: the inner code
        return withInner(
            "Conflict",
            "ObjectAlreadyExists",
            `The object ${backup.name} exists already, or is deleted and can be recovered; it is not restored.`,
        );
    }
    const { current, name } = backup;
    const inOrder = [...backup.versions].sort((a, b) => Number(a.id === current) - Number(b.id === current));
    let head: Head | undefined;
    store.atomically(() => {
        for (const { id, value, body } of inOrder) {
            head = shelf.add(name, id, { ...body, sealed: sealer.seal(value, shelf.placeOf(name, id)) }, now);
        }
    });
    return head ?? badParameter("The backup blob holds no version.");
}
