// The pace of submission against simulated services of every kind: how much of their limit it uses, and how many calls they refuse.
import assert from "node:assert/strict";
import fc from "fast-check";
import { Pace } from "../../client/submission/pace";
import { randomNumbers } from "../../local/model/chance";
import { changing, fixedWindow, simulate, tokenBucket } from "./simulatedService";
import type { Rule, Simulated, Simulation } from "./simulatedService";

// What is said of chance holds for nearly all seeds: the tests see the same ones in every run.
const seeds = fc.integer({ min: 0, max: 1_000_000 });

function run(seed: number, options: Omit<Simulation, "random">): Simulated {
    const random = randomNumbers(seed);
    return simulate(new Pace({}, random), { ...options, random });
}

/** What part of a limit was used. */
const partOf = (limit: number, { passed, milliseconds }: Simulated): number =>
    passed / ((limit * milliseconds) / 1000);

const refusedPart = ({ refused, passed, byChance }: Simulated): number =>
    refused / (refused + passed + byChance);

function check<T extends [unknown, ...unknown[]]>(
    arbitraries: { [I in keyof T]: fc.Arbitrary<T[I]> },
    test: (...values: [...T, seed: number]) => void,
    numRuns = 60,
): void {
    const values = fc.tuple<[...T, number]>(...arbitraries, seeds);
    fc.assert(
        fc.property(values, (one) => test(...one)),
        { numRuns, seed: 7 },
    );
}

describe("requests at once", () => {
    it("grow while latency holds, up to their bound", () => {
        const pace = new Pace({ initial: 4, max: 32 });
        for (let now = 0; now < 100; now++) pace.answered(now + 30, now, pace.limit);
        assert.equal(pace.limit, 32);
    });

    it("are never as many as the service asks not to reach", () => {
        const pace = new Pace({ initial: 500, max: 500 });
        for (let now = 0; now < 1000; now++) pace.answered(now + 500, now, pace.limit);
        assert.ok(pace.limit < 100);
    });

    it("stop to grow when latency rises, and do not grow when they are not used", () => {
        const pace = new Pace({ initial: 4 });
        pace.answered(10, 0, 1);
        assert.equal(pace.limit, 4);
        for (let now = 0; now < 100; now++) pace.answered(now + 200, now, pace.limit);
        assert.ok(pace.limit <= 4);
    });

    it("stay few where answers come at once, and fewer until there have been many", () => {
        const pace = new Pace();
        for (let now = 0; now < 199; now++) pace.answered(now + 1, now, pace.limit);
        assert.equal(pace.limit, 8);
        for (let now = 199; now < 1000; now++) pace.answered(now + 1, now, pace.limit);
        assert.equal(pace.limit, 16);
    });
});

describe("calls a second", () => {
    const limits = fc.integer({ min: 50, max: 1000 });
    const latencies = fc.integer({ min: 1, max: 20 });

    // Milliseconds until a call is refused: services refuse at once, some as late as they take.
    const refusals = fc.option(fc.double({ min: 0.2, max: 3, noNaN: true }), { nil: undefined });

    // The calls under way when a limit is met for the first time are refused whatever is done.
    const STARTED = 64;

    // A bucket does not refuse in a row, and a small one tells little at the start: both take longer to find out.
    const rules: [string, number, number, (limit: number, seed: number) => Rule][] = [
        ["counts the calls of each second", 0.8, 0.04, (limit, seed) => fixedWindow(limit, seed % 1000)],
        ["refills a bucket of a second's calls", 0.65, 0.05, (limit) => tokenBucket(limit, limit)],
        ["refills a small bucket", 0.5, 0.05, (limit) => tokenBucket(limit, Math.ceil(limit / 10))],
    ];
    for (const [what, used, lost, rule] of rules) {
        it(`find the limit of a service that ${what}, with few refusals`, () => {
            check([limits, latencies, refusals], (limit, latency, refusalLatency, seed) => {
                const calls = limit * 20;
                const seen = run(seed, { rule: rule(limit, seed), latency, refusalLatency, calls });
                assert.ok(partOf(limit, seen) >= used, `${partOf(limit, seen)} of the limit`);
                assert.ok(
                    seen.refused <= lost * calls + STARTED,
                    `${seen.refused} refused of ${calls + seen.refused}`,
                );
            });
        });
    }

    it("are refused in fewer than a twentieth on the way to a limit of a hundred, wherever its seconds begin", () => {
        const runs = [undefined, 0.5].flatMap((refusalLatency) =>
            Array.from({ length: 40 }, (_, index) =>
                run(index, { rule: fixedWindow(100, index * 25), latency: 5, refusalLatency, calls: 1000 }),
            ),
        );
        const mean = (of: (seen: Simulated) => number): number =>
            runs.reduce((sum, seen) => sum + of(seen), 0) / runs.length;
        assert.ok(mean((seen) => partOf(100, seen)) >= 0.9);
        assert.ok(mean(refusedPart) < 0.045, `${100 * mean(refusedPart)} % refused`);
        assert.ok(runs.every((seen) => refusedPart(seen) < 0.07));
    });

    it("follow a limit that falls, and one that rises", () => {
        check(
            [fc.integer({ min: 100, max: 300 }), latencies, refusals],
            (limit, latency, refusalLatency, seed) => {
                const [low, high] = [fixedWindow(limit), fixedWindow(limit * 3)];
                for (const [before, after, then] of [
                    [low, high, limit * 3],
                    [high, low, limit],
                ] as const) {
                    const rule = changing(8000, before, after);
                    const seen = run(seed, { rule, latency, refusalLatency, calls: limit * 50 });
                    const late = seen.arrivals.filter((at) => at >= seen.milliseconds - 3000).length / 3;
                    assert.ok(late >= 0.75 * then, `${late} calls a second of ${then} at the end`);
                }
            },
        );
    });

    it("are not made few by refusals that have nothing to do with their number", () => {
        check(
            [fc.integer({ min: 1, max: 12 }), fc.integer({ min: 5, max: 40 }), refusals],
            (percent, latency, refusalLatency, seed) => {
                const free = run(seed, { rule: () => true, latency, calls: 6000 });
                const noise = percent / 100;
                const seen = run(seed, { rule: () => true, latency, refusalLatency, calls: 6000, noise });
                assert.ok(
                    seen.milliseconds <= 12 * free.milliseconds,
                    `${percent} % refused: ${seen.milliseconds} ms, none refused: ${free.milliseconds} ms`,
                );
            },
        );
    });

    it("find a limit amid refusals that have nothing to do with it", () => {
        check([limits, latencies, refusals], (limit, latency, refusalLatency, seed) => {
            const calls = limit * 20;
            const rule = fixedWindow(limit, seed % 1000);
            const seen = run(seed, { rule, latency, refusalLatency, calls, noise: 0.08 });
            assert.ok(partOf(limit, seen) >= 0.3, `${partOf(limit, seen)} of the limit`);
            assert.ok(seen.refused <= 0.1 * calls + STARTED, `${seen.refused} refused`);
        });
    });

    it("wait as long as the service asks, all of them", () => {
        check([limits, latencies], (limit, latency, seed) => {
            const rule = tokenBucket(limit, limit);
            let refusedAt = -Infinity;
            const early: number[] = [];
            const watched: Rule = (now) => {
                // Calls that were under way when the refusal came are no matter.
                if (now > refusedAt + latency * 1.2 && now < refusedAt + 1500) early.push(now - refusedAt);
                const taken = rule(now);
                if (!taken) refusedAt = now;
                return taken;
            };
            run(seed, { rule: watched, latency, calls: limit * 5, retryAfter: 1500 });
            assert.deepEqual(early, []);
        });
    });

    it("do not take many refusals of calls that were under way together for many", () => {
        const pace = new Pace({ initial: 64 }, () => 0.5);
        for (let at = 0; at < 64; at++) assert.equal(pace.claim(0), 0);
        for (let at = 0; at < 64; at++) pace.refused(10 + at, 0, undefined);
        // The wait is that of one refusal, and one call finds out.
        const next = 74 + pace.claim(74);
        assert.ok(next <= 1100, String(next));
        assert.equal(pace.claim(next), 0);
        assert.ok(pace.claim(next) > 0);
        pace.answered(next + 5, next, 1);
        assert.equal(pace.claim(next + 5), 0);
    });

    it("let another call find out when the one that should gets no answer", () => {
        const pace = new Pace({}, () => 0.5);
        for (let at = 0; at < 8; at++) pace.claim(0);
        for (let at = 0; at < 8; at++) pace.refused(10, 0, undefined);
        let now = 10 + pace.claim(10);
        assert.equal(pace.claim(now), 0);
        now += pace.claim(now);
        assert.ok(now < 5000);
        assert.equal(pace.claim(now), 0);
    });
});
