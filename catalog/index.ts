export * from "./environment";
export * from "./errorCodes";
export * from "./limits";
export * from "./poolProperties";
export * from "./source";
