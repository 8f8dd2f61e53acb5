import type { ArmCall, Refused } from "../../http/operation";
import type { ResourceRecord } from "../../model/account";
import { below, findAccount } from "../lookup";
import { page } from "../paging";
import { deny } from "../refusals";
import type { ArmOperation, ArmServices } from "../services";

const configurations =
    "/subscriptions/:subscriptionId/resourceGroups/:resourceGroupName/providers/Microsoft.Batch/batchAccounts/:accountName/networkSecurityPerimeterConfigurations";
const path = `${configurations}/:configurationName`;
const since = "2024-07-01";

/** Configurations come with a perimeter's association with the account (see generic/links.ts). */
function find(call: ArmCall, services: ArmServices): ResourceRecord | Refused {
    const account = findAccount(call, services);
    if ("refused" in account) return account;
    const name = call.params["configurationName"] ?? "";
    return (
        services.store.resources.get(below(account, "networkSecurityPerimeterConfigurations", name)) ??
        deny("ResourceNotFound", `The network security perimeter configuration '${name}' was not found.`)
    );
}

const shown = ({ id, name, body }: ResourceRecord) => ({
    id,
    name,
    type: "Microsoft.Batch/batchAccounts/networkSecurityPerimeterConfigurations",
    ...body,
});

export const listConfigurations: ArmOperation = {
    id: "NetworkSecurityPerimeter_ListConfigurations",
    method: "GET",
    path: configurations,
    since,
    handle(call, services) {
        const account = findAccount(call, services);
        if ("refused" in account) return account;
        return page(
            call,
            services.store.resources.list(below(account, "networkSecurityPerimeterConfigurations")),
            shown,
        );
    },
};

export const getConfiguration: ArmOperation = {
    id: "NetworkSecurityPerimeter_GetConfiguration",
    method: "GET",
    path,
    since,
    handle(call, services) {
        const found = find(call, services);
        return "refused" in found ? found : { status: 200, body: shown(found) };
    },
};

export const reconcileConfiguration: ArmOperation = {
    id: "NetworkSecurityPerimeter_ReconcileConfiguration",
    method: "POST",
    path: `${path}/reconcile`,
    since,
    handle(call, services) {
        const found = find(call, services);
        if ("refused" in found) return found;
        // What is declared is in force at once: there is nothing to wait for but the configuration itself.
        return {
            status: 202,
            headers: {
                Location: `${call.origin}${call.url.replace(/\/reconcile(?=\?|$)/i, "")}`,
                "Retry-After": "1",
                "Retry-After-Ms": "50",
            },
        };
    },
};
