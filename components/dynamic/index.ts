// The one entry that the state of every deployment requires, for ever: names and shapes here only grow.
import * as jobs from "./job";
import * as schedules from "./jobSchedule";
import * as tasks from "./task";
import * as collections from "./taskCollection";
import * as waits from "./taskWait";
import * as files from "./uploadedFiles";
import * as packages from "./applicationPackage";
import { endWithEngine } from "./engine";

export { configure } from "./connections";

// Only a provider's process has the engine's address there.
if (/dynamic-provider/.test(process.argv[1] ?? "")) endWithEngine(process.argv[2]);

const methods = <M extends { remove: unknown }>({
    remove,
    ...others
}: M): Omit<M, "remove"> & { delete: M["remove"] } => ({
    ...others,
    delete: remove,
});

export const job = methods(jobs);
export const jobSchedule = methods(schedules);
export const task = methods(tasks);
export const taskCollection = methods(collections);
export const taskWait = methods(waits);
export const uploadedFiles = methods(files);
export const applicationPackage = methods(packages);
