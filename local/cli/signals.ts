/** The first SIGINT, SIGTERM or SIGHUP asks for a clean end, a second one forces it. */
import os from "node:os";
import { endWithOther } from "./endsWith";

const signals: readonly NodeJS.Signals[] = ["SIGINT", "SIGTERM", "SIGHUP"];
/** A terminal's Ctrl-C may reach us twice, by our group and from the outer process; that is one wish. */
const sameWishMs = 500;

export function exitCodeOfSignal(signal: NodeJS.Signals): number {
    return 128 + os.constants.signals[signal];
}

export interface Wish {
    /** Resolves with the first signal. */
    readonly first: Promise<NodeJS.Signals>;
    /** No longer listens. */
    release(): void;
}

/** @param onForce what a second signal does; it ends this process itself */
export function onEndWished(onForce: (signal: NodeJS.Signals) => void): Wish {
    let firstAt: number | undefined;
    let resolve: (signal: NodeJS.Signals) => void = () => undefined;
    const first = new Promise<NodeJS.Signals>((done) => (resolve = done));
    const listener = (signal: NodeJS.Signals) => {
        if (firstAt === undefined) {
            firstAt = Date.now();
            resolve(signal);
        } else if (Date.now() - firstAt > sameWishMs) {
            onForce(signal);
        }
    };
    for (const signal of signals) process.on(signal, listener);
    const stopWatching = endWithOther();
    return {
        first,
        release: () => {
            stopWatching();
            for (const signal of signals) process.off(signal, listener);
        },
    };
}
