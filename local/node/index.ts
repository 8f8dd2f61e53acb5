export { openNodeHost } from "./host";
export type { Elevation, NodeHostOptions, NodeLog } from "./options";
export type { TokenProvider } from "./transfer/storage";
export { CommandLineError, splitCommandLine } from "./commandLine";
