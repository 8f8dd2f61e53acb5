import { deny } from "../refusals";
import { findAccount } from "../lookup";
import { page } from "../paging";
import type { AccountRecord } from "../../model/account";
import type { ArmOperation } from "../services";

const resources =
    "/subscriptions/:subscriptionId/resourceGroups/:resourceGroupName/providers/Microsoft.Batch/batchAccounts/:accountName/privateLinkResources";

/** The two things of an account that a private endpoint can lead to. */
const groups = ["batchAccount", "nodeManagement"];

const shown = (account: AccountRecord, groupId: string, region: string) => ({
    id: `${account.armId}/privateLinkResources/${groupId}`,
    name: groupId,
    type: "Microsoft.Batch/batchAccounts/privateLinkResources",
    properties: {
        groupId,
        requiredMembers: [groupId],
        requiredZoneNames: [
            groupId === "batchAccount"
                ? "privatelink.batch.azure.com"
                : `${region}.service.privatelink.batch.azure.com`,
        ],
    },
});

export const listPrivateLinks: ArmOperation = {
    id: "PrivateLinkResource_ListByBatchAccount",
    method: "GET",
    path: resources,
    handle(call, services) {
        const account = findAccount(call, services);
        if ("refused" in account) return account;
        const rows = groups.map((key) => ({ key }));
        return page(call, rows, ({ key }) => shown(account, key, services.region));
    },
};

export const getPrivateLink: ArmOperation = {
    id: "PrivateLinkResource_Get",
    method: "GET",
    path: `${resources}/:privateLinkResourceName`,
    handle(call, services) {
        const account = findAccount(call, services);
        if ("refused" in account) return account;
        const name = call.params["privateLinkResourceName"] ?? "";
        const group = groups.find((known) => known.toLowerCase() === name.toLowerCase());
        if (group === undefined)
            return deny("ResourceNotFound", `The private link resource '${name}' was not found.`);
        return { status: 200, body: shown(account, group, services.region) };
    },
};
