export * from "./jobs";
export * from "./nodes";
export * from "./pools";
export * from "./schedules";
export * from "./shared";
export * from "./tasks";
export * from "./virtualMachines";
