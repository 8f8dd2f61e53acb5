import type { CheckContext, MostNodes, Review } from "../../../autoscale";
// Not by the folder's index: builder, presets and simulator would be loaded at each preview, for nothing.
import { review } from "../../../autoscale/lint/lint";
import { isoSeconds } from "../../../catalog";
import { links } from "../../core/links";
import type { Facts, Found } from "../../core/known";
import { resourceRule } from "../../core/rule";
import { flag, texts } from "../../core/settings";

const AUTO = "scaleSettings.autoScale";
const KEPT = 200;

type Reviewed = Pick<Review, "diagnostics" | "most">;

const NOTHING: Reviewed = { diagnostics: [], most: undefined };

// Pools of a stack often share a formula, and several rules look at each.
const reviews = new Map<string, Reviewed>();

/** What checker and linter say of a pool's formula; nothing for a pool without one. */
export function reviewFormula(pool: Facts, limits: CheckContext = {}): Reviewed {
    const formula = pool.text(`${AUTO}.formula`);
    if (formula === undefined) return NOTHING;
    const context: CheckContext = {
        taskSlotsPerNode: pool.number("taskSlotsPerNode"),
        evaluationIntervalSeconds: isoSeconds(pool.text(`${AUTO}.evaluationInterval`) ?? ""),
        ...limits,
    };
    const key = JSON.stringify([formula, context]);
    const known = reviews.get(key);
    if (known !== undefined) return known;
    if (reviews.size >= KEPT) reviews.clear();
    const result = review(formula, context);
    reviews.set(key, result);
    return result;
}

/** The most nodes that a pool's formula can ask for; undefined for a pool without one, and for a formula with errors. */
export const formulaNodes = (pool: Facts): MostNodes | undefined => reviewFormula(pool).most;

function findings(pool: Facts, wanted: (severity: string, code: string) => boolean): Found {
    return reviewFormula(pool)
        .diagnostics.filter(({ severity, code }) => wanted(severity, code))
        .map(({ code, message, fix, line, column }) => {
            const advice = fix === undefined ? "" : ` ${fix}`;
            return `${code} at line ${line}, column ${column} of the formula: ${message}${advice}`;
        });
}

export const formulaRules = [
    resourceRule({
        name: "azure-batch-pool-disallow-formula-errors",
        on: "pool",
        title: "Autoscale formula is valid",
        description:
            "An autoscale formula must be one that the service takes and can evaluate: otherwise the pool is refused, or never resized.",
        fix: "correct the formula",
        link: links.autoscale,
        severity: "high",
        profile: "essential",
        check: (pool) => findings(pool, (severity) => severity === "error"),
    }),
    resourceRule({
        name: "azure-batch-pool-disallow-formula-warnings",
        on: "pool",
        title: "Autoscale formula is sound",
        description:
            "An autoscale formula should not cost money or starve the queue: no unguarded samples, an upper bound, no nodes removed under running tasks.",
        fix: "change the formula, or acknowledge the code in it, such as // allow AS102: the reason",
        link: links.autoscale,
        severity: "medium",
        profile: "recommended",
        settings: {
            hints: flag(false, "whether hints count as well as warnings"),
            acknowledge: texts([], "codes that are accepted everywhere"),
        },
        check: (pool, { hints, acknowledge }) =>
            findings(
                pool,
                (severity, code) =>
                    (severity === "warning" || (hints && severity === "info")) && !acknowledge.includes(code),
            ),
    }),
];
