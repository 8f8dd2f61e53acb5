import { refuse } from "../../http/operation";
import type { ArmCall, Method, Outcome } from "../../http/operation";
import type { ResourceRecord } from "../../model/account";
import { deny, resourceNotFound } from "../refusals";
import { parseResourceId } from "../resourceId";
import type { ResourceId } from "../resourceId";
import { page } from "../paging";
import { objectOf } from "../merge";
import type { ArmOperation, ArmServices } from "../services";
import { anyBody } from "../shapes/corrections";
import { namespaceOf } from "../versions";
import { checkSubscription, exists, findGroup } from "../lookup";
import { deleteSecret, getSecret, patchSecret, putSecret } from "../keyVault/secrets";
import { putVault } from "../keyVault/vaults";
import type { Handler } from "./handler";
import { removeResource } from "./remove";
import { roleAssignments } from "./roleAssignments";
import { roleDefinitions } from "./roleDefinitions";
import { shownResource } from "./shown";
import { rowOf } from "./types";
import { patchResource, putResource } from "./write";

/** Types that have operations of their own: here nothing is stored for them. */
const ownTypes = /^microsoft\.batch\//i;

/** Types whose provider does more than keep what it is given. */
const specials: Readonly<Record<string, Partial<Record<Method, Handler>>>> = {
    "microsoft.authorization/roleassignments": roleAssignments,
    "microsoft.authorization/roledefinitions": roleDefinitions,
    "microsoft.keyvault/vaults": { PUT: putVault },
    "microsoft.keyvault/vaults/secrets": {
        GET: getSecret,
        PUT: putSecret,
        PATCH: patchSecret,
        DELETE: deleteSecret,
    },
};

/** One operation for every id that no other operation takes. */
function generic(method: Method, name: string, handle: Handler, body = false): ArmOperation {
    return {
        id: `Resources_${name}`,
        method,
        path: "/*",
        ...(body ? { body: anyBody, bodyOptional: true } : {}),
        handle(call, services) {
            const path = decodeURI(call.url.split("?", 1)[0] ?? "");
            const id = parseResourceId(method === "POST" ? path.replace(/\/[^/]+\/*$/, "") : path);
            if (!id) return refuse("NotFound", { message: `No resource type is addressed by '${path}'.` });
            const wrong = checkSubscription(id.subscription ?? services.identity.subscriptionId, services);
            if (wrong) return wrong;
            const namespace = namespaceOf(id.namespace);
            if (namespace === undefined) {
                return deny(
                    "InvalidResourceNamespace",
                    `The resource namespace '${id.namespace}' is invalid.`,
                );
            }
            if (namespace === "Microsoft.Resources") {
                return refuse("NotImplemented", { message: `'${id.type}' is not there in Batch Local.` });
            }
            if (ownTypes.test(id.type)) {
                return deny(
                    "InvalidResourceType",
                    `The resource type '${id.type.split("/").slice(1).join("/")}' could not be found in the namespace '${namespace}' for api version '${call.apiVersion}'.`,
                );
            }
            if (id.resourceGroup !== undefined) {
                const group = findGroup(id.subscription ?? "", id.resourceGroup, services);
                if ("refused" in group) return group;
            }
            const special = method === "POST" ? undefined : specials[id.type.toLowerCase()]?.[method];
            return (special ?? handle)(
                call,
                { ...id, type: `${namespace}${id.type.slice(namespace.length)}` },
                services,
            );
        },
    };
}

const get: Handler = (call, id, services) => {
    if (id.collection) return list(call, id, services);
    const record = services.store.resources.get(id.key);
    if (record) return { status: 200, body: shownResource(record, services) };
    const { always, type } = rowOf(id.type);
    if (!always || id.parent === undefined || !exists(id.parent, services)) {
        return resourceNotFound(id.type, id.name, id.resourceGroup);
    }
    const about = {
        id: id.id,
        name: id.name,
        body: {},
        old: {},
        now: call.now,
        origin: call.origin,
        services,
        objectId: "",
    };
    return { status: 200, body: { id: id.id, name: id.name, type, properties: always(about) } };
};

/** All of a type within a group or subscription, below a parent, or on a scope. */
function list(call: ArmCall, id: ResourceId, services: ArmServices): Outcome {
    const type = id.type.toLowerCase();
    const within = id.parent ?? id.scope;
    if (id.parent !== undefined && !exists(id.parent, services)) {
        const [parentType = "", name = ""] = id.parent.split("/").slice(-2);
        return resourceNotFound(`${id.namespace}/${parentType}`, name, id.resourceGroup);
    }
    const isExtension = /\/providers\//i.test(id.scope);
    const holds = (record: ResourceRecord) =>
        record.type === type && (!isExtension || record.key.startsWith(`${id.key}/`));
    const found = services.store.resources
        .list(within === "/" ? undefined : within.toLowerCase())
        .filter(holds);
    return page(call, found, (record) => shownResource(record, services));
}

const head: Handler = async (call, id, services) => {
    const found = await get(call, id, services);
    return "refused" in found ? found : { status: 204 };
};

const put: Handler = (call, id, services) =>
    id.collection ? refuse("UnsupportedHttpVerb") : putResource(call, id, services);

const patch: Handler = (call, id, services) =>
    id.collection ? refuse("UnsupportedHttpVerb") : patchResource(call, id, services);

const remove: Handler = async (_, id, services) => {
    if (id.collection) return refuse("UnsupportedHttpVerb");
    const record = services.store.resources.get(id.key);
    if (!record) return { status: 204 };
    await removeResource(record, services);
    return { status: 200 };
};

const act: Handler = (call, id, services) => {
    const name = /\/([^/]+)\/*$/.exec(call.url.split("?", 1)[0] ?? "")?.[1] ?? "";
    const action = rowOf(id.type).actions?.[name.toLowerCase()];
    const record = services.store.resources.get(id.key);
    if (!record) return resourceNotFound(id.type, id.name, id.resourceGroup);
    if (!action) {
        return refuse("NotImplemented", {
            message: `The action '${name}' of '${id.type}' is not there in Batch Local.`,
        });
    }
    return { status: 200, body: action(objectOf(record.body["properties"])) };
};

export const genericOperations: readonly ArmOperation[] = [
    generic("GET", "Get", get),
    generic("HEAD", "CheckExistence", head),
    generic("PUT", "CreateOrUpdate", put, true),
    generic("PATCH", "Update", patch, true),
    generic("DELETE", "Delete", remove),
    generic("POST", "Act", act, true),
];
