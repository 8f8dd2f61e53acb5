import { refuse } from "../../http/operation";
import { eTagText } from "../../model/etag";
import { recordKey } from "../../model/ids";
import type { JsonObject } from "../../model/json";
import { newPool } from "../../model/newPool";
import { poolFault } from "../../model/poolRules";
import { written } from "../answers";
import { packagesFault } from "../applications/references";
import type { BatchOperation } from "../services";
import { refuseFault } from "../shapes/present";
import { formulaFault } from "./formula";

export const addPool: BatchOperation = {
    id: "Pools_CreatePool",
    method: "POST",
    path: "/pools",
    body: "BatchPoolCreateOptions",
    handle(call, { store, scheduler }) {
        const { account } = call;
        const spec = call.body as JsonObject;
        const id = String(spec["id"]);
        const key = recordKey(account.name, id);
        const present = store.pools.get(key);
        if (present) return refuse(present.state === "deleting" ? "PoolBeingDeleted" : "PoolExists");
        const fault = poolFault(spec, account.subscriptionId);
        if (fault) return refuseFault(fault);
        const refused =
            formulaFault(spec["autoScaleFormula"]) ??
            packagesFault(spec["applicationPackageReferences"], account, store);
        if (refused) return refused;
        if (store.pools.count(recordKey(account.name)) >= account.quotas.pools)
            return refuse("PoolQuotaReached");
        const pool = newPool({
            account: account.name,
            id,
            spec,
            now: call.now,
            eTag: eTagText(store.nextNumber()),
        });
        store.pools.put(pool);
        store.journal({
            at: call.now,
            subject: key,
            to: "active",
            cause: "add pool",
            requestId: call.requestId,
        });
        scheduler.wake({ pool: key });
        return written(call, 201, `/pools/${id}`, pool);
    },
};
