/** Key Vault's data plane: secrets and certificates of the vaults that the resource manager makes. */
export { toPem } from "./certificates/pem";
export { keyVaultPlane } from "./plane";
export { secretResources } from "./resources";
export { openSealer } from "./sealing";
export type { Sealer } from "./sealing";
export { emptyVault, purgeOverdue } from "./shelf";
export { vaultOf, vaultType } from "./vault";
export type { Vault } from "./vault";
