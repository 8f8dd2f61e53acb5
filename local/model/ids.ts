/** Ids keep their case and are unique without it: this is the form they are compared and stored by. */
export function idKey(id: string): string {
    return id.toLowerCase();
}

export const idPattern = /^[A-Za-z0-9_-]{1,64}$/;

/** The key of a record below its parents: `account/pool/node`, each part case-folded. */
export function recordKey(...parts: string[]): string {
    return parts.map(idKey).join("/");
}
