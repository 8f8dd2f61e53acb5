import { refuse } from "../http/operation";
import type { ArmCall, Refused } from "../http/operation";
import type { AccountRecord, ResourceRecord } from "../model/account";
import { idKey, recordKey } from "../model/ids";
import type { PoolRecord } from "../model/pool";
import { deny, resourceGroupNotFound, resourceNotFound } from "./refusals";
import { idKeyOf } from "./resourceId";
import type { ArmServices } from "./services";

export const groupType = "microsoft.resources/resourcegroups";

export function groupKey(subscription: string, name: string): string {
    return `/subscriptions/${subscription}/resourcegroups/${name}`.toLowerCase();
}

export function checkSubscription(subscription: string, services: ArmServices): Refused | undefined {
    const known = services.identity.subscriptionId;
    if (subscription.toLowerCase() === known.toLowerCase()) return undefined;
    if (!/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(subscription)) {
        return deny(
            "InvalidSubscriptionId",
            `The provided subscription identifier '${subscription}' is malformed or invalid.`,
        );
    }
    return refuse("SubscriptionNotFound", {
        message: `The subscription '${subscription}' could not be found.`,
    });
}

export function findGroup(
    subscription: string,
    name: string,
    services: ArmServices,
): ResourceRecord | Refused {
    return services.store.resources.get(groupKey(subscription, name)) ?? resourceGroupNotFound(name);
}

/** The Batch account that the path names. */
export function findAccount(call: ArmCall, services: ArmServices): AccountRecord | Refused {
    const { accountName = "", resourceGroupName = "" } = call.params;
    const account = services.store.accounts.get(idKey(accountName));
    if (account && idKey(account.resourceGroup) === idKey(resourceGroupName)) return account;
    return resourceNotFound("Microsoft.Batch/batchAccounts", accountName, resourceGroupName);
}

/** As `findAccount`, for what is to be made in it. */
export function parentAccount(call: ArmCall, type: string, services: ArmServices): AccountRecord | Refused {
    const account = findAccount(call, services);
    if (!("refused" in account)) {
        if (account.provisioningState !== "Deleting") return account;
        return refuse("OperationInvalidForCurrentState", { message: "The Batch account is being deleted." });
    }
    const { subscriptionId = "", resourceGroupName = "", accountName = "" } = call.params;
    const parent = `/subscriptions/${subscriptionId}/resourceGroups/${resourceGroupName}/providers/Microsoft.Batch/batchAccounts/${accountName}`;
    return parentNotFound(type, parent);
}

export function parentNotFound(type: string, parent: string): Refused {
    return deny(
        "ParentResourceNotFound",
        `Failed to perform 'write' on resource(s) of type '${type}', because the parent resource '${parent}' could not be found.`,
    );
}

export function findPool(call: ArmCall, account: AccountRecord, services: ArmServices): PoolRecord | Refused {
    return (
        services.store.pools.get(recordKey(account.key, call.params["poolName"] ?? "")) ??
        refuse("PoolNotFound")
    );
}

/** Something that lies below an account as a record of its own: application, package, private endpoint connection. */
export function below(account: AccountRecord, ...parts: string[]): string {
    return idKeyOf([account.armId, ...parts].join("/"));
}

export function findStorageAccount(id: string, services: ArmServices): ResourceRecord | undefined {
    const found = services.store.resources.get(idKeyOf(id));
    return found?.type === "microsoft.storage/storageaccounts" ? found : undefined;
}

/** Whether anything of that id is here, whatever part keeps it. */
export function exists(id: string, services: ArmServices): boolean {
    // Storage itself knows its containers; here they are as good as their account.
    const key = idKeyOf(id).replace(
        /(\/storageaccounts\/[^/]+)\/(blob|queue|table|file)services\/default(\/.*)?$/,
        "$1",
    );
    const { resources, accounts, pools } = services.store;
    if (key === "/" || resources.get(key)) return true;
    if (key === `/subscriptions/${services.identity.subscriptionId}`.toLowerCase()) return true;
    const [, account, pool] =
        /\/providers\/microsoft\.batch\/batchaccounts\/([^/]+)(?:\/pools\/([^/]+))?$/.exec(key) ?? [];
    if (account === undefined) return false;
    const record = accounts.get(account);
    if (!record || idKeyOf(record.armId) !== key.replace(/\/pools\/[^/]+$/, "")) return false;
    return pool === undefined || pools.get(recordKey(account, pool)) !== undefined;
}
