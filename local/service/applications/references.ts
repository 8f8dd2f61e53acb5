import { refuse } from "../../http/operation";
import type { Refused } from "../../http/operation";
import type { AccountRecord } from "../../model/account";
import type { JsonObject } from "../../model/json";
import { isObject } from "../../model/json";
import type { PackageReference } from "../../model/spec";
import type { Store } from "../../store/store";

/** An application as the resource manager keeps it, as far as the data plane reads it. */
export interface ApplicationView {
    id: string;
    displayName?: string;
    defaultVersion?: string;
    /** Versions that are activated. */
    versions: string[];
}

/** The applications of an account, in order of their ids, with the versions that can be used. */
export function applicationsOf(account: AccountRecord, store: Store): ApplicationView[] {
    const base = `${account.armId.toLowerCase()}/applications`;
    const resources = store.resources.list(base);
    return resources
        .filter(({ key }) => !key.slice(base.length + 1).includes("/"))
        .map(({ key, name, body }) => {
            const properties: JsonObject = isObject(body["properties"]) ? body["properties"] : {};
            const versions = resources.filter(
                (other) => other.key.startsWith(`${key}/versions/`) && isActive(other.body),
            );
            return {
                id: name,
                ...(typeof properties["displayName"] === "string"
                    ? { displayName: properties["displayName"] }
                    : {}),
                ...(typeof properties["defaultVersion"] === "string"
                    ? { defaultVersion: properties["defaultVersion"] }
                    : {}),
                versions: versions.map((version) => version.name),
            };
        });
}

function isActive(body: JsonObject): boolean {
    const properties = body["properties"];
    return isObject(properties) && String(properties["state"]).toLowerCase() === "active";
}

/** Refuses references to packages that are not there or not activated, as one answer naming them. */
export function packagesFault(
    references: unknown,
    account: AccountRecord,
    store: Store,
): Refused | undefined {
    if (!Array.isArray(references) || references.length === 0) return undefined;
    const applications = applicationsOf(account, store);
    const same = (left: string, right: string) => left.toLowerCase() === right.toLowerCase();
    const missing = (references as PackageReference[]).filter(({ applicationId, version }) => {
        const application = applications.find(({ id }) => same(id, applicationId));
        const wanted = version ?? application?.defaultVersion;
        // Without a version the default one is meant; it may be set later.
        if (application && wanted === undefined) return false;
        return !application?.versions.some((known) => same(known, wanted ?? ""));
    });
    if (missing.length === 0) return undefined;
    return refuse("InvalidApplicationPackageReferences", {
        values: missing.map(({ applicationId, version }) => ({
            key: applicationId.slice(0, 100),
            value:
                version === undefined
                    ? "The application does not exist."
                    : `Version ${version.slice(0, 100)} is not available.`,
        })),
    });
}
