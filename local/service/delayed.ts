import type { Instant } from "../model/instant";

/**
 * Answers that lag behind what is true, as the service's counts do: one is given again until it is older than the delay. Without a delay each is
 * made anew.
 */
export class Delayed<T> {
    private readonly known = new Map<string, { at: Instant; value: T }>();

    /** `delay` in milliseconds of the service's clock. */
    constructor(private readonly delay = 0) {}

    read(key: string, now: Instant, make: () => T): T {
        if (this.delay === 0) return make();
        const known = this.known.get(key);
        if (known && now - known.at < this.delay) return known.value;
        for (const [other, { at }] of this.known) if (now - at >= this.delay) this.known.delete(other);
        const value = make();
        this.known.set(key, { at: now, value });
        return value;
    }
}
