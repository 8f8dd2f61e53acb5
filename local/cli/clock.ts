/** The service's clock: real time, or faster; never behind what it has shown before. */
import type { Instant } from "../model/instant";
import type { Store } from "../store/store";

const saveMs = 10_000;
const settingName = "clock.ahead";

export class Clock {
    readonly #startedAt = Date.now();
    readonly #aheadAtStart: number;
    #timer: NodeJS.Timeout | undefined;

    constructor(
        private readonly store: Pick<Store, "setting" | "setSetting" | "committed">,
        private readonly speed: number,
        private readonly onError: (error: unknown) => void,
    ) {
        // A clock that ran fast in a former life goes on from there: what it dated must not lie in the future.
        this.#aheadAtStart = Number(store.setting(settingName) ?? 0);
        if (speed !== 1) this.#timer = setInterval(() => this.save(), saveMs).unref();
    }

    readonly now = (): Instant => Date.now() + Math.round(this.#ahead());

    #ahead(): number {
        return this.#aheadAtStart + (Date.now() - this.#startedAt) * (this.speed - 1);
    }

    save(): void {
        if (this.speed === 1) return;
        // What is dated until the next save counts too.
        this.store.setSetting(settingName, String(Math.round(this.#ahead() + saveMs * this.speed)));
        this.store.committed().catch(this.onError);
    }

    close(): void {
        clearInterval(this.#timer);
        this.#timer = undefined;
        if (this.speed !== 1) this.store.setSetting(settingName, String(Math.round(this.#ahead())));
    }
}
