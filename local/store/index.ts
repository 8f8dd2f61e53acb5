export { openStore, StoreBroken, StoreTooNew } from "./sqlite/open";
export type * from "./store";
