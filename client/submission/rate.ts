/** Milliseconds that a look at the share of refusals takes at least, and calls that it needs. */
const LOOK = 1000;
const LOOK_CALLS = 50;

/** Calls that a first estimate of the limit needs to be believed. */
const BELIEVED = 50;

/** Refusals in a row by chance are once in so many calls at most. */
const BY_CHANCE = 1_000_000;

/** Share of refusals above the usual one that gives rise to suspicion. */
const SUSPICIOUS = 0.02;
const SEARCH_SUSPICIOUS = 0.3;

/** Share of refusals at most that is taken for the service's habit. */
const MOST_NOISE = 0.25;
const HABIT = 0.1;

/** What part of what got through is sent while it is found out whether fewer calls are refused less. */
const TRIAL = 0.8;

/** Calls that the usual share of refusals is a mean of. */
const MEMORY = 50;

/** Calls of a look while the rate is searched for, or when a larger share than this above the usual one is refused. */
const SHORT_LOOK = 20;
const ALARMING = 0.1;

/** Calls a second that the search begins with at least. */
const SLOWEST_SEARCH = 10;

/** Milliseconds without news until another call may find out whether the service takes calls again. */
const PATIENCE = 1000;
const LONGEST_HOLD = 2000;

/** A lower rate, tried to see whether fewer calls are refused. */
interface Trial {
    /** The rate before. */
    readonly rate: number;
    /** Share of refusals before. */
    readonly refused: number;
    /** Calls a second that got through before. */
    readonly passed: number;
    /** Whether it is the second one, of a still lower rate. */
    readonly again: boolean;
}

/** A wall that was met and is not over. */
interface Wall {
    /** The rate until then. */
    readonly rate: number;
    /** When a call was refused the last time. */
    refused: number;
    /** Tries that were refused. */
    tries: number;
    /** When the last try was let through; only its answer, and no other call's, tells whether the wall is over. */
    tried: number;
}

/**
 * How many calls a second a service takes, found out from its refusals; there is no limit until it has refused.
 *
 * Refusals in a row are a wall: nothing is sent for a while, then one call at a time until one gets through, and then as many a second as got
 * through before the wall. From there the rate grows slowly, and faster when no wall comes. Refusals in between are no wall: a lower rate is
 * tried, and when as large a share of its calls is refused, they have nothing to do with the rate.
 * Calls that were under way when the rate was last changed tell nothing new. Time is an argument, so that tests need no clock.
 */
export class Rate {
    readonly #random: () => number;
    #rate = Infinity;
    // The rate grows from this instant on, and has let so many calls through since.
    #since = 0;
    #passedSince = 0;
    // Steps of slow growth before the fast one.
    #slow = 4;
    // Too few calls have told the rate: it doubles until there is the next wall.
    #searching = false;
    #latency = Infinity;
    // From the last time that the service took calls again.
    #epoch: number | undefined;
    #epochPassed = 0;
    // When those calls started that were refused in a row.
    #run: number[] = [];
    #heldUntil = 0;
    // As long as the service asked to wait.
    #asked = 0;
    #nextStart = 0;
    #wall: Wall | undefined;
    #news = -Infinity;
    #look = { from: 0, passed: 0, refused: 0 };
    #noise = 0;
    // The share of refusals without walls, of late.
    #usual = 0;
    #trial: Trial | undefined;

    constructor(random: () => number = Math.random) {
        this.#random = random;
    }

    /** Calls a second that are allowed now. */
    at(now: number): number {
        if (this.#trial !== undefined || !Number.isFinite(this.#rate)) return this.#rate;
        const elapsed = Math.max(0, (now - this.#since) / 1000);
        if (this.#searching) return this.#rate * 4 ** Math.min(elapsed, this.#passedSince / 20);
        // A wall costs the calls that are under way: the more of them, the rarer it has to be, and in a second few calls tell less.
        const underWay = (this.#rate * this.#latency) / 1000;
        const steps = Math.min(elapsed, this.#passedSince / (12 * (4 + underWay)));
        return this.#rate * (1 + 0.03 * steps) * 1.5 ** Math.max(0, steps - this.#slow);
    }

    /** Milliseconds until the next call may start; claims the place when it is 0. */
    claim(now: number): number {
        this.#epoch ??= this.#look.from = now;
        const from = Math.max(this.#heldUntil, this.#asked, this.#nextStart);
        if (from > now) return from - now;
        if (this.#wall !== undefined) {
            this.#wall.tried = now;
            this.#heldUntil = now + PATIENCE;
            return 0;
        }
        const rate = this.at(now);
        if (Number.isFinite(rate)) this.#nextStart = Math.max(this.#nextStart + 1000 / rate, now - 50);
        return 0;
    }

    /** A call that started at `sent` got through. */
    passed(now: number, sent: number): void {
        const before = this.#epochPassed;
        this.#epochPassed += 1;
        this.#passedSince += 1;
        this.#latency = Math.min(this.#latency, now - sent);
        if (this.#wall !== undefined) {
            if (sent >= this.#wall.tried) this.#goOn(this.#wall, before, now);
            return;
        }
        if (sent <= this.#news) return;
        // Refusals come sooner than other answers: a call that started before one that was refused does not end a row.
        const row = this.#run.filter((refused) => refused > sent);
        const ended = this.#run.length - row.length;
        if (this.#run.length >= 2 && row.length < 2) this.#heldUntil = Math.min(this.#heldUntil, now);
        this.#usual = (this.#usual * (MEMORY - 1) + ended) / (MEMORY + ended);
        this.#run = row;
        this.#count("passed", now, sent);
    }

    /** A call that started at `sent` was refused. @param retryAfter milliseconds that the service asks to wait */
    refused(now: number, sent: number, retryAfter?: number): void {
        // What the service asks for holds for all calls.
        if (retryAfter !== undefined) this.#asked = Math.max(this.#asked, now + retryAfter);
        if (this.#wall !== undefined) {
            this.#wall.refused = now;
            if (sent < this.#wall.tried) return;
            this.#wall.tried = Infinity;
            this.#heldUntil = now + this.#jitter(Math.min(250 * 2 ** this.#wall.tries, LONGEST_HOLD));
            this.#wall.tries += 1;
            return;
        }
        if (sent <= this.#news) return;
        this.#run.push(sent);
        if (this.#run.length >= this.#wallLength()) this.#stop(now);
        // Perhaps a wall: the next answer tells.
        else if (this.#run.length >= 2) this.#hold(now + 50);
        this.#count("refused", now, sent);
    }

    #wallLength(): number {
        const share = Math.min(0.5, Math.max(this.#noise, this.#usual, 0.01));
        return Math.max(3, Math.ceil(Math.log(1 / BY_CHANCE) / Math.log(share)));
    }

    #stop(now: number): void {
        const inEpoch = now - (this.#epoch ?? now);
        this.#wall = { rate: this.at(now), refused: now, tries: 0, tried: Infinity };
        this.#trial = undefined;
        this.#news = now;
        // Many services count by the second.
        const rest = Number.isFinite(this.#rate) ? 0 : (1000 - inEpoch) / 2;
        this.#hold(now + this.#jitter(Math.max(100, rest)));
    }

    /** A wall is over. @param passed calls that got through before it */
    #goOn(wall: Wall, passed: number, now: number): void {
        const first = !Number.isFinite(wall.rate);
        // It ended somewhere between the last two tries. What a service takes at once, before a second is over, is no rate.
        const span = Math.max(1000, (wall.refused + now) / 2 - (this.#epoch ?? now));
        const got = (passed * 1000) / span;
        // Where the machine was slow, not the service, little got through without a wall.
        const next = Math.max(wall.rate * 0.7, Math.min(wall.rate, got) * 0.95);
        this.#keepTo(first ? Math.max(got, SLOWEST_SEARCH) : next, now);
        this.#searching = first && passed < BELIEVED;
        this.#slow = 4;
        this.#wall = undefined;
        this.#heldUntil = this.#nextStart = this.#epoch = now;
        this.#epochPassed = 1;
    }

    #hold(until: number): void {
        this.#heldUntil = Math.max(this.#heldUntil, until);
    }

    // Many clients of one account must not come back at once.
    #jitter(milliseconds: number): number {
        return milliseconds * (0.8 + 0.4 * this.#random());
    }

    #keepTo(rate: number, now: number): void {
        this.#rate = Math.max(1, rate);
        this.#since = this.#news = now;
        this.#passedSince = 0;
        this.#run = [];
        this.#usual = this.#noise;
        this.#look = { from: now, passed: 0, refused: 0 };
    }

    #count(what: "passed" | "refused", now: number, sent: number): void {
        if (sent < this.#look.from) return;
        this.#look[what] += 1;
        const { from, passed, refused } = this.#look;
        const calls = passed + refused;
        const alarm =
            !this.#searching &&
            calls >= SHORT_LOOK &&
            this.#trial === undefined &&
            this.#usual > this.#noise + ALARMING;
        const whole = this.#searching ? calls >= SHORT_LOOK : now - from >= LOOK && calls >= LOOK_CALLS;
        if (!whole && !alarm) return;
        this.#judge(refused / calls, (passed * 1000) / Math.max(1, now - from), calls, now);
        this.#look = { from: now, passed: 0, refused: 0 };
    }

    /** @param share part of the calls that was refused @param passed calls a second that got through */
    #judge(share: number, passed: number, calls: number, now: number): void {
        const trial = this.#trial;
        if (trial !== undefined) {
            const congested = share < trial.refused * 0.7;
            if (!congested && !trial.again) {
                // What got through before may have been saved up; what got through now was not.
                this.#trial = { rate: trial.rate, refused: share, passed, again: true };
                this.#keepTo(passed * TRIAL, now);
                return;
            }
            this.#trial = undefined;
            // What is refused of few calls is not refused for their number.
            const noise = congested ? Math.min(share, HABIT) : share;
            this.#noise = Math.min(
                MOST_NOISE,
                !congested && this.#noise === 0 ? noise : (this.#noise + noise) / 2,
            );
            // What little a search has seen is not believed for long.
            this.#slow = congested ? (this.#searching ? 1 : 4) : 0;
            if (congested) this.#searching = false;
            this.#keepTo(congested ? (trial.passed * 0.95) / (1 - this.#noise) : trial.rate, now);
            return;
        }
        const spread = 2 * Math.sqrt((this.#noise * (1 - this.#noise)) / calls);
        const suspicious = this.#searching ? SEARCH_SUSPICIOUS : Math.max(SUSPICIOUS, 2.5 / calls);
        if (share > this.#noise + suspicious + spread) {
            this.#trial = { rate: this.at(now), refused: share, passed, again: false };
            this.#keepTo(passed * TRIAL, now);
        } else {
            // Something else holds us back.
            if (this.#searching && passed / (1 - share) < this.at(now) / 2) {
                this.#searching = false;
                this.#rate = Infinity;
            }
            this.#noise = Math.min(this.#noise, this.#noise * 0.8 + share * 0.2);
        }
    }
}
