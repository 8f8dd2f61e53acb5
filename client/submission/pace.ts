/** How hard the service may be driven, learnt from its answers. */
export interface PaceOptions {
    /** Requests at once at the start. @default 8 */
    readonly initial?: number;
    /** Requests at once at most, below 100 as the service's documentation asks. @default 64 */
    readonly max?: number;
}

const WINDOW = 1000;
const SAME_REFUSAL = 80;
const FEW = 5;
const QUICK = 5;
const ENOUGH = 16;

/**
 * Concurrency grows while latency holds and shrinks when the service refuses. After the first refusal a rate is kept besides:
 * a service that counts calls a second refuses one request at a time as well as eight.
 * Time is an argument, so that tests need no clock.
 */
export class Pace {
    readonly #max: number;
    #limit: number;
    #fastest = Infinity;
    #growing = true;
    #heldUntil = 0;
    #lastCut = -Infinity;
    #refusals = 0;
    // Calls a second at `#rateSince`; grows slowly from there.
    #rate = Infinity;
    #rateSince = 0;
    #peak = 0;
    #nextStart = 0;
    #answered: number[] = [];
    #started: number | undefined;

    constructor(options: PaceOptions = {}) {
        this.#max = Math.min(99, Math.max(1, options.max ?? 64));
        this.#limit = Math.min(this.#max, Math.max(1, options.initial ?? 8));
    }

    /** Requests at once that are allowed now. */
    get limit(): number {
        // After a refusal one request finds out whether the service takes more; the others would be refused with it.
        return this.#refusals > 0 ? 1 : Math.floor(this.#limit);
    }

    /** Milliseconds until the next request may start; claims the place when it is 0. */
    claim(now: number): number {
        this.#started ??= now;
        const from = Math.max(this.#heldUntil, this.#nextStart);
        if (from > now) return from - now;
        const rate = this.#rateAt(now);
        if (Number.isFinite(rate)) this.#nextStart = Math.max(this.#nextStart + 1000 / rate, now - 50);
        return 0;
    }

    /** A request was answered after `latency` milliseconds while so many were under way. */
    answered(now: number, latency: number, underWay: number): void {
        this.#refusals = 0;
        this.#answered.push(now);
        if (this.#answered.length > 4096) this.#answered = this.#answered.filter((at) => at > now - WINDOW);
        this.#fastest = Math.min(this.#fastest, latency);
        if (underWay < this.limit) return;
        // Answers that come at once do not wait for a network: more requests at once would bring nothing but more refusals.
        if (this.#fastest < QUICK && this.#limit >= ENOUGH) return;
        if (latency <= this.#fastest * 2 + 10) {
            this.#limit = Math.min(this.#max, this.#limit + (this.#growing ? 1 : 1 / this.#limit));
        } else if (latency > this.#fastest * 4 + 100) {
            this.#growing = false;
            // Few requests at once are no burden: slow answers to them are those of a busy machine, ours perhaps.
            this.#limit = Math.max(Math.min(this.#limit, ENOUGH), this.#limit - 0.5);
        }
    }

    /** The service refused a request with 429 or 503. */
    refused(now: number, retryAfter: number | undefined): void {
        this.#growing = false;
        // Requests that were under way together are refused together, which is one refusal.
        if (now >= this.#heldUntil) this.#refusals += 1;
        const hold = Math.min(retryAfter ?? 50 * 2 ** Math.min(this.#refusals, 5), 2000);
        this.#heldUntil = Math.max(this.#heldUntil, now + hold);
        // One cut for all of them.
        const since = now - this.#lastCut;
        if (since < SAME_REFUSAL) return;
        const first = this.#lastCut === -Infinity;
        this.#lastCut = now;
        this.#limit = Math.max(1, this.#limit * (first ? 0.5 : 0.8));
        if (now - (this.#started ?? now) < WINDOW) {
            // No second has passed yet: what got through between two refusals tells a rate, after the first one nothing does.
            const through = first ? 0 : this.#answeredIn(now, since);
            if (through >= FEW) this.#keepTo((through / since) * 1000, now);
            return;
        }
        const seen = this.#answeredIn(now, WINDOW);
        this.#peak = Math.max(this.#peak * 0.97, seen);
        // What gets through is what the service allows, unless we were slow for other reasons: then half of the best second counts.
        this.#keepTo(Math.max(Math.min(this.#rateAt(now), seen) * 0.95, this.#peak * 0.5), now);
    }

    #answeredIn(now: number, span: number): number {
        return this.#answered.filter((at) => at > now - span).length;
    }

    #keepTo(rate: number, now: number): void {
        this.#rate = Math.max(2, rate);
        this.#rateSince = now;
    }

    // Slowly at first, since the limit was just met; then by doubling, since it must have moved.
    #rateAt(now: number): number {
        const seconds = (now - this.#rateSince) / 1000;
        return this.#rate * (1 + 0.04 * seconds) * 2 ** Math.max(0, seconds - 3);
    }
}
