// The one entry that the state of every deployment requires, for ever: names and shapes here only grow.
import type { BatchSignIn } from "../../client";
import * as jobs from "./job";
import * as schedules from "./jobSchedule";
import * as tasks from "./task";
import * as collections from "./taskCollection";
import * as waits from "./taskWait";
import * as files from "./uploadedFiles";
import * as downloads from "./downloadedFiles";
import * as rollouts from "./poolRollout";
import * as packages from "./applicationPackage";
import { endWithEngine } from "./engine";
import { differs } from "./known";

export { configure } from "./connections";

// Only a provider's process has the engine's address there.
if (/dynamic-provider/.test(process.argv[1] ?? "")) endWithEngine(process.argv[2]);

interface SignedIn {
    readonly batchCredentials?: BatchSignIn;
}

interface Found {
    readonly changes: boolean;
}

const methods = <
    M extends { remove: unknown; diff: (id: string, olds: never, news: never) => Found | Promise<Found> },
>({
    remove,
    diff,
    ...others
}: M): Omit<M, "remove" | "diff"> & { diff: M["diff"]; delete: M["remove"] } => ({
    ...others,
    // Who signs in next time is kept with the resource.
    diff: ((id: string, olds: SignedIn, news: SignedIn) => {
        const found = diff(id, olds as never, news as never);
        if (!differs(olds.batchCredentials, news.batchCredentials)) return found;
        const all = (one: Found): Found => ({ ...one, changes: true });
        return found instanceof Promise ? found.then(all) : all(found);
    }) as M["diff"],
    delete: remove,
});

export const job = methods(jobs);
export const jobSchedule = methods(schedules);
export const task = methods(tasks);
export const taskCollection = methods(collections);
export const taskWait = methods(waits);
export const uploadedFiles = methods(files);
export const poolRollout = methods(rollouts);
export const applicationPackage = methods(packages);
export const downloadedFiles = methods(downloads);
