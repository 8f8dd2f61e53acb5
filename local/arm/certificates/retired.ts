import { refuse } from "../../http/operation";
import type { Method } from "../../http/operation";
import { findAccount } from "../lookup";
import type { ArmOperation } from "../services";

const certificates =
    "/subscriptions/:subscriptionId/resourceGroups/:resourceGroupName/providers/Microsoft.Batch/batchAccounts/:accountName/certificates";

/** Certificates were retired in February 2024; versions that still name them are told so. */
const retired = (id: string, method: Method, path: string): ArmOperation => ({
    id,
    method,
    path,
    until: "2024-07-01",
    handle(call, services) {
        const account = findAccount(call, services);
        return "refused" in account ? account : refuse("CertificateRetired");
    },
});

export const certificateOperations: readonly ArmOperation[] = [
    retired("Certificate_ListByBatchAccount", "GET", certificates),
    retired("Certificate_Create", "PUT", `${certificates}/:certificateName`),
    retired("Certificate_Update", "PATCH", `${certificates}/:certificateName`),
    retired("Certificate_Delete", "DELETE", `${certificates}/:certificateName`),
    retired("Certificate_Get", "GET", `${certificates}/:certificateName`),
    retired("Certificate_CancelDeletion", "POST", `${certificates}/:certificateName/cancelDelete`),
];
