/** The endpoints that accounts of a former life had are opened again. */
import type { BatchAccountHosts } from "./accounts";
import type { Store } from "../store/store";

/** On the ports they had where those are still free. Accounts that were coming or going are the resource manager's to settle. */
export async function reopenAccounts(
    store: Pick<Store, "accounts">,
    hosts: BatchAccountHosts,
): Promise<void> {
    for (const record of store.accounts.list()) {
        if (record.provisioningState !== "Succeeded") continue;
        const port = await hosts.open(record);
        if (port !== record.port) store.accounts.put({ ...record, port });
    }
}
