import type { ArmOperation } from "../services";

const row = (name: string, resource: string, operation: string) => ({
    name: `Microsoft.Batch/${name}`,
    isDataAction: false,
    display: { provider: "Microsoft Batch", resource, operation, description: operation },
});

const rows = [
    row("batchAccounts/read", "Batch Account", "List or Get Batch Accounts"),
    row("batchAccounts/write", "Batch Account", "Create or Update Batch Account"),
    row("batchAccounts/delete", "Batch Account", "Delete Batch Account"),
    row("batchAccounts/listkeys/action", "Batch Account", "List Batch Account Keys"),
    row("batchAccounts/regeneratekeys/action", "Batch Account", "Regenerate Batch Account Keys"),
    row("batchAccounts/syncAutoStorageKeys/action", "Batch Account", "Synchronize Auto Storage Keys"),
    row("batchAccounts/applications/read", "Application", "List or Get Applications"),
    row("batchAccounts/applications/write", "Application", "Create or Update Application"),
    row("batchAccounts/applications/delete", "Application", "Delete Application"),
    row("batchAccounts/applications/versions/read", "Application Package", "Get Application Package"),
    row(
        "batchAccounts/applications/versions/write",
        "Application Package",
        "Create or Update Application Package",
    ),
    row("batchAccounts/applications/versions/delete", "Application Package", "Delete Application Package"),
    row(
        "batchAccounts/applications/versions/activate/action",
        "Application Package",
        "Activate Application Package",
    ),
    row("batchAccounts/pools/read", "Pool", "List or Get Pools"),
    row("batchAccounts/pools/write", "Pool", "Create or Update Pool"),
    row("batchAccounts/pools/delete", "Pool", "Delete Pool"),
    row("batchAccounts/pools/stopResize/action", "Pool", "Stop Pool Resize"),
    row("batchAccounts/pools/disableAutoscale/action", "Pool", "Disable Pool AutoScale"),
    row("locations/quotas/read", "Location Quota", "Get Location Quota"),
    row("locations/checkNameAvailability/action", "Name Availability", "Check Name Availability"),
];

export const listOperations: ArmOperation = {
    id: "Operations_List",
    method: "GET",
    path: "/providers/Microsoft.Batch/operations",
    handle: () => ({ status: 200, body: { value: rows } }),
};
