/**
 * Skips the test (or, from a `before` hook, its whole suite) and says why: `npm test` prints the reason.
 * `this.skip()` alone gives none.
 */
export function skip(context: Mocha.Context, reason: string): never {
    const place = context.currentTest ?? context.test;
    if (place)
        Object.assign(place.type === "hook" && place.parent ? place.parent : place, { skipReason: reason });
    return context.skip();
}
