import { refuse } from "../../http/operation";
import { newETag } from "../etag";
import { findAccount } from "../lookup";
import { merge, objectOf } from "../merge";
import type { ArmOperation } from "../services";
import { settingsOf } from "./settings";
import { shownAccount } from "./shownAccount";

export const updateAccount: ArmOperation = {
    id: "BatchAccount_Update",
    method: "PATCH",
    path: "/subscriptions/:subscriptionId/resourceGroups/:resourceGroupName/providers/Microsoft.Batch/batchAccounts/:accountName",
    body: "BatchAccountUpdateParameters",
    handle(call, services) {
        const account = findAccount(call, services);
        if ("refused" in account) return account;
        if (account.provisioningState !== "Succeeded") {
            return refuse("OperationInvalidForCurrentState", {
                message: `The Batch account is ${account.provisioningState.toLowerCase()}; it cannot be updated now.`,
            });
        }
        const body = objectOf(call.body);
        const properties = objectOf(body["properties"]);
        // What a patch leaves out of an object stays as it is; null takes it out.
        const whole = { ...body, properties: { ...properties } };
        for (const name of ["encryption", "networkProfile", "autoStorage"] as const) {
            const old = name === "autoStorage" ? account.autoStorage : account.declared[name];
            const given = properties[name];
            if (given !== null && given !== undefined) {
                Object.assign(whole.properties, { [name]: merge(objectOf(old), objectOf(given)) });
            }
        }
        const settings = settingsOf(whole, account, services);
        if ("refused" in settings) return settings;
        const record = { ...account, ...settings, lastModified: call.now, eTag: newETag(services.store) };
        services.store.accounts.put(record);
        return { status: 200, body: shownAccount(record, services) };
    },
};
