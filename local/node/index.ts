export { openNodeHost } from "./host";
export type { Elevation, NodeHostOptions, NodeLog } from "./options";
export type { TokenProvider } from "./transfer/storage";
export {
    contentTypeOf,
    listFiles,
    openFile,
    removeFile,
    statFile,
    type ByteRange,
    type NodeFile,
} from "./files";
export { CommandLineError, splitCommandLine } from "./commandLine";
