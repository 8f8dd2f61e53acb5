import * as pulumi from "@pulumi/pulumi";
import type { Scale } from "./scale";

/** What nodes of a pool cost, as your price list says. */
export interface Price {
    /** Of a dedicated node for an hour. */
    readonly perNodeHour: number;
    /** Of a spot node for an hour. @default not estimated */
    readonly perSpotNodeHour?: number;
    /** @default "USD" */
    readonly currency?: string;
    /** Nodes that a formula will have on average; a fixed scale says its own. @default not estimated */
    readonly nodes?: { readonly dedicated?: number; readonly spot?: number };
}

/** Hours of a month, as Azure's price lists count them. */
const MONTH = 730;

/** Cost of a pool. */
export interface CostEstimate {
    readonly perHour: number;
    readonly perMonth: number;
    readonly currency: string;
}

/** What a pool costs when all its nodes are there; undefined when nodes or prices are not known. */
export function estimateCost(
    price: Price | undefined,
    scale: Scale,
): pulumi.Output<CostEstimate | undefined> {
    const nodes =
        scale.kind === "fixed"
            ? [scale.dedicated, scale.spot]
            : [price?.nodes?.dedicated, price?.nodes?.spot];
    return pulumi.all(nodes).apply(([dedicated, spot]) => {
        if (price === undefined || (dedicated === undefined && spot === undefined)) return undefined;
        if ((spot ?? 0) > 0 && price.perSpotNodeHour === undefined) return undefined;
        const perHour = (dedicated ?? 0) * price.perNodeHour + (spot ?? 0) * (price.perSpotNodeHour ?? 0);
        return { perHour, perMonth: perHour * MONTH, currency: price.currency ?? "USD" };
    });
}

/** Tells the estimate of a pool at preview. */
export function tellCost(
    name: string,
    price: Price,
    scale: Scale,
    estimate: pulumi.Output<CostEstimate | undefined>,
    resource: pulumi.Resource,
): void {
    const currency = price.currency ?? "USD";
    estimate.apply((cost) => {
        if (!pulumi.runtime.isDryRun()) return;
        const text =
            cost !== undefined
                ? `${money(cost.perHour)} ${currency} an hour, ${money(cost.perMonth)} ${currency} a month (${MONTH} hours)`
                : scale.kind === "auto"
                  ? `${money(price.perNodeHour)} ${currency} an hour for each node; say \`price.nodes\` for what the formula has on average`
                  : "no estimate, as `price.perSpotNodeHour` is not said";
        void pulumi.log.info(`Pool '${name}' costs about ${text}`, resource);
    });
}

const money = (amount: number): string => amount.toFixed(amount < 10 ? 3 : 2);
