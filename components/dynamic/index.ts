// The one entry that the state of every deployment requires, for ever: names and shapes here only grow.
import * as jobs from "./job";
import * as collections from "./taskCollection";
import * as waits from "./taskWait";
import * as files from "./uploadedFiles";

export { configure } from "./connections";

const methods = <M extends { remove: unknown }>({
    remove,
    ...others
}: M): Omit<M, "remove"> & { delete: M["remove"] } => ({
    ...others,
    delete: remove,
});

export const job = methods(jobs);
export const taskCollection = methods(collections);
export const taskWait = methods(waits);
export const uploadedFiles = methods(files);
