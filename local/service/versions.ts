import { refuse } from "../http/operation";
import type { Refused } from "../http/operation";

/** The api-versions that installed clients speak, oldest first. */
export const dataPlaneVersions = [
    "2020-09-01.12.0",
    "2021-06-01.14.0",
    "2022-01-01.15.0",
    "2022-10-01.16.0",
    "2023-05-01.17.0",
    "2023-11-01.18.0",
    "2024-02-01.19.0",
    "2024-07-01.20.0",
    "2025-06-01",
] as const;

const known: ReadonlySet<string> = new Set(dataPlaneVersions);

export function versionFault(version: string | undefined): Refused | undefined {
    if (version === undefined || version === "") {
        return refuse("MissingRequiredQueryParameter", {
            values: [{ key: "QueryParameterName", value: "api-version" }],
        });
    }
    if (known.has(version)) return undefined;
    return refuse("UnsupportedRequestVersion", {
        values: [
            { key: "RequestedVersion", value: version.slice(0, 100) },
            { key: "SupportedVersions", value: dataPlaneVersions.join(", ") },
        ],
    });
}
