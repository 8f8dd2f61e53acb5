import { refuse } from "../../http/operation";
import type { ArmCall, Outcome, Refused } from "../../http/operation";
import type { ResourceRecord } from "../../model/account";
import { isObject } from "../../model/json";
import type { JsonObject } from "../../model/json";
import { identityOf } from "../accounts/settings";
import { conditionsOf, newETag } from "../etag";
import { exists, findGroup, parentNotFound } from "../lookup";
import { listOf, merge, objectOf, textOf, withoutNulls } from "../merge";
import { deny, resourceNotFound } from "../refusals";
import { placeOf, typeOfId } from "../resourceId";
import type { ResourceId } from "../resourceId";
import type { ArmServices } from "../services";
import { linksOf } from "./links";
import { rowOf } from "./types";
import type { TypeRow } from "./types";
import { shownResource } from "./shown";

/** PUT: the body is the whole resource. */
export function putResource(call: ArmCall, id: ResourceId, services: ArmServices): Outcome {
    const old = services.store.resources.get(id.key);
    const failed = conditionsOf(call, old?.eTag);
    if (failed) return failed;
    const place = whereItGoes(id, services);
    if ("refused" in place) return place;
    const body = objectOf(withoutNulls(call.body));
    const record = write(call, place.id, body, old, services);
    if ("refused" in record) return record;
    const status = old ? 200 : (rowOf(id.type).created ?? 201);
    return { status, body: shownResource(record, services) };
}

/** PATCH: what is given is merged in, null takes out. */
export function patchResource(call: ArmCall, id: ResourceId, services: ArmServices): Outcome {
    const old = services.store.resources.get(id.key);
    if (!old) return resourceNotFound(id.type, id.name, id.resourceGroup);
    const failed = conditionsOf(call, old.eTag);
    if (failed) return failed;
    const record = write(call, old.id, merge(old.body, objectOf(call.body)), old, services);
    return "refused" in record ? record : { status: 200, body: shownResource(record, services) };
}

/** The id with the letter case of what it lies in; its group, parent or scope must be there. */
function whereItGoes(id: ResourceId, services: ArmServices): { id: string } | Refused {
    if (id.parent !== undefined) {
        const parent = services.store.resources.get(id.parent.toLowerCase());
        if (!parent && !singletonParent(id.parent) && !exists(id.parent, services)) {
            return parentNotFound(id.type.split("/").slice(1).join("/"), id.parent);
        }
        const [type = "", name = ""] = id.id.split("/").slice(-2);
        return { id: `${parent?.id ?? id.parent}/${type}/${name}` };
    }
    const [, subscription = "", group = "", rest = ""] =
        /^\/subscriptions\/([^/]+)\/resourcegroups\/([^/]+)(\/providers\/[^/]+\/[^/]+\/[^/]+)$/i.exec(
            id.id,
        ) ?? [];
    if (group !== "") {
        const found = findGroup(subscription, group, services);
        if ("refused" in found) return found;
        if (objectOf(found.body["properties"])["provisioningState"] === "Deleting") {
            return refuse("ResourceGroupBeingDeleted", {
                message: `The resource group '${found.name}' is in deprovisioning state and cannot perform this operation.`,
            });
        }
        return { id: `${found.id}${rest}` };
    }
    if (exists(id.scope, services)) return { id: id.id };
    const [type = "", name = ""] = id.scope.split("/").slice(-2);
    return resourceNotFound(type, name, id.resourceGroup);
}

/** Such as `blobServices/default`: always there where its own parent is. */
function singletonParent(id: string): boolean {
    return id.toLowerCase().endsWith("/default");
}

function write(
    call: ArmCall,
    id: string,
    body: JsonObject,
    old: ResourceRecord | undefined,
    services: ArmServices,
): ResourceRecord | Refused {
    const type = typeOfId(id);
    const row = rowOf(type);
    const { id: _id, name: _name, type: _type, etag: _etag, systemData: _by, ...declared } = body;
    const location = textOf(declared["location"]);
    const refused = row.untracked ? undefined : wrongLocation(id, location, old);
    if (refused) return refused;
    if (location !== undefined) declared["location"] = placeOf(location);
    if (declared["identity"] !== undefined) {
        const identity = identityOf(
            objectOf(declared["identity"]),
            objectOf(old?.body["identity"]),
            services,
        );
        if ("refused" in identity) return identity as unknown as Refused;
        declared["identity"] = identity;
    }
    const name = id.split("/").at(-1) ?? "";
    const before = objectOf(old?.body["properties"]);
    const objectId = call.principal.kind === "token" ? call.principal.objectId : "";
    const about = {
        id,
        name,
        body: declared,
        old: before,
        now: call.now,
        origin: call.origin,
        services,
        objectId,
    };
    const properties: JsonObject = {
        ...row.defaults?.(about),
        ...objectOf(declared["properties"]),
        ...row.settled?.(about),
        provisioningState: "Succeeded",
    };
    const record: ResourceRecord = {
        key: id.toLowerCase(),
        id: old?.id ?? id,
        type: type.toLowerCase(),
        name: old?.name ?? name,
        body: { ...declared, properties },
        createdAt: old?.createdAt ?? call.now,
        lastModified: call.now,
        eTag: newETag(services.store),
    };
    return services.store.atomically(() => {
        const faulty = writeChildren(call, record, row, services);
        if (faulty) return faulty;
        services.store.resources.put(record);
        for (const link of linksOf(record, services)) services.store.resources.put(link);
        return record;
    });
}

function wrongLocation(
    id: string,
    location: string | undefined,
    old: ResourceRecord | undefined,
): Refused | undefined {
    // Only what lies right in a group or a subscription is tracked; nested types and extensions go without.
    const tracked = /^\/subscriptions\/[^/]+\/resourcegroups\/[^/]+\/providers\/[^/]+\/[^/]+\/[^/]+$/i.test(
        id,
    );
    if (tracked && location === undefined) {
        return deny("LocationRequired", "The location property is required for this definition.");
    }
    const before = textOf(old?.body["location"]);
    if (!tracked || before === undefined || location === undefined || placeOf(before) === placeOf(location))
        return undefined;
    const name = id.split("/").at(-1) ?? "";
    return deny(
        "InvalidResourceLocation",
        `The resource '${name}' already exists in location '${before}' in resource group '${id.split("/")[4] ?? ""}'. ` +
            `A resource with the same name cannot be created in location '${location}'. Please select a new resource name.`,
    );
}

/** A nested list replaces the nested resources; without one they stay. */
function writeChildren(
    call: ArmCall,
    parent: ResourceRecord,
    row: TypeRow,
    services: ArmServices,
): Refused | undefined {
    const properties = objectOf(parent.body["properties"]);
    for (const [list, type] of Object.entries(row.children ?? {})) {
        const given = properties[list];
        // eslint-disable-next-line @typescript-eslint/no-dynamic-delete -- kept as resources of their own
        delete properties[list];
        if (!Array.isArray(given)) continue;
        if (!given.every((child) => isObject(child) && textOf(child["name"]) !== undefined)) {
            return deny("BadRequest", `Every item of '${list}' must be an object with a name.`);
        }
        const word = type.split("/").at(-1) ?? "";
        const names = new Set(listOf(given).map((child) => textOf(child["name"])?.toLowerCase()));
        for (const child of services.store.resources.list(`${parent.key}/${word.toLowerCase()}`)) {
            const name = child.key.slice(`${parent.key}/${word}/`.length).split("/")[0];
            if (!names.has(name)) services.store.resources.delete(child.key);
        }
        for (const child of given) {
            const name = textOf(objectOf(child)["name"]) ?? "";
            const childId = `${parent.id}/${word}/${name}`;
            const old = services.store.resources.get(childId.toLowerCase());
            const written = write(call, childId, objectOf(child), old, services);
            if ("refused" in written) return written;
        }
    }
    return undefined;
}
