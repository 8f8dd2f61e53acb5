import { refuse } from "../../http/operation";
import type { Method, Outcome } from "../../http/operation";
import type { ResourceRecord } from "../../model/account";
import { isoText } from "../../model/instant";
import type { JsonObject } from "../../model/json";
import { newETag } from "../etag";
import { exists } from "../lookup";
import { objectOf, textOf, withoutNulls } from "../merge";
import { page } from "../paging";
import { deny, missingProperty, resourceNotFound } from "../refusals";
import { idKeyOf } from "../resourceId";
import type { ArmServices } from "../services";
import type { Handler } from "./handler";

/*
 * Role assignments are kept and shown; nothing is allowed or refused because of them yet.
 */

const type = "microsoft.authorization/roleassignments";

const put: Handler = (call, id, services): Outcome => {
    if (id.collection) return refuse("UnsupportedHttpVerb");
    if (!/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(id.name)) {
        return deny(
            "BadRequest",
            `The role assignment ID '${id.name}' is not valid. The role assignment ID must be a GUID.`,
        );
    }
    if (!exists(id.scope, services)) {
        const [scopeType = "", name = ""] = id.scope.split("/").slice(-2);
        return resourceNotFound(scopeType, name, id.resourceGroup);
    }
    const given = objectOf(objectOf(withoutNulls(call.body))["properties"]);
    const principalId = textOf(given["principalId"]);
    const role = textOf(given["roleDefinitionId"]);
    if (principalId === undefined) return missingProperty("properties.principalId");
    if (role === undefined) return missingProperty("properties.roleDefinitionId");
    const old = services.store.resources.get(id.key);
    const refused = old ? changed(old, principalId, role) : twin(id.scope, principalId, role, services);
    if (refused) return refused;
    const by = call.principal.kind === "token" ? call.principal.objectId : null;
    const now = isoText(call.now);
    const before = objectOf(old?.body["properties"]);
    const properties: JsonObject = {
        condition: null,
        conditionVersion: null,
        delegatedManagedIdentityResourceId: null,
        description: null,
        ...given,
        roleDefinitionId: role,
        principalId,
        principalType: textOf(given["principalType"]) ?? "User",
        scope: id.scope,
        createdOn: before["createdOn"] ?? now,
        createdBy: before["createdBy"] ?? by,
        updatedOn: now,
        updatedBy: by,
    };
    const record: ResourceRecord = {
        key: id.key,
        id: old?.id ?? id.id,
        type,
        name: old?.name ?? id.name,
        body: { properties },
        createdAt: old?.createdAt ?? call.now,
        lastModified: call.now,
        eTag: newETag(services.store),
    };
    services.store.resources.put(record);
    return { status: old ? 200 : 201, body: shown(record) };
};

/** Who is given which role stays; only conditions and descriptions change. */
function changed(old: ResourceRecord, principalId: string, role: string) {
    const before = objectOf(old.body["properties"]);
    if (before["principalId"] === principalId && sameRole(before["roleDefinitionId"], role)) return undefined;
    return deny(
        "RoleAssignmentUpdateNotPermitted",
        "Tenant ID, application ID, principal ID, and scope are not allowed to be updated.",
    );
}

function twin(scope: string, principalId: string, role: string, services: ArmServices) {
    const key = idKeyOf(scope);
    const found = assignments(services).find(({ body }) => {
        const { scope: where, principalId: who, roleDefinitionId } = objectOf(body["properties"]);
        return idKeyOf(String(where)) === key && who === principalId && sameRole(roleDefinitionId, role);
    });
    return (
        found &&
        refuse("RoleAssignmentExists", {
            message: `The role assignment already exists. The ID of the existing role assignment is ${found.name.replaceAll("-", "")}.`,
        })
    );
}

/** The same definition may be named from the root, a subscription or a group. */
function sameRole(left: unknown, right: string): boolean {
    const guid = (id: unknown) => String(id).toLowerCase().split("/").at(-1);
    return guid(left) === guid(right);
}

function assignments(services: ArmServices): ResourceRecord[] {
    return services.store.resources.list().filter((record) => record.type === type);
}

function shown({ id, name, body }: ResourceRecord): JsonObject {
    return { ...body, id, name, type: "Microsoft.Authorization/roleAssignments" };
}

/** At a scope: what holds there (above and at it) and below it, narrowed by `$filter`. */
const get: Handler = (call, id, services) => {
    if (!id.collection) {
        const record = services.store.resources.get(id.key);
        if (record) return { status: 200, body: shown(record) };
        return deny("RoleAssignmentNotFound", `The role assignment '${id.name}' is not found.`);
    }
    const scope = idKeyOf(id.scope);
    const filter = call.query.get("$filter") ?? "";
    const [, principal] = /(?:principalId eq|assignedTo\()\s*'([^']+)'/i.exec(filter) ?? [];
    const here = filter.replaceAll(" ", "").toLowerCase().includes("atscope()");
    const found = assignments(services).filter(({ body }) => {
        const { scope: where, principalId } = objectOf(body["properties"]);
        const place = idKeyOf(String(where));
        const above = scope === place || scope.startsWith(place === "/" ? "/" : `${place}/`);
        const below = place.startsWith(scope === "/" ? "/" : `${scope}/`);
        return (above || (below && !here)) && (principal === undefined || principalId === principal);
    });
    return page(call, found, shown);
};

const remove: Handler = (_, id, services) => {
    const record = services.store.resources.get(id.key);
    if (!record) return { status: 204 };
    services.store.resources.delete(id.key);
    return { status: 200, body: shown(record) };
};

export const roleAssignments: Partial<Record<Method, Handler>> = { GET: get, PUT: put, DELETE: remove };
