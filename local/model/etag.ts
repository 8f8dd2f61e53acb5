/** The service's entity tags look like `0x8DE2...` in hexadecimal; a number never given before makes one. */
export function eTagText(number: number): string {
    return `0x8DE${number.toString(16).toUpperCase().padStart(12, "0")}`;
}
