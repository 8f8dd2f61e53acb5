export * from "./environment";
export * from "./errorCodes";
export * from "./images";
export * from "./limits";
export * from "./poolProperties";
export * from "./retirements";
export * from "./source";
export * from "./vmSizes";
