import { isoSeconds, limits } from "../../../catalog";
import { links } from "../../core/links";
import type { Facts } from "../../core/known";
import { resourceRule } from "../../core/rule";
import { amount, amounts, texts, whole } from "../../core/settings";
import { formulaNodes, reviewFormula } from "./formula";

const FIXED = "scaleSettings.fixedScale";
const INTERVAL = { min: limits.evaluationIntervalMin.value, max: limits.evaluationIntervalMax.value };

const nodesOf = (pool: Facts): { dedicated: number; spot: number } => ({
    dedicated: pool.number(`${FIXED}.targetDedicatedNodes`) ?? 0,
    spot: pool.number(`${FIXED}.targetLowPriorityNodes`) ?? 0,
});

/** What the linter says of targets that can go above so many nodes. */
function formulaBeyond(pool: Facts, maxDedicatedNodes: number, maxSpotNodes: number): string | undefined {
    // Only a formula that goes beyond needs another look, at what it acknowledges.
    const { dedicated = 0, spot = 0 } = formulaNodes(pool) ?? {};
    if (dedicated <= maxDedicatedNodes && spot <= maxSpotNodes) return undefined;
    const { diagnostics } = reviewFormula(pool, { maxDedicatedNodes, maxSpotNodes });
    const names = diagnostics
        .filter(({ code }) => code === "AS108")
        .map(({ message }) => message.split(" ", 1)[0]);
    return names.length === 0 ? undefined : names.join(" and ");
}

export const scaleRules = [
    resourceRule({
        name: "azure-batch-pool-configure-spot-share",
        on: "pool",
        title: "Not all nodes are spot nodes",
        description:
            "A pool should keep some dedicated nodes: spot nodes are taken away all at once when capacity is short, and the work then stands still.",
        fix: "give the pool some dedicated nodes",
        link: links.spot,
        severity: "low",
        profile: "recommended",
        settings: {
            maximum: amount(0.9, "the largest share of spot nodes, 0 to 1", { minimum: 0, maximum: 1 }),
        },
        check: (pool, { maximum }) => {
            const { dedicated, spot } = nodesOf(pool);
            const share = spot / Math.max(1, dedicated + spot);
            return share > maximum
                ? `${spot} of ${dedicated + spot} nodes are spot nodes, a share above ${maximum}.`
                : undefined;
        },
    }),
    resourceRule({
        name: "azure-batch-pool-configure-maximum-nodes",
        on: "pool",
        title: "Number of nodes within a limit",
        description:
            "A pool should not have more nodes than you mean to pay for: one wrong digit or sample is a bill.",
        fix: "lower the target or the cap of the formula, or raise `maximum` of this rule",
        link: links.nodesAndPools,
        severity: "medium",
        profile: "recommended",
        settings: {
            maximum: whole(
                100,
                "the most nodes, of both kinds together for a fixed size, of each kind for a formula",
            ),
        },
        check: (pool, { maximum }) => {
            const { dedicated, spot } = nodesOf(pool);
            if (dedicated + spot > maximum)
                return `The fixed size is ${dedicated + spot} nodes, above ${maximum}.`;
            const targets = formulaBeyond(pool, maximum, maximum);
            return targets === undefined ? undefined : `${targets} of the formula can go above ${maximum}.`;
        },
    }),
    resourceRule({
        name: "azure-batch-pool-configure-maximum-cost",
        on: "pool",
        title: "Cost an hour within a limit",
        description:
            "A pool should not cost more an hour than you mean to pay. Prices are yours to give: without one for its VM size a pool is not judged.",
        fix: "use fewer nodes or a smaller VM size, or raise `maximum` of this rule",
        link: links.nodesAndPools,
        severity: "medium",
        profile: "recommended",
        settings: {
            maximum: amount(50, "the most that a pool may cost an hour, in the currency of the prices"),
            prices: amounts({}, "price of a dedicated node an hour, by VM size"),
            spotPrices: amounts(
                {},
                "price of a spot node an hour, by VM size; that of a dedicated node where there is none",
            ),
        },
        check: (pool, { maximum, prices, spotPrices }) => {
            const vmSize = pool.text("vmSize") ?? "";
            const price = priceOf(prices, vmSize);
            if (price === undefined) return undefined;
            const spotPrice = priceOf(spotPrices, vmSize) ?? price;
            const { dedicated, spot } = nodesOf(pool);
            const cost = dedicated * price + spot * spotPrice;
            if (cost > maximum) return `The fixed size costs ${round(cost)} an hour, above ${maximum}.`;
            const targets = formulaBeyond(pool, Math.floor(maximum / price), Math.floor(maximum / spotPrice));
            return targets === undefined
                ? undefined
                : `${targets} of the formula can cost more than ${maximum} an hour.`;
        },
    }),
    resourceRule({
        name: "azure-batch-pool-configure-resize-timeout",
        on: "pool",
        title: "Resize timeout within limits",
        description: `A resize may take ${limits.resizeTimeoutMin.value / 60} minutes and more; one that waits for hours blocks every other resize of the pool.`,
        fix: "set resizeTimeout to a value such as PT15M, or leave it out",
        link: links.nodesAndPools,
        severity: "medium",
        profile: "essential",
        settings: { maximumMinutes: whole(120, "the longest timeout", { minimum: 5 }) },
        check: (pool, { maximumMinutes }) => {
            const text = pool.text(`${FIXED}.resizeTimeout`);
            if (text === undefined) return undefined;
            const seconds = isoSeconds(text);
            if (seconds === undefined) return `resizeTimeout is '${text}', which is no duration.`;
            if (seconds < limits.resizeTimeoutMin.value)
                return `resizeTimeout is ${text}, below PT5M: the service refuses it.`;
            return seconds > maximumMinutes * 60
                ? `resizeTimeout is ${text}, above ${maximumMinutes} minutes.`
                : undefined;
        },
    }),
    resourceRule({
        name: "azure-batch-pool-configure-evaluation-interval",
        on: "pool",
        title: "Evaluation interval within limits",
        description: `An autoscale formula is evaluated every ${INTERVAL.min / 60} minutes to ${INTERVAL.max / 3600} hours: the service refuses a pool with another interval.`,
        fix: "set evaluationInterval to a value such as PT5M, or leave it out",
        link: links.autoscale,
        severity: "high",
        profile: "essential",
        check: (pool) => {
            const text = pool.text("scaleSettings.autoScale.evaluationInterval");
            if (text === undefined) return undefined;
            const seconds = isoSeconds(text);
            if (seconds === undefined) return `evaluationInterval is '${text}', which is no duration.`;
            return seconds >= INTERVAL.min && seconds <= INTERVAL.max
                ? undefined
                : `evaluationInterval is ${text}: the service refuses it.`;
        },
    }),
    resourceRule({
        name: "azure-batch-pool-configure-deallocation-option",
        on: "pool",
        title: "Nodes leave without loss",
        description:
            "Nodes that leave a pool should let their tasks go on elsewhere: Terminate ends them for good, and RetainedData is no option of API versions after 2025-06-01.",
        fix: 'set nodeDeallocationOption to "TaskCompletion" or "Requeue"',
        link: links.nodesAndPools,
        severity: "medium",
        profile: "recommended",
        settings: { disallowed: texts(["Terminate", "RetainedData"], "options that are not wanted") },
        check: (pool, { disallowed }) => {
            const path = `${FIXED}.nodeDeallocationOption`;
            return disallowed.some((option) => pool.is(path, option))
                ? `nodeDeallocationOption is ${pool.text(path)}.`
                : undefined;
        },
    }),
];

const round = (cost: number): number => Math.round(cost * 100) / 100;

/** Azure compares names of sizes without case. */
function priceOf(prices: Readonly<Record<string, number>>, vmSize: string): number | undefined {
    return Object.entries(prices).find(([name]) => name.toLowerCase() === vmSize.toLowerCase())?.[1];
}
