/** Gives an Entra token of a managed identity for an audience. */
export type TokenProvider = (identityResourceId: string, audience: string) => Promise<string>;

export interface AccountKey {
    accountName: string;
    accountKey: string;
}

export const storageAudience = "https://storage.azure.com/";
/** Bearer tokens need a version from 2017-11-09 on. */
export const storageVersion = "2023-11-03";

/** The URL of one blob of a container URL, its query (SAS) kept. */
export function blobUrl(containerUrl: string, blob: string): string {
    const url = new URL(containerUrl);
    const path = blob.split("/").map(encodeURIComponent).join("/");
    url.pathname = `${url.pathname.replace(/\/+$/, "")}/${path}`;
    return url.href;
}

/** Status of a storage error, whoever threw it. */
export function storageStatus(error: unknown): number | undefined {
    const { statusCode, status } = error as { statusCode?: unknown; status?: unknown };
    if (typeof statusCode === "number") return statusCode;
    return typeof status === "number" ? status : undefined;
}
