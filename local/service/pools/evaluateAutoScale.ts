import { refuse } from "../../http/operation";
import { isoText } from "../../model/instant";
import { formulaLengthFault } from "../../model/poolRules";
import { addressOf, metadata } from "../answers";
import type { BatchOperation } from "../services";
import { refuseFault } from "../shapes/present";
import { onPool } from "../subjects";

/** Says what a formula would come to now; changes nothing. A formula that fails is no failed request. */
export const evaluatePoolAutoScale: BatchOperation = {
    id: "Pools_EvaluatePoolAutoScale",
    method: "POST",
    path: "/pools/:poolId/evaluateautoscale",
    body: "BatchPoolEvaluateAutoScaleOptions",
    handle: onPool((pool, call, { scheduler }) => {
        const { autoScaleFormula } = call.body as { autoScaleFormula: string };
        if (!pool.autoScale) {
            // guess: documented as an error without its code.
            return refuse("OperationNotValidOnPool", {
                values: [{ key: "Reason", value: "The pool is not autoscaled; enable autoscale first." }],
            });
        }
        const long = formulaLengthFault(autoScaleFormula);
        if (long) return refuseFault(long);
        const { results, error } = scheduler.evaluate(pool, autoScaleFormula);
        return {
            status: 200,
            headers: { DataServiceId: addressOf(call) },
            body: {
                "odata.metadata": metadata(call, "Microsoft.Azure.Batch.Protocol.Entities.AutoScaleRun"),
                timestamp: isoText(call.now),
                results,
                ...(error ? { error } : {}),
            },
        };
    }),
};
