import { refuse } from "../http/operation";
import type { Refused } from "../http/operation";
import { deny } from "./refusals";
import type { ArmServices } from "./services";

/** api-versions of Microsoft.Batch that installed clients speak. */
export const batchVersions = [
    "2020-09-01",
    "2021-01-01",
    "2021-06-01",
    "2022-01-01",
    "2022-06-01",
    "2022-10-01",
    "2023-05-01",
    "2023-11-01",
    "2024-02-01",
    "2024-07-01",
    "2025-06-01",
] as const;

/** Providers that are stored here; all their dated api-versions are taken. */
export const namespaces: readonly string[] = [
    "Microsoft.AlertsManagement",
    "Microsoft.Authorization",
    "Microsoft.Batch",
    "Microsoft.Compute",
    "Microsoft.ContainerRegistry",
    "Microsoft.Insights",
    "Microsoft.KeyVault",
    "Microsoft.ManagedIdentity",
    "Microsoft.Network",
    "Microsoft.OperationalInsights",
    "Microsoft.OperationsManagement",
    "Microsoft.Portal",
    "Microsoft.Resources",
    "Microsoft.Storage",
];

/** The name as Azure writes it, or undefined for a provider that is not here. */
export function namespaceOf(name: string): string | undefined {
    return namespaces.find((known) => known.toLowerCase() === name.toLowerCase());
}

export function checkVersion(
    version: string | undefined,
    path: string,
    services: ArmServices,
): Refused | undefined {
    if (!version) return refuse("MissingApiVersionParameter");
    if (services.arm.skipApiVersionCheck) return undefined;
    if (!/^\d{4}-\d{2}-\d{2}(-\w+)?$/.test(version)) {
        return refuse("InvalidApiVersionParameter", {
            message: `The api-version '${version}' is invalid. It is a date such as '${batchVersions.at(-1) ?? ""}'.`,
        });
    }
    const [, namespace = "", type = ""] =
        [...path.matchAll(/\/providers\/([^/]+)(?:\/([^/]+))?/gi)].at(-1) ?? [];
    if (namespace.toLowerCase() !== "microsoft.batch") return undefined;
    // A provider itself, and its registration, is of Microsoft.Resources.
    if (/^\/subscriptions\/[^/]+\/providers\/[^/]+(\/register)?\/*$/i.test(path)) return undefined;
    if (batchVersions.some((known) => known === version)) return undefined;
    const supported = batchVersions.join(", ");
    return type
        ? refuse("NoRegisteredProviderFound", {
              message:
                  `No registered resource provider found for location '${services.region}' and API version '${version}' ` +
                  `for type '${type}'. The supported api-versions are '${supported}'.`,
          })
        : deny(
              "InvalidResourceType",
              `The resource type could not be found in the namespace 'Microsoft.Batch' for api version '${version}'. ` +
                  `The supported api-versions are '${supported}'.`,
          );
}
