/**
 * Remembers what was made last, and of what. Dozens of rules look at one resource and then at the next, so that one is enough; a map of
 * all of them would keep the garbage collector busy.
 */
export function rememberLast<K extends object, V>(make: (key: K) => V): (key: K) => V {
    let last: { readonly key: K; readonly value: V } | undefined;
    return (key) => {
        if (last?.key !== key) last = { key, value: make(key) };
        return last.value;
    };
}
