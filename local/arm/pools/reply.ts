import type { ArmCall, Reply } from "../../http/operation";
import type { AccountRecord } from "../../model/account";
import { httpDate } from "../../model/instant";
import type { PoolRecord } from "../../model/pool";
import { shownETag } from "../etag";
import type { ArmServices } from "../services";
import { shownPool } from "./poolShape";

export function poolReply(
    call: ArmCall,
    pool: PoolRecord,
    account: AccountRecord,
    services: ArmServices,
): Reply {
    return {
        status: 200,
        headers: { ETag: shownETag(pool.eTag), "Last-Modified": httpDate(pool.lastModified) },
        body: shownPool(pool, account, services.store.nodes.list(pool.key), call.apiVersion),
    };
}
