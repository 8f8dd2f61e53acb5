import type { Vector } from "./values";

/** Samples of one metric in a span of time, oldest first. */
export interface SampleRange {
    readonly values: Vector;
    /** Time of the oldest of them in milliseconds since 1970; not used when there is none. */
    readonly firstTime: number;
}

/**
 * Where a formula reads its samples. A live service implements this over its own store: each call names what is read, so nothing
 * else needs to be loaded. Metric names carry their `$`; times are milliseconds since 1970; an unknown metric has no samples.
 */
export interface Samples {
    /** Samples with `from <= time <= to`. */
    range(metric: string, from: number, to: number): SampleRange;
    /** Values of the newest `count` samples with `time <= until`, oldest first. */
    latest(metric: string, count: number, until: number): Vector;
    /** Number of samples with `time <= until`. */
    count(metric: string, until: number): number;
    /** Time of the oldest sample, undefined when there is none. */
    begin(metric: string): number | undefined;
}

/** One sample as files and services write it. */
export interface Sample {
    readonly time: string | number | Date;
    readonly value: number;
}

const NOTHING = new Float64Array(0);

/** Samples of one metric, sorted by time; ranges are views, not copies. */
export class SampleSeries {
    private times = new Float64Array(64);
    private samples = new Float64Array(64);
    /** The samples kept are those from `head` up to `end`. */
    private head = 0;
    private end = 0;

    /** Adds a sample; at the end in constant time, else in its place. */
    add(time: number, value: number): void {
        if (this.end === this.times.length) this.makeRoom();
        let at = this.end;
        if (at > this.head && time < (this.times[at - 1] ?? 0)) {
            at = this.after(time);
            // Views handed out before stay as they were: the arrays are replaced, not shifted.
            this.times = this.times.slice();
            this.samples = this.samples.slice();
            this.times.copyWithin(at + 1, at, this.end);
            this.samples.copyWithin(at + 1, at, this.end);
        }
        this.times[at] = time;
        this.samples[at] = value;
        this.end++;
    }

    get begin(): number | undefined {
        return this.end > this.head ? this.times[this.head] : undefined;
    }

    count(until: number): number {
        return this.after(until) - this.head;
    }

    range(from: number, to: number): SampleRange {
        const first = this.before(from);
        const end = this.after(to);
        if (end <= first) return { values: NOTHING, firstTime: NaN };
        return { values: this.samples.subarray(first, end), firstTime: this.times[first] ?? NaN };
    }

    latest(count: number, until: number): Vector {
        const end = this.after(until);
        return this.samples.subarray(Math.max(this.head, end - count), end);
    }

    /** Forgets samples before `time`; their room is used again when the series grows. */
    forget(time: number): void {
        this.head = this.before(time);
    }

    /** Place behind the last sample up to and including `time`. */
    private after(time: number): number {
        let low = this.head;
        let high = this.end;
        while (low < high) {
            const middle = (low + high) >>> 1;
            if ((this.times[middle] ?? Infinity) <= time) low = middle + 1;
            else high = middle;
        }
        return low;
    }

    /** Place of the first sample at or after `time`. */
    private before(time: number): number {
        let low = this.head;
        let high = this.end;
        while (low < high) {
            const middle = (low + high) >>> 1;
            if ((this.times[middle] ?? Infinity) < time) low = middle + 1;
            else high = middle;
        }
        return low;
    }

    private makeRoom(): void {
        const kept = this.end - this.head;
        const times = new Float64Array(Math.max(64, kept * 2));
        const samples = new Float64Array(times.length);
        times.set(this.times.subarray(this.head, this.end));
        samples.set(this.samples.subarray(this.head, this.end));
        this.times = times;
        this.samples = samples;
        this.head = 0;
        this.end = kept;
    }
}

/** Samples kept in memory: a sorted series per metric. */
export class SampleHistory implements Samples {
    private readonly series = new Map<string, SampleSeries>();

    /** Adds one sample; `time` in milliseconds since 1970. */
    add(metric: string, time: number, value: number): void {
        let series = this.series.get(metric);
        if (!series) this.series.set(metric, (series = new SampleSeries()));
        series.add(time, value);
    }

    /** Forgets samples before `time` of all metrics. */
    forget(time: number): void {
        for (const series of this.series.values()) series.forget(time);
    }

    range(metric: string, from: number, to: number): SampleRange {
        return this.series.get(metric)?.range(from, to) ?? { values: NOTHING, firstTime: NaN };
    }

    latest(metric: string, count: number, until: number): Vector {
        return this.series.get(metric)?.latest(count, until) ?? NOTHING;
    }

    count(metric: string, until: number): number {
        return this.series.get(metric)?.count(until) ?? 0;
    }

    begin(metric: string): number | undefined {
        return this.series.get(metric)?.begin;
    }
}

/**
 * Samples from plain data such as a parsed JSON file: `{ "$ActiveTasks": [{ "time": "2026-01-05T08:00:00Z", "value": 12 }] }`.
 * Throws an Error that names the metric and the element which is not a sample.
 */
export function samplesFrom(data: Readonly<Record<string, readonly Sample[]>>): SampleHistory {
    const history = new SampleHistory();
    if (typeof data !== "object" || data === null)
        throw new Error("expected an object with a list of samples for each metric.");
    for (const [metric, samples] of Object.entries(data)) {
        if (!Array.isArray(samples)) throw new Error(`${metric}: expected an array of {"time", "value"}.`);
        const entries = samples.map((sample: Sample, index) => checkedSample(metric, sample, index));
        for (const { time, value } of entries.sort((a, b) => a.time - b.time))
            history.add(metric, time, value);
    }
    return history;
}

function checkedSample(metric: string, sample: Sample, index: number): { time: number; value: number } {
    const time = new Date(sample?.time ?? NaN).getTime();
    if (Number.isNaN(time) || typeof sample.value !== "number") {
        const given = JSON.stringify(sample);
        throw new Error(
            `${metric}[${index}]: ${given} is no sample; write {"time": "2026-01-05T08:00:00Z", "value": 12}.`,
        );
    }
    return { time, value: sample.value };
}
