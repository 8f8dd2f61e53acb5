import { randomUUID } from "node:crypto";
import { isoText } from "../../model/instant";
import { limits } from "../../../catalog";
import { newETag } from "../etag";
import { findAccount, parentAccount, parentNotFound } from "../lookup";
import { objectOf, textOf, withoutNulls } from "../merge";
import { page } from "../paging";
import { deny } from "../refusals";
import type { ArmOperation, ArmServices } from "../services";
import {
    applicationPath,
    autoStorageOf,
    blobOf,
    checkName,
    containerOf,
    findApplication,
    findPackage,
    packagesOf,
    packageType,
    shownPackage,
} from "./records";
import type { PackageBlob } from "./records";

const versions = `${applicationPath}/:applicationName/versions`;
const path = `${versions}/:versionName`;

export const createPackage: ArmOperation = {
    id: "ApplicationPackage_Create",
    method: "PUT",
    path,
    body: "ApplicationPackage",
    bodyOptional: true,
    async handle(call, services) {
        const account = parentAccount(call, "batchAccounts/applications/versions", services);
        if ("refused" in account) return account;
        const application = findApplication(call, account, services);
        if ("refused" in application) {
            const name = call.params["applicationName"] ?? "";
            return parentNotFound(
                "batchAccounts/applications/versions",
                `${account.armId}/applications/${name}`,
            );
        }
        const name = call.params["versionName"] ?? "";
        const refused = checkName(name);
        if (refused) return refused;
        const storage = autoStorageOf(account);
        if (typeof storage !== "string") return storage;
        const key = `${application.key}/versions/${name.toLowerCase()}`;
        const old = services.store.resources.get(key);
        const before = objectOf(old?.body["properties"]);
        if (
            old &&
            before["state"] === "Active" &&
            objectOf(application.body["properties"])["allowUpdates"] === false
        ) {
            // guess: the documentation says that such a package cannot be overwritten, not how it is refused.
            return deny(
                "ApplicationPackageUpdateNotAllowed",
                "The package is active and its application does not allow updates.",
            );
        }
        if (!old && packagesOf(application, services).length >= limits.packagesPerApplication.value) {
            return deny(
                "ApplicationPackageQuotaReached",
                "The package quota for the application has been reached.",
            );
        }
        const container = containerOf(application.name);
        await services.storage.blobs(storage).createContainer(container);
        const tags = objectOf(withoutNulls(call.body))["tags"];
        const blob: PackageBlob = {
            account: storage,
            container,
            name: `${application.name}-${name}-${randomUUID()}`,
        };
        const record = {
            key,
            id: old?.id ?? `${application.id}/versions/${name}`,
            type: packageType,
            name: old?.name ?? name,
            // What was active stays so until the new upload is activated.
            body: old
                ? { ...old.body, ...(tags === undefined ? {} : { tags }) }
                : { ...(tags === undefined ? {} : { tags }), properties: { state: "Pending" }, blob },
            createdAt: old?.createdAt ?? call.now,
            lastModified: call.now,
            eTag: newETag(services.store),
        };
        services.store.resources.put(record);
        return { status: 200, body: shownPackage(record, services) };
    },
};

export const activatePackage: ArmOperation = {
    id: "ApplicationPackage_Activate",
    method: "POST",
    path: `${path}/activate`,
    body: "ActivateApplicationPackageParameters",
    async handle(call, services) {
        const account = findAccount(call, services);
        if ("refused" in account) return account;
        const application = findApplication(call, account, services);
        if ("refused" in application) return application;
        const found = findPackage(call, application, services);
        if ("refused" in found) return found;
        const format = textOf(objectOf(call.body)["format"]) ?? "";
        if (format.toLowerCase() !== "zip") {
            return deny(
                "ApplicationPackageFormatNotSupported",
                `The format '${format}' is not supported; a package is a zip.`,
            );
        }
        const blob = blobOf(found);
        const problem = blob ? await whatIsWrong(blob, services) : "The package has no storage.";
        // guess: the code is not documented.
        if (problem !== undefined) return deny("ApplicationPackageBlobNotReady", problem);
        const record = {
            ...found,
            body: {
                ...found.body,
                properties: { state: "Active", format: "zip", lastActivationTime: isoText(call.now) },
            },
            lastModified: call.now,
            eTag: newETag(services.store),
        };
        services.store.resources.put(record);
        return { status: 200, body: shownPackage(record, services) };
    },
};

/** A zip begins with a local file header, or with the end record where it holds nothing. */
const zipStarts = ["504b0304", "504b0506"];

async function whatIsWrong(
    { account, container, name }: PackageBlob,
    services: ArmServices,
): Promise<string | undefined> {
    const blobs = services.storage.blobs(account);
    const found = await blobs.find(container, name);
    if (!found) return "The package has not been uploaded: there is no blob at its storageUrl.";
    if (found.length < 22)
        return `The blob at the package's storageUrl has ${found.length} bytes: it is no zip.`;
    let head = Buffer.alloc(0);
    for await (const chunk of await blobs.get(container, name, 0, 4))
        head = Buffer.concat([head, Buffer.from(chunk)]);
    return zipStarts.includes(head.toString("hex"))
        ? undefined
        : "The blob at the package's storageUrl is no zip.";
}

export const getPackage: ArmOperation = {
    id: "ApplicationPackage_Get",
    method: "GET",
    path,
    handle(call, services) {
        const account = findAccount(call, services);
        if ("refused" in account) return account;
        const application = findApplication(call, account, services);
        if ("refused" in application) return application;
        const found = findPackage(call, application, services);
        return "refused" in found ? found : { status: 200, body: shownPackage(found, services) };
    },
};

export const listPackages: ArmOperation = {
    id: "ApplicationPackage_List",
    method: "GET",
    path: versions,
    handle(call, services) {
        const account = findAccount(call, services);
        if ("refused" in account) return account;
        const application = findApplication(call, account, services);
        if ("refused" in application) return application;
        return page(call, packagesOf(application, services), (record) => shownPackage(record, services));
    },
};

export const deletePackage: ArmOperation = {
    id: "ApplicationPackage_Delete",
    method: "DELETE",
    path,
    async handle(call, services) {
        const account = findAccount(call, services);
        if ("refused" in account) return { status: 204 };
        const application = findApplication(call, account, services);
        if ("refused" in application) return { status: 204 };
        const found = findPackage(call, application, services);
        if ("refused" in found) return { status: 204 };
        const blob = blobOf(found);
        if (blob && blob.account === autoStorageOf(account)) {
            await services.storage.blobs(blob.account).delete(blob.container, blob.name);
        }
        const properties = objectOf(application.body["properties"]);
        services.store.atomically(() => {
            services.store.resources.delete(found.key);
            // guess: a default version that goes leaves the application without one.
            if (textOf(properties["defaultVersion"])?.toLowerCase() !== found.name.toLowerCase()) return;
            const { defaultVersion: _gone, ...rest } = properties;
            services.store.resources.put({ ...application, body: { ...application.body, properties: rest } });
        });
        return { status: 200 };
    },
};
