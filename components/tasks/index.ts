export {
    combinations,
    fromJsonLines,
    generate,
    perFile,
    product,
    range,
    repeat,
    sweep,
    taskId,
    withMerge,
    zip,
} from "./sources";
export type { Parameters, ParameterValue, ParameterValues, Range, TaskMaker, TaskTemplate } from "./sources";
export { perBlob } from "./blobs";
export type { BlobsOptions } from "./blobs";
export { MissingParameterError } from "./template";
