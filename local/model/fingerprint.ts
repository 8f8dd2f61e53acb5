/** A number of 32 bits from a text (FNV-1a), spread evenly; no secret. Another start gives another one. */
export function fingerprint(text: string, start = 0): number {
    let hash = 0x811c9dc5 ^ start;
    for (const character of text) hash = Math.imul(hash ^ character.charCodeAt(0), 0x01000193);
    return hash >>> 0;
}
