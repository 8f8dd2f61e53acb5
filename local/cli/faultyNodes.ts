/** Nodes that fail on purpose: start tasks that fail, nodes that vanish with all that runs on them and boot again. */
import type { NodeCommand, NodeEvent, NodeHost } from "../model/agent";
import { chances, fits, randomNumbers, type Chance } from "../model/chance";
import { fingerprint } from "../model/fingerprint";
import { nodeIdEnd } from "../model/pool";
import type { Logger } from "./logging";

export interface StartTaskFault extends Chance {
    /** Id of the pool; `*` stands for any characters. @default any */
    pool?: string;
    /** @default 1 */
    exitCode?: number;
}

export interface NodeFault extends Chance {
    /** @default any */
    pool?: string;
    /** Real seconds from the node's first command to its end. */
    afterSeconds: number;
    /** Spot nodes only, and as Azure takes them away: preempted, with another one in their place. */
    preempt?: boolean;
}

export interface FaultyNodesParts {
    host: NodeHost;
    startTasks: readonly StartTaskFault[];
    nodes: readonly NodeFault[];
    seed: number;
    log: Logger;
}

/** A clearing of our own, which the scheduler has not asked for and must not hear of. */
const ownBoot = -1;

/**
 * Nodes boot beside each other, in an order that no seed decides. So each node draws from a row of its own, which the seed, the rule, its
 * pool and its number in that pool give: the third node of a pool meets the same faults again. `count` and `skip` go by the order of asking.
 */
class NodeRules<F extends Chance & { pool?: string }> {
    private readonly rules: { fault: F; seed: number; hits: (draw: () => number) => boolean }[];
    private readonly rows = new Map<string, (() => number)[]>();

    constructor(faults: readonly F[], seed: number) {
        this.rules = faults.map((fault, index) => {
            const own = seed + index;
            return { fault, seed: own, hits: chances(fault, own) };
        });
    }

    /** The first rule that hits the node, which is the `number`-th of its pool. */
    hit(node: string, number: number, concerns: (fault: F) => boolean = () => true): F | undefined {
        const pool = poolOf(node);
        let rows = this.rows.get(node);
        if (!rows)
            this.rows.set(
                node,
                (rows = this.rules.map(({ seed }) => randomNumbers(fingerprint(`${pool}/${number}`, seed)))),
            );
        return this.rules.find(({ fault, hits }, index) => {
            const draw = rows[index];
            return draw && fits(fault.pool ?? "*", pool) && concerns(fault) && hits(draw);
        })?.fault;
    }

    forget(node: string): void {
        this.rows.delete(node);
    }
}

function poolOf(node: string): string {
    return node.split("/")[1] ?? "";
}

export function withFaultyNodes({ host, startTasks, nodes, seed, log }: FaultyNodesParts): NodeHost {
    const startRules = new NodeRules(startTasks, seed + 1_000);
    const nodeRules = new NodeRules(nodes, seed + 2_000);
    const timers = new Map<string, NodeJS.Timeout>();
    /** Which of its pool's nodes one is, and how many a pool has had. */
    const numbers = new Map<string, number>();
    const counts = new Map<string, number>();
    let tell: (events: readonly NodeEvent[]) => void = () => undefined;

    const numberOf = (node: string): number => {
        const known = numbers.get(node);
        if (known !== undefined) return known;
        const pool = node.slice(0, node.lastIndexOf("/"));
        const number = (counts.get(pool) ?? 0) + 1;
        counts.set(pool, number);
        numbers.set(node, number);
        return number;
    };
    const vanish = (node: string, preempt = false) => {
        timers.delete(node);
        const who = { node, number: numberOf(node) };
        if (preempt) {
            log.info(who, "injected a fault: the node is preempted");
            tell([{ event: "nodePreempted", node }]);
            return;
        }
        log.info(who, "injected a fault: the node vanishes");
        host.perform([{ do: "clearNode", node, boot: ownBoot, wipe: false }]);
        tell([{ event: "nodeLost", node, reason: "it vanished, as asked for with --faults" }]);
    };
    const opened = (node: string) => {
        const isSpot = node.endsWith(nodeIdEnd(false));
        const fault = nodeRules.hit(node, numberOf(node), ({ preempt }) => !preempt || isSpot);
        if (!fault) return;
        const { afterSeconds, preempt } = fault;
        timers.set(node, setTimeout(() => vanish(node, preempt), afterSeconds * 1000).unref());
    };
    const dropped = (node: string) => {
        clearTimeout(timers.get(node));
        timers.delete(node);
        numbers.delete(node);
        for (const rules of [startRules, nodeRules]) rules.forget(node);
    };
    const prepared = (command: NodeCommand): NodeCommand => {
        if (command.do === "openNode") opened(command.node);
        if (command.do === "dropNode") dropped(command.node);
        if (command.do !== "run" || command.run.kind !== "startTask") return command;
        const { node } = command.run;
        const number = numberOf(node);
        const fault = startRules.hit(node, number);
        if (!fault) return command;
        const exitCode = fault.exitCode ?? 1;
        log.info({ node, number, exitCode }, "injected a fault: the start task fails");
        return { ...command, run: { ...command.run, commandLine: `/bin/sh -c "exit ${exitCode}"` } };
    };
    return {
        perform: (commands) => host.perform(commands.map(prepared)),
        listen: (listener) => {
            tell = listener;
            host.listen((events) => {
                const others = events.filter(
                    (event) => event.event !== "nodeCleared" || event.boot !== ownBoot,
                );
                if (others.length > 0) listener(others);
            });
        },
        rootOf: (node) => host.rootOf(node),
        close: () => {
            for (const timer of timers.values()) clearTimeout(timer);
            return host.close();
        },
    };
}
