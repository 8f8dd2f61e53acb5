import type { DatabaseSync } from "node:sqlite";

/** The disk could not keep what was written; nothing more is accepted. */
export class StoreBroken extends Error {
    constructor(cause: unknown) {
        super(
            `The store could not keep what was written: ${cause instanceof Error ? cause.message : String(cause)}`,
            { cause },
        );
        this.name = "StoreBroken";
    }
}

/**
 * Group commit: the first write of a turn of the event loop begins a transaction, the end of the turn commits it, and all that
 * wait for it are told. With WAL and synchronous=NORMAL a commit is in the page cache: safe against the end of this process.
 */
export class CommitGroup {
    readonly done = { commits: 0, seconds: 0 };
    private open = false;
    private waiters: { resolve: () => void; reject: (problem: Error) => void }[] = [];
    private readonly beforeCommit: (() => void)[] = [];
    private broken: StoreBroken | undefined;

    constructor(private readonly database: DatabaseSync) {}

    onCommit(flush: () => void): void {
        this.beforeCommit.push(flush);
    }

    /** Called before every write. */
    begin(): void {
        if (this.broken) throw this.broken;
        if (this.open) return;
        this.guarded(() => {
            this.database.exec("BEGIN IMMEDIATE");
        });
        this.open = true;
        setImmediate(() => {
            this.commit();
        });
    }

    atomically<T>(work: () => T, undo: () => void): T {
        this.begin();
        this.database.exec("SAVEPOINT work");
        try {
            const result = work();
            this.database.exec("RELEASE work");
            return result;
        } catch (problem) {
            this.database.exec("ROLLBACK TO work; RELEASE work");
            undo();
            throw problem;
        }
    }

    committed(): Promise<void> {
        if (this.broken) return Promise.reject(this.broken);
        if (!this.open) return Promise.resolve();
        return new Promise((resolve, reject) => {
            this.waiters.push({ resolve, reject });
        });
    }

    commit(): void {
        if (!this.open) return;
        const waiters = this.waiters;
        this.waiters = [];
        this.open = false;
        const began = performance.now();
        try {
            this.guarded(() => {
                for (const flush of this.beforeCommit) flush();
                this.database.exec("COMMIT");
            });
            this.done.commits += 1;
            this.done.seconds += (performance.now() - began) / 1000;
        } catch (problem) {
            for (const waiter of waiters) waiter.reject(problem as StoreBroken);
            return;
        }
        for (const waiter of waiters) waiter.resolve();
    }

    private guarded(work: () => void): void {
        try {
            work();
        } catch (problem) {
            this.broken = new StoreBroken(problem);
            throw this.broken;
        }
    }
}
