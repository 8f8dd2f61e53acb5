/** What a client learns about this cloud from `/metadata/endpoints`, in the form that its api-version has. */

const managementAudiences = ["https://management.azure.com/", "https://management.core.windows.net/"];

/** @param base address of the resource manager and authority, no trailing slash */
export function metadata(base: string, apiVersion: string): unknown {
    // The oldest form has other names; later ones a list of clouds; from 2022 on the cloud alone.
    if (apiVersion < "2018") {
        return {
            galleryEndpoint: base,
            graphEndpoint: base,
            portalEndpoint: base,
            graphAudience: `${base}/`,
            authentication: { loginEndpoint: base, audiences: managementAudiences },
        };
    }
    const cloud = cloudMetadata(base);
    return apiVersion < "2022" ? [cloud] : cloud;
}

function cloudMetadata(base: string): Record<string, unknown> {
    return {
        name: "BatchLocal",
        portal: base,
        authentication: {
            loginEndpoint: base,
            audiences: managementAudiences,
            tenant: "common",
            identityProvider: "AAD",
        },
        resourceManager: base,
        management: base,
        graph: base,
        graphAudience: `${base}/`,
        microsoftGraphResourceId: base,
        gallery: base,
        batch: "https://batch.core.windows.net/",
        // Hosts are never composed here: accounts show their endpoints, these only fill required places.
        suffixes: {
            storage: "core.local",
            keyVaultDns: "vault.local",
            acrLoginServer: "azurecr.local",
            sqlServerHostname: "database.local",
        },
    };
}
