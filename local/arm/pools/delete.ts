import { conditionsOf } from "../etag";
import { deletePoolOf } from "../deletion";
import { accepted } from "../longRunning";
import { findAccount, findPool } from "../lookup";
import type { ArmOperation } from "../services";

export const deletePool: ArmOperation = {
    id: "Pool_Delete",
    method: "DELETE",
    path: "/subscriptions/:subscriptionId/resourceGroups/:resourceGroupName/providers/Microsoft.Batch/batchAccounts/:accountName/pools/:poolName",
    handle(call, services) {
        const account = findAccount(call, services);
        if ("refused" in account) return { status: 204 };
        const pool = findPool(call, account, services);
        if ("refused" in pool) return { status: 204 };
        const failed = conditionsOf(call, pool.eTag);
        if (failed) return failed;
        deletePoolOf(pool, services);
        return accepted(call, { what: "pool", is: "going", key: pool.key, createdAt: pool.creationTime });
    },
};
