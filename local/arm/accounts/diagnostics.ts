import { deny } from "../refusals";
import { findAccount } from "../lookup";
import type { ArmOperation } from "../services";

const account =
    "/subscriptions/:subscriptionId/resourceGroups/:resourceGroupName/providers/Microsoft.Batch/batchAccounts/:accountName";

/** The portal's own checks of an account; here there are none to run. */
export const listDetectors: ArmOperation = {
    id: "BatchAccount_ListDetectors",
    method: "GET",
    path: `${account}/detectors`,
    handle(call, services) {
        const found = findAccount(call, services);
        return "refused" in found ? found : { status: 200, body: { value: [] } };
    },
};

export const getDetector: ArmOperation = {
    id: "BatchAccount_GetDetector",
    method: "GET",
    path: `${account}/detectors/:detectorId`,
    handle(call, services) {
        const found = findAccount(call, services);
        if ("refused" in found) return found;
        return deny("ResourceNotFound", `The detector '${call.params["detectorId"] ?? ""}' was not found.`);
    },
};

/** What nodes must reach: here, this machine. */
export const listOutboundEndpoints: ArmOperation = {
    id: "BatchAccount_ListOutboundNetworkDependenciesEndpoints",
    method: "GET",
    path: `${account}/outboundNetworkDependenciesEndpoints`,
    handle(call, services) {
        const found = findAccount(call, services);
        if ("refused" in found) return found;
        const storage = found.autoStorage?.storageAccountId.split("/").at(-1);
        const endpoint = (domainName: string, port: number, description: string) => ({
            domainName,
            description,
            endpointDetails: [{ port }],
        });
        const blob = storage === undefined ? undefined : new URL(services.storage.blobEndpoint(storage));
        const value = [
            {
                category: "Azure Batch",
                endpoints: [endpoint("127.0.0.1", found.port, "Applicable to all Azure Batch pools.")],
            },
            ...(blob
                ? [
                      {
                          category: "Azure Storage",
                          endpoints: [
                              endpoint(
                                  blob.hostname,
                                  Number(blob.port),
                                  "AutoStorage endpoint for this Batch account.",
                              ),
                          ],
                      },
                  ]
                : []),
        ];
        return { status: 200, body: { value } };
    },
};
