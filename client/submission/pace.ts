import { Rate } from "./rate";

/** How hard the service may be driven, learnt from its answers. */
export interface PaceOptions {
    /** Requests at once at the start. @default 8 */
    readonly initial?: number;
    /** Requests at once at most, below 100 as the service's documentation asks. @default 64 */
    readonly max?: number;
}

/** Requests at once that are no burden: before a rate is known, when all of them are refused with the first, and later. */
const FEW_AT_FIRST = 8;
const FEW = 16;

/** Answers without a refusal after which few requests are lost with the first that is refused, beside those that were not. */
const MANY_ANSWERS = 200;

/** Calls a second, of 100 tasks each, that nobody needs more of: so many requests at once as that takes are enough. */
const PLENTY = 1500;

/**
 * Requests at once, by latency, and calls a second, by refusals: a service that counts calls a second refuses one request at a time as
 * well as eight.
 */
export class Pace {
    readonly #max: number;
    readonly #rate: Rate;
    #limit: number;
    #fastest = Infinity;
    #growing = true;
    #refused = false;
    #answers = 0;

    constructor(options: PaceOptions = {}, random?: () => number) {
        this.#max = Math.min(99, Math.max(1, options.max ?? 64));
        this.#limit = Math.min(this.#max, Math.max(1, options.initial ?? 8));
        this.#rate = new Rate(random);
    }

    /** Requests at once that are allowed now. */
    get limit(): number {
        return Math.floor(this.#limit);
    }

    /** Milliseconds until the next request may start; claims the place when it is 0. An answer may make them fewer. */
    claim(now: number): number {
        return this.#rate.claim(now);
    }

    /** A request that started at `sent` was answered while so many were under way. */
    answered(now: number, sent: number, underWay: number): void {
        this.#rate.passed(now, sent);
        const latency = now - sent;
        this.#fastest = Math.min(this.#fastest, latency);
        this.#answers += 1;
        if (underWay < this.limit) return;
        const few = this.#refused || this.#answers >= MANY_ANSWERS ? FEW : FEW_AT_FIRST;
        const enough = Math.max(few, (PLENTY * this.#fastest) / 1000);
        if (latency <= this.#fastest * 2 + 10) {
            if (this.#limit < enough)
                this.#limit = Math.min(this.#max, this.#limit + (this.#growing ? 1 : 1 / this.#limit));
        } else if (latency > this.#fastest * 4 + 100) {
            this.#growing = false;
            // Slow answers to few requests are those of a busy machine, ours perhaps.
            this.#limit = Math.max(Math.min(this.#limit, FEW), this.#limit - 0.5);
        }
    }

    /** The service refused a request with 429 or 503. @param retryAfter milliseconds that it asks to wait */
    refused(now: number, sent: number, retryAfter: number | undefined): void {
        this.#growing = false;
        this.#refused = true;
        this.#rate.refused(now, sent, retryAfter);
    }
}
