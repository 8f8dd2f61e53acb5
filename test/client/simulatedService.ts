// A service as the pace sees it: takes and refuses calls by rules of its own, in a time that stands still between two events.
import type { Pace } from "../../client/submission/pace";

/** Says whether a call that arrives at an instant (milliseconds) is taken. */
export type Rule = (now: number) => boolean;

/** So many calls in each second of the clock. @param offset milliseconds between its seconds and those of the client */
export function fixedWindow(rate: number, offset = 0): Rule {
    let [second, taken] = [-1, 0];
    return (now) => {
        const current = Math.floor((now + offset) / 1000);
        if (current !== second) [second, taken] = [current, 0];
        return ++taken <= rate;
    };
}

/** A bucket that gains so many calls a second and holds so many. */
export function tokenBucket(rate: number, size: number): Rule {
    let [tokens, last] = [size, 0];
    return (now) => {
        tokens = Math.min(size, tokens + ((now - last) * rate) / 1000);
        last = now;
        if (tokens < 1) return false;
        tokens -= 1;
        return true;
    };
}

/** One rule until an instant, another one from then on. */
export const changing =
    (until: number, before: Rule, after: Rule): Rule =>
    (now) =>
        (now < until ? before : after)(now);

export interface Simulation {
    readonly rule: Rule;
    /** Milliseconds a call. */
    readonly latency: number;
    /** Milliseconds until a call is refused. @default as any call */
    readonly refusalLatency?: number;
    /** Calls that must get through. */
    readonly calls: number;
    readonly random: () => number;
    /** Part of the calls that is refused whatever the rate. */
    readonly noise?: number;
    /** Milliseconds to wait that a refusal by the rule asks for. */
    readonly retryAfter?: number;
    /** Part of the calls that gets no answer, and milliseconds until the client gives them up. */
    readonly lost?: { readonly part: number; readonly after: number };
}

export interface Simulated {
    readonly milliseconds: number;
    readonly passed: number;
    /** Calls refused by the rule. */
    readonly refused: number;
    /** Calls refused or lost by chance. */
    readonly byChance: number;
    /** When each call arrived that got through. */
    readonly arrivals: readonly number[];
}

interface Event {
    readonly at: number;
    readonly sent: number;
    readonly kind: "passed" | "refused" | "lost";
    readonly retryAfter?: number;
}

/** The clock of a program, which counts whole milliseconds. */
const clock = (now: number): number => Math.floor(now);

/** Drives a pace as the submission does: a request starts when one more may be under way and the pace gives it a place. */
export function simulate(pace: Pace, options: Simulation): Simulated {
    const { rule, latency, refusalLatency = latency, calls, random, noise = 0, retryAfter, lost } = options;
    const events: Event[] = [];
    const arrivals: number[] = [];
    let [now, passed, refused, byChance] = [0, 0, 0, 0];
    const send = (): Event => {
        const after = (typical: number): number => now + typical * (0.8 + 0.4 * random());
        if (lost !== undefined && random() < lost.part) {
            byChance += 1;
            return { at: now + lost.after, sent: now, kind: "lost" };
        }
        if (random() < noise) {
            byChance += 1;
            return { at: after(refusalLatency), sent: now, kind: "refused" };
        }
        if (!rule(now)) {
            refused += 1;
            return { at: after(refusalLatency), sent: now, kind: "refused", retryAfter };
        }
        arrivals.push(now);
        return { at: after(latency), sent: now, kind: "passed" };
    };
    while (passed < calls && now < 3_600_000) {
        let wake = Infinity;
        while (events.length < pace.limit) {
            const delay = pace.claim(clock(now));
            if (delay > 0) {
                // Timers of Node.js count whole milliseconds.
                wake = now + Math.max(1, delay);
                break;
            }
            events.push(send());
        }
        const next = events.reduce<Event | undefined>(
            (first, one) => (first === undefined || one.at < first.at ? one : first),
            undefined,
        );
        if (next === undefined || wake < next.at) {
            now = wake;
            continue;
        }
        now = next.at;
        const underWay = events.length;
        events.splice(events.indexOf(next), 1);
        if (next.kind === "passed") {
            passed += 1;
            pace.answered(clock(now), clock(next.sent), underWay);
        } else if (next.kind === "refused") pace.refused(clock(now), clock(next.sent), next.retryAfter);
    }
    return { milliseconds: now, passed, refused, byChance, arrivals };
}
