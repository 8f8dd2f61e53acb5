import { createHash } from "node:crypto";
import { refuse } from "../../http/operation";
import type { ArmCall, Refused } from "../../http/operation";
import type { AccountRecord, ResourceRecord } from "../../model/account";
import { isoText } from "../../model/instant";
import type { JsonObject } from "../../model/json";
import { ID_PATTERN } from "../../../catalog";
import { shownETag } from "../etag";
import { below } from "../lookup";
import { objectOf, textOf } from "../merge";
import type { ArmServices } from "../services";

/**
 * Applications and packages are resource records below the account's id. A package's record says, besides what is shown, where
 * its zip lies (`blob`), for whoever brings it to nodes.
 */
export interface PackageBlob {
    account: string;
    container: string;
    name: string;
}

export const applicationPath =
    "/subscriptions/:subscriptionId/resourceGroups/:resourceGroupName/providers/Microsoft.Batch/batchAccounts/:accountName/applications";
export const applicationType = "microsoft.batch/batchaccounts/applications";
export const packageType = "microsoft.batch/batchaccounts/applications/versions";

/** How long an upload URL is good for: four hours, as the service's. */
const urlLifetime = 4 * 3_600_000;

export function findApplication(
    call: ArmCall,
    account: AccountRecord,
    services: ArmServices,
): ResourceRecord | Refused {
    const key = below(account, "applications", call.params["applicationName"] ?? "");
    return services.store.resources.get(key) ?? refuse("ApplicationNotFound");
}

export function findPackage(
    call: ArmCall,
    application: ResourceRecord,
    services: ArmServices,
): ResourceRecord | Refused {
    const name = call.params["versionName"] ?? "";
    return (
        services.store.resources.get(`${application.key}/versions/${name.toLowerCase()}`) ??
        refuse("ApplicationNotFound", { message: "The specified application package does not exist." })
    );
}

export function packagesOf(application: ResourceRecord, services: ArmServices): ResourceRecord[] {
    return services.store.resources.list(`${application.key}/versions`);
}

export function applicationsOf(account: AccountRecord, services: ArmServices): ResourceRecord[] {
    return services.store.resources
        .list(below(account, "applications"))
        .filter(({ type }) => type === applicationType);
}

export function checkName(name: string): Refused | undefined {
    // Versions may hold dots as well; "Deploy applications to compute nodes with Batch application packages".
    if (ID_PATTERN.test(name.replaceAll(".", "-"))) return undefined;
    return refuse("InvalidResourceName", {
        message: `The name '${name}' is not valid: it has 1 to 64 letters, digits, hyphens, underscores and dots.`,
    });
}

export function shownApplication({ id, name, eTag, body }: ResourceRecord): JsonObject {
    const { tags, properties } = body;
    return {
        id,
        name,
        type: "Microsoft.Batch/batchAccounts/applications",
        etag: shownETag(eTag),
        ...(tags === undefined ? {} : { tags }),
        properties,
    };
}

/** A package with a fresh URL for its zip. */
export function shownPackage(record: ResourceRecord, services: ArmServices): JsonObject {
    const { id, name, eTag, body } = record;
    const blob = blobOf(record);
    // A SAS is checked against the real clock, whatever the service's own says.
    const expires = new Date(Date.now() + urlLifetime);
    const url =
        blob &&
        services.storage.blobSas(blob.account, blob.container, blob.name, { permissions: "rw", expires });
    return {
        id,
        name,
        type: "Microsoft.Batch/batchAccounts/applications/versions",
        etag: shownETag(eTag),
        ...(body["tags"] === undefined ? {} : { tags: body["tags"] }),
        properties: {
            ...objectOf(body["properties"]),
            ...(url === undefined ? {} : { storageUrl: url, storageUrlExpiry: isoText(expires.getTime()) }),
        },
    };
}

export function blobOf(record: ResourceRecord): PackageBlob | undefined {
    const { account, container, name } = objectOf(record.body["blob"]);
    if (typeof account !== "string" || typeof container !== "string" || typeof name !== "string")
        return undefined;
    return { account, container, name };
}

/** One container an application: what is readable of its name, and a digest that tells two of them apart. */
export function containerOf(application: string): string {
    const readable = application
        .toLowerCase()
        .replaceAll(/[^a-z0-9]/g, "")
        .slice(0, 20);
    const digest = createHash("sha256").update(application.toLowerCase()).digest("hex").slice(0, 16);
    return ["app", readable, digest].filter(Boolean).join("-");
}

/** Name of the account's own storage account. */
export function autoStorageOf(account: AccountRecord): string | Refused {
    const name = textOf(account.autoStorage?.storageAccountId.split("/").at(-1));
    return name ?? refuse("AutoStorageNotSet");
}
