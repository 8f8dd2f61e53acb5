import { DEALLOCATION, DEDICATED, READ_WRITE, SPOT } from "../language/names";
import { type Value, formatValue } from "./values";

interface Outcome {
    readonly targetDedicatedNodes: number;
    readonly targetSpotNodes: number;
    readonly nodeDeallocationOption: string;
}

// The service had one kind of node until then and named the target as the formula did: so read its recorded results of 2014 to 2016.
const SPOT_NODES_SINCE = Date.UTC(2017, 4, 1);

/** The results string of a run at `now`: the service's variables, then those of the formula sorted by name. */
export function results(outcome: Outcome, variables: ReadonlyMap<string, Value>, now: number): string {
    const own = [...variables.keys()].filter((name) => !READ_WRITE.has(name)).sort();
    const before2017 = now < SPOT_NODES_SINCE;
    let targetName = DEDICATED;
    let target = outcome.targetDedicatedNodes;
    let shown = own;
    if (before2017) {
        const spelt = [...variables.keys()].findLast((name) => /^\$targetdedicated(nodes)?$/i.test(name));
        targetName = spelt ?? DEDICATED;
        shown = own.filter((name) => name !== targetName);
        const value = variables.get(targetName);
        if (!READ_WRITE.has(targetName) && typeof value === "number")
            target = Math.max(0, Math.trunc(value)) || 0;
    }
    const parts = [`${targetName}=${target}`];
    if (!before2017) parts.push(`${SPOT}=${outcome.targetSpotNodes}`);
    parts.push(`${DEALLOCATION}=${outcome.nodeDeallocationOption}`);
    for (const name of shown) parts.push(`${name}=${formatValue(variables.get(name) ?? "")}`);
    return parts.join(";");
}
