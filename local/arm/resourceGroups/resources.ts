import type { JsonObject } from "../../model/json";
import { shownAccount } from "../accounts/shownAccount";
import { groupType } from "../lookup";
import { page } from "../paging";
import { idKeyOf, typeOfId } from "../resourceId";
import type { ArmOperation, ArmServices } from "../services";
import { shownResource } from "../generic/shown";

/** Resources that lie right in a group, as lists over all types show them: without their properties. */
function topLevel(scope: string, services: ArmServices): { key: string; body: JsonObject }[] {
    const stored = services.store.resources
        .list(scope)
        .filter(
            ({ key, type }) =>
                type !== groupType &&
                /^\/subscriptions\/[^/]+\/resourcegroups\/[^/]+\/providers\/[^/]+\/[^/]+\/[^/]+$/.test(key),
        )
        .map((record) => {
            const { keys: _secret, properties: _left, etag: _too, ...body } = shownResource(record, services);
            return { key: record.key, body: { ...body, type: typeOfId(record.id) } };
        });
    const accounts = services.store.accounts
        .list()
        .filter(({ armId }) => idKeyOf(armId).startsWith(`${scope}/`))
        .map((account) => {
            const { properties: _left, ...body } = shownAccount(account, services);
            return { key: idKeyOf(account.armId), body };
        });
    return [...stored, ...accounts].sort((a, b) => (a.key < b.key ? -1 : 1));
}

const listWithin = (id: string, path: string): ArmOperation => ({
    id,
    method: "GET",
    path,
    handle(call, services) {
        const { subscriptionId = "", resourceGroupName } = call.params;
        const group = resourceGroupName === undefined ? "" : `/resourcegroups/${resourceGroupName}`;
        const scope = `/subscriptions/${subscriptionId}${group}`.toLowerCase();
        const [, type] = /resourceType eq '([^']+)'/i.exec(call.query.get("$filter") ?? "") ?? [];
        const found = topLevel(scope, services).filter(
            ({ body }) => type === undefined || String(body["type"]).toLowerCase() === type.toLowerCase(),
        );
        return page(call, found, ({ body }) => body);
    },
});

export const listResources = listWithin("Resources_List", "/subscriptions/:subscriptionId/resources");
export const listResourcesOfGroup = listWithin(
    "Resources_ListByResourceGroup",
    "/subscriptions/:subscriptionId/resourceGroups/:resourceGroupName/resources",
);
