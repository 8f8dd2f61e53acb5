import { versionHeaders } from "../../http/conditions";
import type { BatchOperation } from "../services";
import { onPool } from "../subjects";

export const poolExists: BatchOperation = {
    id: "Pools_PoolExists",
    method: "HEAD",
    path: "/pools/:poolId",
    handle: onPool((pool) => ({ status: 200, headers: versionHeaders(pool) })),
};
