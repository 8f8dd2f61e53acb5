import { refuse } from "../../http/operation";
import type { ArmCall, Outcome } from "../../http/operation";
import type { ResourceRecord } from "../../model/account";
import type { JsonObject } from "../../model/json";
import { deleteGroupOf } from "../deletion";
import { newETag } from "../etag";
import { accepted } from "../longRunning";
import { findGroup, groupKey, groupType } from "../lookup";
import { merge, objectOf, textOf, withoutNulls } from "../merge";
import { page } from "../paging";
import { deny } from "../refusals";
import { placeOf } from "../resourceId";
import type { ArmOperation, ArmServices } from "../services";
import { anyBody } from "../shapes/corrections";

const groups = "/subscriptions/:subscriptionId/resourceGroups";
const path = `${groups}/:resourceGroupName`;

/** Letters, digits, `_-.()`, not ending with a dot: "Naming rules and restrictions for Azure resources". */
const namePattern = /^[\p{L}\p{N}_\-.()]{0,89}[\p{L}\p{N}_\-()]$/u;

function shownGroup({ id, name, body }: ResourceRecord): JsonObject {
    return { id, name, type: "Microsoft.Resources/resourceGroups", ...body };
}

function find(call: ArmCall, services: ArmServices) {
    return findGroup(call.params["subscriptionId"] ?? "", call.params["resourceGroupName"] ?? "", services);
}

function put(call: ArmCall, record: ResourceRecord, created: boolean, services: ArmServices): Outcome {
    services.store.resources.put({ ...record, lastModified: call.now, eTag: newETag(services.store) });
    return { status: created ? 201 : 200, body: shownGroup(record) };
}

function deleting(group: ResourceRecord): boolean {
    return objectOf(group.body["properties"])["provisioningState"] === "Deleting";
}

export const createGroup: ArmOperation = {
    id: "ResourceGroups_CreateOrUpdate",
    method: "PUT",
    path,
    body: anyBody,
    handle(call, services) {
        const { subscriptionId = "", resourceGroupName: name = "" } = call.params;
        if (!namePattern.test(name)) {
            return refuse("InvalidResourceName", {
                message: `The resource group name '${name}' is not valid: 1 to 90 letters, digits, _-.() and no dot at the end.`,
            });
        }
        const body = objectOf(withoutNulls(call.body));
        const location = textOf(body["location"]);
        if (location === undefined)
            return deny("LocationRequired", "The location property is required for this definition.");
        const key = groupKey(subscriptionId, name);
        const old = services.store.resources.get(key);
        if (old && deleting(old)) {
            return refuse("ResourceGroupBeingDeleted", {
                message: `The resource group '${old.name}' is in deprovisioning state and cannot perform this operation.`,
            });
        }
        const before = textOf(old?.body["location"]);
        if (before !== undefined && before !== placeOf(location)) {
            return deny(
                "InvalidResourceGroupLocation",
                `Invalid resource group location '${location}'. The Resource group already exists in location '${before}'.`,
            );
        }
        const record: ResourceRecord = {
            key,
            id: old?.id ?? `/subscriptions/${services.identity.subscriptionId}/resourceGroups/${name}`,
            type: groupType,
            name: old?.name ?? name,
            body: {
                location: placeOf(location),
                ...(body["tags"] === undefined ? {} : { tags: body["tags"] }),
                ...(body["managedBy"] === undefined ? {} : { managedBy: body["managedBy"] }),
                properties: { provisioningState: "Succeeded" },
            },
            createdAt: old?.createdAt ?? call.now,
            lastModified: call.now,
            eTag: "",
        };
        return put(call, record, !old, services);
    },
};

export const updateGroup: ArmOperation = {
    id: "ResourceGroups_Update",
    method: "PATCH",
    path,
    body: anyBody,
    handle(call, services) {
        const group = find(call, services);
        if ("refused" in group) return group;
        const { tags } = objectOf(call.body);
        return put(
            call,
            { ...group, body: merge(group.body, tags === undefined ? {} : { tags }) },
            false,
            services,
        );
    },
};

export const getGroup: ArmOperation = {
    id: "ResourceGroups_Get",
    method: "GET",
    path,
    handle(call, services) {
        const group = find(call, services);
        return "refused" in group ? group : { status: 200, body: shownGroup(group) };
    },
};

export const checkGroup: ArmOperation = {
    id: "ResourceGroups_CheckExistence",
    method: "HEAD",
    path,
    handle(call, services) {
        const group = find(call, services);
        return "refused" in group ? group : { status: 204 };
    },
};

export const listGroups: ArmOperation = {
    id: "ResourceGroups_List",
    method: "GET",
    path: groups,
    handle(call, services) {
        const subscription = call.params["subscriptionId"] ?? "";
        const [, tag, value] =
            /tagName eq '([^']*)'(?: and tagValue eq '([^']*)')?/i.exec(call.query.get("$filter") ?? "") ??
            [];
        const found = services.store.resources
            .list(`/subscriptions/${subscription}`.toLowerCase())
            .filter((record) => {
                if (record.type !== groupType) return false;
                if (tag === undefined) return true;
                const tags = objectOf(record.body["tags"]);
                return tag in tags && (value === undefined || tags[tag] === value);
            });
        return page(call, found, shownGroup);
    },
};

export const deleteGroup: ArmOperation = {
    id: "ResourceGroups_Delete",
    method: "DELETE",
    path,
    handle(call, services) {
        const group = find(call, services);
        if ("refused" in group) return group;
        if (!deleting(group)) deleteGroupOf(group.key, services);
        return accepted(call, { what: "group", is: "going", key: group.key, createdAt: group.createdAt });
    },
};
