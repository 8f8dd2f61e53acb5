import { refuse } from "../../http/operation";
import type { PoolRecord } from "../../model/pool";
import { moveAllocation } from "../../model/poolLifecycle";
import { newETag } from "../etag";
import { findAccount, findPool } from "../lookup";
import type { ArmOperation } from "../services";
import { poolReply } from "./reply";

const pool =
    "/subscriptions/:subscriptionId/resourceGroups/:resourceGroupName/providers/Microsoft.Batch/batchAccounts/:accountName/pools/:poolName";

export const disableAutoScale: ArmOperation = {
    id: "Pool_DisableAutoScale",
    method: "POST",
    path: `${pool}/disableAutoScale`,
    handle(call, services) {
        const account = findAccount(call, services);
        if ("refused" in account) return account;
        const found = findPool(call, account, services);
        if ("refused" in found) return found;
        if (found.state === "deleting") return refuse("PoolBeingDeleted");
        const record: PoolRecord = { ...found, lastModified: call.now, eTag: newETag(services.store) };
        delete record.autoScale;
        services.store.pools.put(record);
        services.scheduler.wake({ pool: record.key });
        return poolReply(call, record, account, services);
    },
};

export const stopResize: ArmOperation = {
    id: "Pool_StopResize",
    method: "POST",
    path: `${pool}/stopResize`,
    handle(call, services) {
        const account = findAccount(call, services);
        if ("refused" in account) return account;
        const found = findPool(call, account, services);
        if ("refused" in found) return found;
        if (found.state === "deleting") return refuse("PoolBeingDeleted");
        const moved = moveAllocation(found, "stopResize", call.now);
        if (!moved.record) return refuse(moved.refused);
        const record: PoolRecord = { ...moved.record, lastModified: call.now, eTag: newETag(services.store) };
        services.store.pools.put(record);
        services.scheduler.wake({ pool: record.key });
        return poolReply(call, record, account, services);
    },
};
