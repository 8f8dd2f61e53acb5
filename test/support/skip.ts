import type { Context } from "mocha";

/**
 * Skips the test (or, from a `before` hook, its whole suite) and says why: `npm test` prints the reason.
 * `this.skip()` alone gives none.
 */
export function skip(context: Context, reason: string): never {
    const place = context.currentTest ?? context.test;
    const inHook = context.currentTest === undefined && context.runnable().title.includes("hook");
    if (place) Object.assign(inHook && place.parent ? place.parent : place, { skipReason: reason });
    return context.skip();
}
