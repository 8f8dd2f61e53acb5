import { refuse } from "../../http/operation";
import type { ArmCall, Refused } from "../../http/operation";
import type { ResourceRecord } from "../../model/account";
import { conditionsOf, newETag, shownETag } from "../etag";
import { below, findAccount } from "../lookup";
import { merge, objectOf } from "../merge";
import { page } from "../paging";
import { deny } from "../refusals";
import type { ArmOperation, ArmServices } from "../services";

const connections =
    "/subscriptions/:subscriptionId/resourceGroups/:resourceGroupName/providers/Microsoft.Batch/batchAccounts/:accountName/privateEndpointConnections";
const path = `${connections}/:connectionName`;

/** Connections come with a private endpoint that leads to the account (see generic/links.ts). */
function find(call: ArmCall, services: ArmServices): ResourceRecord | Refused {
    const account = findAccount(call, services);
    if ("refused" in account) return account;
    const name = call.params["connectionName"] ?? "";
    return (
        services.store.resources.get(below(account, "privateEndpointConnections", name)) ??
        deny("ResourceNotFound", `The private endpoint connection '${name}' was not found.`)
    );
}

const shown = ({ id, name, eTag, body }: ResourceRecord) => ({
    id,
    name,
    type: "Microsoft.Batch/batchAccounts/privateEndpointConnections",
    etag: shownETag(eTag),
    ...body,
});

export const listConnections: ArmOperation = {
    id: "PrivateEndpointConnection_ListByBatchAccount",
    method: "GET",
    path: connections,
    handle(call, services) {
        const account = findAccount(call, services);
        if ("refused" in account) return account;
        return page(call, services.store.resources.list(below(account, "privateEndpointConnections")), shown);
    },
};

export const getConnection: ArmOperation = {
    id: "PrivateEndpointConnection_Get",
    method: "GET",
    path,
    handle(call, services) {
        const found = find(call, services);
        return "refused" in found ? found : { status: 200, body: shown(found) };
    },
};

export const updateConnection: ArmOperation = {
    id: "PrivateEndpointConnection_Update",
    method: "PATCH",
    path,
    body: "PrivateEndpointConnection",
    handle(call, services) {
        const found = find(call, services);
        if ("refused" in found) return found;
        const failed = conditionsOf(call, found.eTag);
        if (failed) return failed;
        const asked = objectOf(
            objectOf(objectOf(call.body)["properties"])["privateLinkServiceConnectionState"],
        );
        const before = objectOf(objectOf(found.body["properties"])["privateLinkServiceConnectionState"]);
        const { status } = asked;
        if (status === "Pending" || status === "Disconnected") {
            return refuse("InvalidPropertyValue", {
                values: [
                    { key: "PropertyName", value: "status" },
                    { key: "PropertyPath", value: "properties.privateLinkServiceConnectionState.status" },
                    { key: "Reason", value: "A connection can be Approved or Rejected." },
                ],
            });
        }
        const properties = {
            ...objectOf(found.body["properties"]),
            privateLinkServiceConnectionState: merge(before, asked),
        };
        const record = {
            ...found,
            body: { properties },
            lastModified: call.now,
            eTag: newETag(services.store),
        };
        services.store.resources.put(record);
        return { status: 200, body: shown(record) };
    },
};

export const deleteConnection: ArmOperation = {
    id: "PrivateEndpointConnection_Delete",
    method: "DELETE",
    path,
    handle(call, services) {
        const found = find(call, services);
        if (!("refused" in found)) services.store.resources.delete(found.key);
        return { status: 204 };
    },
};
