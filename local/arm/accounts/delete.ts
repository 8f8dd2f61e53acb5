import { findAccount } from "../lookup";
import { accepted } from "../longRunning";
import { deleteAccountOf } from "../deletion";
import type { ArmOperation } from "../services";

export const deleteAccount: ArmOperation = {
    id: "BatchAccount_Delete",
    method: "DELETE",
    path: "/subscriptions/:subscriptionId/resourceGroups/:resourceGroupName/providers/Microsoft.Batch/batchAccounts/:accountName",
    handle(call, services) {
        const account = findAccount(call, services);
        if ("refused" in account) return { status: 204 };
        deleteAccountOf(account.key, services);
        return accepted(call, {
            what: "account",
            is: "going",
            key: account.key,
            createdAt: account.createdAt,
        });
    },
};
