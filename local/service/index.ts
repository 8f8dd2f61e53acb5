export { batchPlane } from "./plane";
export type { BatchServices } from "./services";
export { dataPlaneVersions } from "./versions";
export { Delayed } from "./delayed";
