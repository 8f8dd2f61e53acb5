/** At most so many at once; the rest wait in line. */
export class Limit {
    private free: number;
    private readonly line: (() => void)[] = [];

    constructor(count: number) {
        this.free = count;
    }

    async run<Result>(work: () => Promise<Result>): Promise<Result> {
        if (this.free > 0) this.free -= 1;
        else await new Promise<void>((resolve) => this.line.push(resolve));
        try {
            return await work();
        } finally {
            const next = this.line.shift();
            if (next) next();
            else this.free += 1;
        }
    }

    /** Does all; the first failure is thrown once the others have come to rest. */
    async all<Item>(items: readonly Item[], work: (item: Item) => Promise<void>): Promise<void> {
        const results = await Promise.allSettled(items.map((item) => this.run(() => work(item))));
        const failed = results.find((result) => result.status === "rejected");
        if (failed) throw failed.reason;
    }
}
