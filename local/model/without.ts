/** A copy of the record that lacks these properties. */
export function without<T extends object, K extends keyof T>(record: T, ...names: K[]): Omit<T, K> {
    const copy = { ...record };
    for (const name of names) Reflect.deleteProperty(copy, name);
    return copy;
}
