import type { NodeCommand, PackageFile } from "../model/agent";
import { eTagText } from "../model/etag";
import type { Instant } from "../model/instant";
import { idKey, recordKey } from "../model/ids";
import type { JobRecord } from "../model/job";
import type { Stated } from "../model/lifecycle";
import type { NodeRecord, PoolRecord } from "../model/pool";
import type { PackageReference } from "../model/spec";
import type { TaskRecord } from "../model/task";
import type { Store } from "../store/store";
import type { Flight, World } from "./world";

/** What a run asks of the parts that know about storage and packages. */
export interface Resolver {
    /** URL with SAS of a container of the account's linked storage; undefined when the account has none. */
    autoStorageContainer(account: string, container: string): string | undefined;
    /** Where each package is and the directory it goes to; undefined for one that cannot be found. */
    applicationPackage(
        account: string,
        reference: PackageReference,
    ): (PackageFile & { version: string }) | undefined;
    /** ARM id of the pool's identity that has that client id or ARM id; of its only one where none is named. */
    identityOfPool(pool: PoolRecord, named?: string): { id: string } | { fault: string };
    /** The secret of a key vault that an address means, here or on Azure, on its endpoint here. */
    vaultSecret(address: string): { url: string; vault: string; name: string } | { fault: string };
    /** `https://127.0.0.1:PORT` of the account's data plane. */
    accountUrl(account: string): string;
}

export interface Settings {
    /** Simulated milliseconds from creating to starting; 0 by default. */
    resizeDelay: number;
    /** Simulated milliseconds from starting until it is up; 0 by default. */
    bootDelay: number;
    /** Real milliseconds a simulated one takes is 1/speed; a process's own wall clock is never scaled. */
    speed: number;
}

/** One look at the world: an instant, what is known, and what is to be done about it. No clock, no process, no timer. */
export class Turn {
    readonly commands: NodeCommand[] = [];
    /** Stopped before they had a process: the end of the turn's step ends them. */
    readonly waitingStopped: Flight[] = [];
    private readonly touched = {
        pools: new Set<string>(),
        jobs: new Set<string>(),
        schedules: new Set<string>(),
    };
    private readonly deadlines: { subject: string; at: Instant }[] = [];

    constructor(
        readonly now: Instant,
        readonly store: Store,
        readonly world: World,
        readonly resolve: Resolver,
        readonly settings: Settings,
    ) {}

    /** Look at it again in this turn. */
    touchPool(key: string): void {
        this.touched.pools.add(key);
    }

    touchJob(key: string): void {
        this.touched.jobs.add(key);
    }

    touchSchedule(key: string): void {
        this.touched.schedules.add(key);
    }

    takeTouched(): { kind: "pool" | "job" | "schedule"; key: string } | undefined {
        for (const [kind, keys] of [
            ["schedule", this.touched.schedules],
            ["job", this.touched.jobs],
            ["pool", this.touched.pools],
        ] as const) {
            for (const key of keys) {
                keys.delete(key);
                return { kind, key };
            }
        }
        return undefined;
    }

    /** Look at the subject (`pool:KEY`, `job:KEY`, `schedule:KEY`) again at that instant. */
    wakeAt(subject: string, at: Instant | undefined): void {
        if (at !== undefined && Number.isFinite(at)) this.deadlines.push({ subject, at });
    }

    takeDeadlines(): readonly { subject: string; at: Instant }[] {
        return this.deadlines;
    }

    do(command: NodeCommand): void {
        this.commands.push(command);
    }

    /** Moves a record to a state, stamped; the same state changes nothing. */
    moved<R extends Stated<string>>(record: R, state: R["state"]): R {
        if (record.state === state) return record;
        return {
            ...record,
            state,
            stateTransitionTime: this.now,
            previousState: record.state,
            previousStateTransitionTime: record.stateTransitionTime,
        };
    }

    putJob(before: JobRecord, after: JobRecord, cause: string): void {
        this.store.jobs.put({ ...after, lastModified: this.now, eTag: eTagText(this.store.nextNumber()) });
        this.note(before.key, before.state, after.state, cause);
    }

    putPool(pool: PoolRecord): void {
        this.store.pools.put({ ...pool, eTag: eTagText(this.store.nextNumber()) });
    }

    putNode(before: NodeRecord, after: NodeRecord, cause: string): NodeRecord {
        const stamped = before.state === after.state ? after : { ...after, stateTransitionTime: this.now };
        this.store.nodes.put(stamped);
        this.note(before.key, before.state, after.state, cause);
        return stamped;
    }

    putTask(before: TaskRecord, after: TaskRecord, job: string, cause: string): void {
        this.store.tasks.update(after);
        this.note(`${job}/${idKey(before.id)}`, before.state, after.state, cause);
    }

    note(subject: string, from: string | undefined, to: string, cause: string): void {
        if (from !== to)
            this.store.journal({ at: this.now, subject, ...(from !== undefined && { from }), to, cause });
    }

    poolOf(node: NodeRecord): PoolRecord | undefined {
        return this.store.pools.get(recordKey(node.account, node.pool));
    }
}
