import { refuse, type ArmCall, type Outcome, type Refused } from "../../http/operation";
import type { PoolRecord } from "../../model/pool";
import { moveAllocation } from "../../model/poolLifecycle";
import { newETag } from "../etag";
import { findAccount, findPool } from "../lookup";
import type { ArmOperation, ArmServices } from "../services";
import { poolReply } from "./reply";

const pool =
    "/subscriptions/:subscriptionId/resourceGroups/:resourceGroupName/providers/Microsoft.Batch/batchAccounts/:accountName/pools/:poolName";

export const disableAutoScale: ArmOperation = {
    id: "Pool_DisableAutoScale",
    method: "POST",
    path: `${pool}/disableAutoScale`,
    handle: (call, services) => rescaled(call, services, ({ autoScale: _formula, ...fixed }) => fixed),
};

export const stopResize: ArmOperation = {
    id: "Pool_StopResize",
    method: "POST",
    path: `${pool}/stopResize`,
    handle: (call, services) =>
        rescaled(call, services, (found) => {
            const { record, refused } = moveAllocation(found, "stopResize", call.now);
            return record ?? refuse(refused);
        }),
};

/** The pool after a change to how it scales, which the scheduler is to see. */
function rescaled(
    call: ArmCall,
    services: ArmServices,
    change: (found: PoolRecord) => PoolRecord | Refused,
): Outcome {
    const account = findAccount(call, services);
    if ("refused" in account) return account;
    const found = findPool(call, account, services);
    if ("refused" in found) return found;
    if (found.state === "deleting") return refuse("PoolBeingDeleted");
    const changed = change(found);
    if ("refused" in changed) return changed;
    const record = { ...changed, lastModified: call.now, eTag: newETag(services.store) };
    services.store.pools.put(record);
    services.scheduler.wake({ pool: record.key });
    return poolReply(call, record, account, services);
}
