import { findAccount } from "../lookup";
import { page } from "../paging";
import type { ArmOperation } from "../services";
import { idKey } from "../../model/ids";
import { shownAccount } from "./shownAccount";

const provider = "providers/Microsoft.Batch/batchAccounts";
const group = "/subscriptions/:subscriptionId/resourceGroups/:resourceGroupName";

export const getAccount: ArmOperation = {
    id: "BatchAccount_Get",
    method: "GET",
    path: `${group}/${provider}/:accountName`,
    handle(call, services) {
        const account = findAccount(call, services);
        if ("refused" in account) return account;
        return { status: 200, body: shownAccount(account, services) };
    },
};

export const listAccounts: ArmOperation = {
    id: "BatchAccount_List",
    method: "GET",
    path: `/subscriptions/:subscriptionId/${provider}`,
    handle: (call, services) =>
        page(call, services.store.accounts.list(), (account) => shownAccount(account, services)),
};

export const listAccountsOfGroup: ArmOperation = {
    id: "BatchAccount_ListByResourceGroup",
    method: "GET",
    path: `${group}/${provider}`,
    handle(call, services) {
        const name = idKey(call.params["resourceGroupName"] ?? "");
        const accounts = services.store.accounts
            .list()
            .filter((account) => idKey(account.resourceGroup) === name);
        return page(call, accounts, (account) => shownAccount(account, services));
    },
};
