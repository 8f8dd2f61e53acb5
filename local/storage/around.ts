/** The same object, whose asynchronous methods pass their result through `pass`; what it calls on itself does not. */
export function around<T extends object>(target: T, pass: (result: Promise<unknown>) => Promise<unknown>): T {
    const wrapped = new Map<PropertyKey, unknown>();
    return new Proxy(target, {
        get: (object, key) => {
            const known = wrapped.get(key);
            if (known) return known;
            const value: unknown = Reflect.get(object, key);
            if (typeof value !== "function") return value;
            const method = (...args: unknown[]): unknown => {
                const result: unknown = Reflect.apply(value, object, args);
                return result instanceof Promise ? pass(result) : result;
            };
            wrapped.set(key, method);
            return method;
        },
    });
}
