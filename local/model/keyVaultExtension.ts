import { isObject, type JsonObject } from "./json";

/** The VM extension that keeps certificates of key vaults on each node of a pool, as its settings declare it. */
export interface KeyVaultExtension {
    name: string;
    /** Milliseconds between two looks at the vaults. */
    pollingInterval: number;
    /** `msiClientId`: which identity of the pool reads them; none: its only one. */
    identity?: string;
    certificates: ObservedCertificate[];
}

export interface ObservedCertificate {
    /** Of the certificate's secret, with or without a version. */
    url: string;
    /** Absolute directory on the node. */
    location: string;
    /** Name of the link to the present version. */
    link?: string;
}

/** Where certificates go whose settings name no absolute directory; older settings say `LocalMachine` there. */
const defaultLocation = "/var/lib/waagent/Microsoft.Azure.KeyVault";
/** guess: what the documented settings show is taken where there is none. */
const defaultPollingSeconds = 3600;

/** The extensions of a pool that are this one, or for each what is wrong with its settings. */
export function keyVaultExtensions(
    spec: JsonObject,
): (KeyVaultExtension | { name: string; fault: string })[] {
    const machine = spec["virtualMachineConfiguration"];
    const declared: unknown = isObject(machine) ? machine["extensions"] : undefined;
    if (!Array.isArray(declared)) return [];
    return declared.filter(isObject).filter(isKeyVault).map(read);
}

export function isKeyVault({ publisher, type }: JsonObject): boolean {
    const is = (value: unknown, name: string) => typeof value === "string" && value.toLowerCase() === name;
    return is(publisher, "microsoft.azure.keyvault") && is(type, "keyvaultforlinux");
}

function read(extension: JsonObject): KeyVaultExtension | { name: string; fault: string } {
    const name = String(extension["name"]);
    const settings = part(extension, "settings");
    const management = part(settings, "secretsManagementSettings");
    const observed = management["observedCertificates"];
    if (!Array.isArray(observed) || observed.length === 0) {
        return {
            name,
            fault: "settings.secretsManagementSettings.observedCertificates must list the secrets' addresses of one certificate or more.",
        };
    }
    const seconds = Number(management["pollingIntervalInS"] ?? defaultPollingSeconds);
    if (!(seconds > 0)) {
        return {
            name,
            fault: `pollingIntervalInS is '${String(management["pollingIntervalInS"])}'; allowed: a number of seconds above 0.`,
        };
    }
    // Documented below `settings`; in older examples below `secretsManagementSettings`.
    const authentication = {
        ...part(management, "authenticationSettings"),
        ...part(settings, "authenticationSettings"),
    };
    const identity = textOf(authentication["msiClientId"]);
    const location = management["certificateStoreLocation"];
    return {
        name,
        pollingInterval: seconds * 1000,
        ...(identity !== undefined && { identity }),
        certificates: observed.map((one: unknown): ObservedCertificate => {
            // Version 3 of the extension has objects, each with its own place; earlier ones have texts.
            if (!isObject(one)) return { url: String(one), location: placeOf(location) };
            const link = textOf(one["customSymbolicLinkName"]);
            return {
                url: String(one["url"]),
                location: placeOf(one["certificateStoreLocation"] ?? location),
                ...(link !== undefined && { link }),
            };
        }),
    };
}

function part(of: JsonObject, name: string): JsonObject {
    const value = of[name];
    return isObject(value) ? value : {};
}

function textOf(value: unknown): string | undefined {
    return typeof value === "string" && value !== "" ? value : undefined;
}

function placeOf(location: unknown): string {
    const place = textOf(location);
    return place?.startsWith("/") ? place.replace(/\/+$/, "") || defaultLocation : defaultLocation;
}
