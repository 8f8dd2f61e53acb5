import { refuse } from "../../http/operation";
import type { Refused } from "../../http/operation";
import type { ResourceRecord } from "../../model/account";
import type { JsonObject } from "../../model/json";
import { limits } from "../../../catalog";
import { newETag } from "../etag";
import { below, findAccount, parentAccount } from "../lookup";
import { merge, objectOf, textOf, withoutNulls } from "../merge";
import { page } from "../paging";
import { deny, invalidProperty } from "../refusals";
import type { ArmOperation, ArmServices } from "../services";
import {
    applicationPath,
    applicationsOf,
    applicationType,
    checkName,
    findApplication,
    packagesOf,
    shownApplication,
} from "./records";

const path = `${applicationPath}/:applicationName`;

export const createApplication: ArmOperation = {
    id: "Application_Create",
    method: "PUT",
    path,
    body: "Application",
    bodyOptional: true,
    handle(call, services) {
        const account = parentAccount(call, "batchAccounts/applications", services);
        if ("refused" in account) return account;
        const name = call.params["applicationName"] ?? "";
        const refused = checkName(name);
        if (refused) return refused;
        const key = below(account, "applications", name);
        const old = services.store.resources.get(key);
        if (!old && applicationsOf(account, services).length >= limits.applicationsPerAccount.value) {
            return deny("ApplicationQuotaReached", "The application quota for the account has been reached.");
        }
        const body = objectOf(withoutNulls(call.body));
        // guess: packages may be overwritten unless the application says otherwise.
        const properties = { allowUpdates: true, ...objectOf(body["properties"]) };
        const wrong = wrongDefault(key, properties, services);
        if (wrong) return wrong;
        const record = {
            key,
            id: old?.id ?? `${account.armId}/applications/${name}`,
            type: applicationType,
            name: old?.name ?? name,
            body: { ...(body["tags"] === undefined ? {} : { tags: body["tags"] }), properties },
            createdAt: old?.createdAt ?? call.now,
            lastModified: call.now,
            eTag: newETag(services.store),
        };
        services.store.resources.put(record);
        return { status: 200, body: shownApplication(record) };
    },
};

export const updateApplication: ArmOperation = {
    id: "Application_Update",
    method: "PATCH",
    path,
    body: "Application",
    handle(call, services) {
        const account = findAccount(call, services);
        if ("refused" in account) return account;
        const old = findApplication(call, account, services);
        if ("refused" in old) return old;
        const body = objectOf(call.body);
        const asked = {
            properties: body["properties"] ?? {},
            ...("tags" in body ? { tags: body["tags"] } : {}),
        };
        const merged = merge(old.body, asked);
        const wrong = wrongDefault(old.key, objectOf(merged["properties"]), services);
        if (wrong) return wrong;
        const record: ResourceRecord = {
            ...old,
            body: merged,
            lastModified: call.now,
            eTag: newETag(services.store),
        };
        services.store.resources.put(record);
        return { status: 200, body: shownApplication(record) };
    },
};

/** The default version is one that is there. */
function wrongDefault(key: string, properties: JsonObject, services: ArmServices): Refused | undefined {
    const version = textOf(properties["defaultVersion"]);
    if (version === undefined || services.store.resources.get(`${key}/versions/${version.toLowerCase()}`))
        return undefined;
    return invalidProperty("properties.defaultVersion", version, "There is no package of that version.");
}

export const getApplication: ArmOperation = {
    id: "Application_Get",
    method: "GET",
    path,
    handle(call, services) {
        const account = findAccount(call, services);
        if ("refused" in account) return account;
        const application = findApplication(call, account, services);
        return "refused" in application ? application : { status: 200, body: shownApplication(application) };
    },
};

export const listApplications: ArmOperation = {
    id: "Application_List",
    method: "GET",
    path: applicationPath,
    handle(call, services) {
        const account = findAccount(call, services);
        if ("refused" in account) return account;
        return page(call, applicationsOf(account, services), shownApplication);
    },
};

export const deleteApplication: ArmOperation = {
    id: "Application_Delete",
    method: "DELETE",
    path,
    handle(call, services) {
        const account = findAccount(call, services);
        if ("refused" in account) return { status: 204 };
        const application = findApplication(call, account, services);
        if ("refused" in application) return { status: 204 };
        if (packagesOf(application, services).length > 0) return refuse("ApplicationHasPackages");
        services.store.resources.delete(application.key);
        return { status: 200 };
    },
};
