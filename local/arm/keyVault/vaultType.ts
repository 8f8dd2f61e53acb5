export const vaultType = "microsoft.keyvault/vaults";
