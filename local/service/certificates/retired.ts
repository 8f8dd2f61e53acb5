import { refuse } from "../../http/operation";
import type { Method } from "../../http/operation";
import type { BatchOperation } from "../services";

/** The operations that certificates had, in the versions that had them; the service refuses them since February 2024. */
const one = "/:certificate(^certificates\\(.*\\)$)";

export const certificateOperations: readonly BatchOperation[] = [
    retired("Certificate_Add", "POST", "/certificates"),
    retired("Certificate_List", "GET", "/certificates"),
    retired("Certificate_Get", "GET", one),
    retired("Certificate_Delete", "DELETE", one),
    retired("Certificate_CancelDeletion", "POST", `${one}/canceldelete`),
];

function retired(id: string, method: Method, path: string): BatchOperation {
    return { id, method, path, until: "2024-07-01.20.0", handle: () => refuse("CertificateRetired") };
}
