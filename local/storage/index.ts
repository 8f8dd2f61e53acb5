export { Blobs, type BlobFacts, type PutOptions } from "./blobs";
export type { Certificate, Ports, StorageAccount, Trust } from "./messages";
export type { SignatureOptions } from "./signatures";
export { startStorage, Storage, type StorageExit, type StorageOptions } from "./storage";
