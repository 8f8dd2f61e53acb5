/** One task of a trace. */
export interface TraceTask {
    /** When it is added, in seconds from the start of the simulation. */
    readonly arrival: number;
    /** How long it runs, in seconds. */
    readonly duration: number;
}

/** Tasks, sorted by arrival. */
export type Trace = readonly TraceTask[];

export type TraceShape = "steady" | "burst" | "daily" | "heavy-tailed";
export const TRACE_SHAPES: readonly TraceShape[] = ["steady", "burst", "daily", "heavy-tailed"];

export interface TraceOptions {
    readonly shape: TraceShape;
    readonly tasks: number;
    /** Time over which they arrive, in hours. */
    readonly hours: number;
    /** Average run time, in seconds. @default 300 */
    readonly meanDuration?: number;
    /** The same seed gives the same trace. @default 1 */
    readonly seed?: number;
}

/** A source of chance that gives the same numbers for the same seed (xorshift, 32 bits). */
export function randomSource(seed: number): () => number {
    let state = (Math.imul(Math.trunc(seed) + 1, 0x9e3779b1) ^ 0x85ebca6b) | 0 || 1;
    return () => {
        state ^= state << 13;
        state ^= state >>> 17;
        state ^= state << 5;
        return (state >>> 0) / 4_294_967_296;
    };
}

const DAY = 86_400;

/** Relative number of arrivals at a time of day: little at night, most in the early afternoon. */
function dailyWeight(seconds: number): number {
    const angle = ((seconds % DAY) / DAY) * 2 * Math.PI;
    return 0.05 + Math.max(0, -Math.cos(angle - Math.PI / 12)) ** 1.5;
}

/** Makes a trace of a typical shape. */
export function generateTrace({
    shape,
    tasks,
    hours,
    meanDuration = 300,
    seed = 1,
}: TraceOptions): TraceTask[] {
    const random = randomSource(seed);
    const span = hours * 3600;
    const exponential = (mean: number): number => -Math.log(1 - random()) * mean;
    const arrival = arrivals(shape, tasks, span, random);
    const heavy = shape === "heavy-tailed";
    const result = Array.from({ length: tasks }, (_, index): TraceTask => {
        // Pareto with exponent 1.5: its mean is three times its least value. Cut at a hundred means, as a queue's time limit would.
        const pareto = Math.min(100 * meanDuration, meanDuration / 3 / (1 - random()) ** (1 / 1.5));
        const duration = heavy ? pareto : 0.5 * meanDuration + exponential(0.5 * meanDuration);
        return { arrival: arrival(index), duration: Math.max(1, Math.round(duration)) };
    });
    return result.sort((a, b) => a.arrival - b.arrival);
}

function arrivals(
    shape: TraceShape,
    tasks: number,
    span: number,
    random: () => number,
): (index: number) => number {
    switch (shape) {
        case "burst": {
            // About one burst each six hours, each within a minute.
            const bursts = Math.max(1, Math.round(span / (6 * 3600)));
            return (index) => {
                const burst = Math.floor((index * bursts) / Math.max(1, tasks));
                return Math.floor((burst * span) / bursts + random() * 60);
            };
        }
        case "daily":
            return () => {
                for (;;) {
                    const at = random() * span;
                    if (random() * 1.05 < dailyWeight(at)) return Math.floor(at);
                }
            };
        default:
            return () => Math.floor(random() * span);
    }
}

/** A trace that cannot be read: the line and what is allowed. */
export class TraceError extends Error {}

function seconds(text: string, line: number, column: string): number {
    const value = Number(text);
    if (text !== "" && Number.isFinite(value) && value >= 0) return value;
    throw new TraceError(`line ${line}: ${column} is "${text}"; write seconds, 0 or more.`);
}

/**
 * Reads a trace from CSV with the columns `arrival` and `duration`. Arrivals are seconds from the start, or times such as
 * 2026-01-05T08:00:00Z, of which the first is the start. Throws a TraceError.
 */
export function parseTrace(csv: string): TraceTask[] {
    const lines = csv.split(/\r\n|\r|\n/).map((text, index) => ({ text: text.trim(), line: index + 1 }));
    const [header, ...rows] = lines.filter(({ text }) => text !== "" && !text.startsWith("#"));
    const columns =
        header?.text
            .toLowerCase()
            .split(/[,;\t]/)
            .map((name) => name.trim()) ?? [];
    const [a, d] = [columns.indexOf("arrival"), columns.indexOf("duration")];
    if (a < 0 || d < 0)
        throw new TraceError('line 1: a header with the columns "arrival" and "duration" is needed.');
    const tasks = rows.map(({ text, line }) => {
        const cells = text.split(/[,;\t]/).map((cell) => cell.trim());
        const moment = cells[a] ?? "";
        const absolute = /^\d{4}-\d\d-\d\dT/.test(moment);
        const arrival = absolute ? Date.parse(moment) / 1000 : seconds(moment, line, "arrival");
        if (Number.isNaN(arrival))
            throw new TraceError(`line ${line}: arrival is "${moment}"; that is no time.`);
        return { arrival, duration: seconds(cells[d] ?? "", line, "duration"), absolute };
    });
    const start = tasks.some(({ absolute }) => absolute)
        ? tasks.reduce((least, { arrival }) => Math.min(least, arrival), Infinity)
        : 0;
    return tasks
        .map(({ arrival, duration }) => ({ arrival: arrival - start, duration }))
        .sort((x, y) => x.arrival - y.arrival);
}
