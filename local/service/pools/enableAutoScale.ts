import { limits } from "../../../catalog";
import { refuse } from "../../http/operation";
import type { Refused } from "../../http/operation";
import { durationOf } from "../../model/instant";
import type { PoolRecord } from "../../model/pool";
import { intervalFault } from "../../model/poolRules";
import { written } from "../answers";
import type { BatchOperation } from "../services";
import { refuseFault } from "../shapes/present";
import { onPool } from "../subjects";
import { formulaFault } from "./formula";
import { keepPool, updateRefusal } from "./rules";

interface EnableBody {
    autoScaleFormula?: string;
    autoScaleEvaluationInterval?: string;
}

export const enablePoolAutoScale: BatchOperation = {
    id: "Pools_EnablePoolAutoScale",
    method: "POST",
    path: "/pools/:poolId/enableautoscale",
    body: "BatchPoolEnableAutoScaleOptions",
    handle: onPool((pool, call, services) => {
        const body = call.body as EnableBody;
        const refused = updateRefusal(pool, call.now) ?? bodyFault(body, pool) ?? tooEarly(pool, call.now);
        if (refused) return refused;
        const current = pool.autoScale;
        const { autoScaleEvaluationInterval: interval } = body;
        const after = keepPool(
            {
                ...pool,
                autoScale: {
                    ...current,
                    formula: body.autoScaleFormula ?? current?.formula ?? "",
                    interval:
                        (interval === undefined ? current?.interval : durationOf(interval)) ??
                        limits.evaluationIntervalDefault.value * 1000,
                    // Evaluated at once, then every interval.
                    nextEvaluation: call.now,
                    enabledAt: call.now,
                },
            },
            call,
            services,
        );
        return written(call, 200, `/pools/${pool.id}`, after);
    }),
};

function bodyFault(body: EnableBody, pool: PoolRecord): Refused | undefined {
    if (body.autoScaleFormula === undefined && !pool.autoScale) {
        return refuse("MissingRequiredProperty", {
            values: [
                { key: "PropertyName", value: "autoScaleFormula" },
                { key: "Reason", value: "The pool is not autoscaled yet: a formula is needed." },
            ],
        });
    }
    const fault = intervalFault(body.autoScaleEvaluationInterval);
    return fault ? refuseFault(fault) : formulaFault(body.autoScaleFormula);
}

function tooEarly(pool: PoolRecord, now: number): Refused | undefined {
    if (pool.allocationState !== "steady") return refuse("PoolBeingResized");
    const wait = limits.enableAutoScaleInterval.value * 1000;
    if (!pool.autoScale || now - pool.autoScale.enabledAt >= wait) return undefined;
    return refuse("TooManyEnableAutoScaleRequests");
}
