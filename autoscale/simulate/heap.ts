/** Values by time, earliest first. Plain arrays: a simulation passes hundreds of thousands of events through it. */
export class EventHeap<T> {
    private readonly times: number[] = [];
    private readonly values: T[] = [];

    get next(): number {
        return this.times[0] ?? Infinity;
    }

    add(time: number, value: T): void {
        const { times, values } = this;
        let at = times.length;
        times.push(time);
        values.push(value);
        while (at > 0) {
            const parent = (at - 1) >> 1;
            if ((times[parent] as number) <= time) break;
            times[at] = times[parent] as number;
            values[at] = values[parent] as T;
            at = parent;
        }
        times[at] = time;
        values[at] = value;
    }

    take(): T | undefined {
        const { times, values } = this;
        const first = values[0];
        const time = times.pop();
        const value = values.pop();
        if (times.length === 0 || time === undefined) return first;
        let at = 0;
        for (;;) {
            let child = 2 * at + 1;
            if (child >= times.length) break;
            if (child + 1 < times.length && (times[child + 1] as number) < (times[child] as number)) child++;
            if ((times[child] as number) >= time) break;
            times[at] = times[child] as number;
            values[at] = values[child] as T;
            at = child;
        }
        times[at] = time;
        values[at] = value as T;
        return first;
    }
}
