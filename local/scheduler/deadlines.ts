import type { Instant } from "../model/instant";

/** The instants at which something is to be looked at again: a binary heap, one entry a subject and instant. */
export class Deadlines {
    private readonly heap: { subject: string; at: Instant }[] = [];
    private readonly earliest = new Map<string, Instant>();

    /** A later instant than the one already waiting is left out: the subject is asked again when it is looked at. */
    add(subject: string, at: Instant): void {
        const known = this.earliest.get(subject);
        if (known !== undefined && known <= at) return;
        this.earliest.set(subject, at);
        this.heap.push({ subject, at });
        this.up(this.heap.length - 1);
    }

    next(): Instant | undefined {
        this.dropStale();
        return this.heap[0]?.at;
    }

    /** Takes out what is due by then. */
    due(now: Instant): string[] {
        const subjects: string[] = [];
        for (;;) {
            this.dropStale();
            const first = this.heap[0];
            if (!first || first.at > now) return subjects;
            this.pop();
            this.earliest.delete(first.subject);
            subjects.push(first.subject);
        }
    }

    /** An entry that a nearer one replaced. */
    private dropStale(): void {
        for (;;) {
            const first = this.heap[0];
            if (!first || this.earliest.get(first.subject) === first.at) return;
            this.pop();
        }
    }

    private pop(): void {
        const tail = this.heap.pop();
        if (tail === undefined || this.heap.length === 0) return;
        this.heap[0] = tail;
        this.down(0);
    }

    private at(index: number): Instant {
        return this.heap[index]?.at ?? Infinity;
    }

    private swap(left: number, right: number): void {
        const [a, b] = [this.heap[left], this.heap[right]];
        if (!a || !b) return;
        this.heap[left] = b;
        this.heap[right] = a;
    }

    private up(index: number): void {
        for (let at = index; at > 0;) {
            const parent = (at - 1) >> 1;
            if (this.at(parent) <= this.at(at)) return;
            this.swap(parent, at);
            at = parent;
        }
    }

    private down(index: number): void {
        for (let at = index; ;) {
            const [left, right] = [2 * at + 1, 2 * at + 2];
            const least = this.at(right) < this.at(left) ? right : left;
            if (this.at(least) >= this.at(at)) return;
            this.swap(least, at);
            at = least;
        }
    }
}
