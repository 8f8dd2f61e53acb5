import { jobLifecycle } from "../model/jobLifecycle";
import { move } from "../model/lifecycle";
import { moveAllocation, poolLifecycle } from "../model/poolLifecycle";
import type { PoolRecord } from "../model/pool";
import { scheduleLifecycle } from "../model/scheduleLifecycle";
import { groupType } from "./lookup";
import { openAccount } from "./accounts/open";
import { idKeyOf } from "./resourceId";
import { removeResource } from "./generic/remove";
import type { ArmServices } from "./services";

/** Marks the pool; the scheduler takes its nodes away and then the pool itself. */
export function deletePoolOf(pool: PoolRecord, services: ArmServices): void {
    const now = services.scheduler.now();
    const moved = move(poolLifecycle, pool, "delete", now);
    const resized = moved.record && moveAllocation(moved.record, "delete", now);
    if (!resized?.record) return;
    services.store.pools.put({ ...resized.record, lastModified: now });
    services.scheduler.wake({ pool: pool.key });
}

/** Marks the account and what it holds; it goes when its jobs and pools are gone. */
export function deleteAccountOf(key: string, services: ArmServices): void {
    const account = services.store.accounts.get(key);
    if (!account) return;
    services.store.accounts.put({ ...account, provisioningState: "Deleting" });
    emptyAccount(key, services);
    whenDone(() => finishAccount(key, account.createdAt, services), services);
}

function emptyAccount(key: string, services: ArmServices): void {
    const { store, scheduler } = services;
    const now = scheduler.now();
    for (const schedule of store.schedules.list(key)) {
        const moved = move(scheduleLifecycle, schedule, "delete", now);
        if (moved.record) store.schedules.put(moved.record);
        scheduler.wake({ schedule: schedule.key });
    }
    for (const job of store.jobs.list(key)) {
        const moved = move(jobLifecycle, job, "delete", now);
        if (moved.record) store.jobs.put(moved.record);
        scheduler.wake({ job: job.key });
    }
    for (const pool of store.pools.list(key)) deletePoolOf(pool, services);
}

/** True when nothing is left of it. */
function finishAccount(key: string, createdAt: number, services: ArmServices): boolean | Promise<boolean> {
    const { store } = services;
    const account = store.accounts.get(key);
    if (account?.createdAt !== createdAt) return true;
    // A request that was on its way may still have added something.
    emptyAccount(key, services);
    if (store.pools.count(key) + store.jobs.count(key) + store.schedules.count(key) > 0) return false;
    return services.accounts.close(key).then(() => {
        store.atomically(() => {
            for (const { key: below } of store.resources.list(idKeyOf(account.armId)))
                store.resources.delete(below);
            store.accounts.delete(key);
        });
        return true;
    });
}

/** Marks the group; it goes when everything in it is gone. */
export function deleteGroupOf(key: string, services: ArmServices): void {
    const { store } = services;
    const group = store.resources.get(key);
    if (!group) return;
    store.resources.put({ ...group, body: { ...group.body, properties: { provisioningState: "Deleting" } } });
    whenDone(async () => {
        const present = store.resources.get(key);
        if (present?.createdAt !== group.createdAt) return true;
        const accounts = store.accounts
            .list()
            .filter((account) => idKeyOf(account.armId).startsWith(`${key}/`));
        for (const account of accounts) {
            if (account.provisioningState !== "Deleting") deleteAccountOf(account.key, services);
        }
        if (accounts.length > 0) return false;
        for (const resource of store.resources.list(key)) await removeResource(resource, services);
        store.resources.delete(key);
        return true;
    }, services);
}

const firstWait = 5;
const longestWait = 200;

/** Tries again, ever more slowly, until it is done; a service that ends meanwhile goes on with `resume` when it is back. */
function whenDone(attempt: () => boolean | Promise<boolean>, services: ArmServices): void {
    const again = async (wait: number): Promise<void> => {
        if (services.arm.stopped?.aborted) return;
        if (await attempt()) return;
        setTimeout(() => run(Math.min(wait * 2, longestWait)), wait).unref();
    };
    const run = (wait: number): void => {
        again(wait).catch((error: unknown) => {
            services.log?.error({ err: error }, "a deletion could not go on");
        });
    };
    // Not within the request: what it marked is to be durable first.
    setImmediate(() => run(firstWait));
}

/** Goes on with what a former life left half done. */
export function resume(services: ArmServices): void {
    for (const account of services.store.accounts.list()) {
        if (account.provisioningState === "Creating") openAccount(account.key, services);
        if (account.provisioningState === "Deleting") deleteAccountOf(account.key, services);
    }
    for (const resource of services.store.resources.list()) {
        const properties = resource.body["properties"] as { provisioningState?: string } | undefined;
        if (resource.type === groupType && properties?.provisioningState === "Deleting")
            deleteGroupOf(resource.key, services);
    }
}
