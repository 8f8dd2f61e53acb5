/** Nodes that fail on purpose: start tasks that fail, nodes that vanish with all that runs on them and boot again. */
import { chances, fits, type Chance } from "../model/chance";
import type { NodeCommand, NodeEvent, NodeHost } from "../model/agent";
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

export function withFaultyNodes({ host, startTasks, nodes, seed, log }: FaultyNodesParts): NodeHost {
    const startRules = startTasks.map((fault, index) => ({
        fault,
        hits: chances(fault, seed + 1_000 + index),
    }));
    const nodeRules = nodes.map((fault, index) => ({ fault, hits: chances(fault, seed + 2_000 + index) }));
    const timers = new Map<string, NodeJS.Timeout>();
    let tell: (events: readonly NodeEvent[]) => void = () => undefined;

    const poolOf = (node: string) => node.split("/")[1] ?? "";
    const vanish = (node: string, preempt = false) => {
        timers.delete(node);
        if (preempt) {
            log.info({ node }, "injected a fault: the node is preempted");
            tell([{ event: "nodePreempted", node }]);
            return;
        }
        log.info({ node }, "injected a fault: the node vanishes");
        host.perform([{ do: "clearNode", node, boot: ownBoot, wipe: false }]);
        tell([{ event: "nodeLost", node, reason: "it vanished, as asked for with --faults" }]);
    };
    const opened = (node: string) => {
        const rule = nodeRules.find(
            ({ fault, hits }) =>
                fits(fault.pool ?? "*", poolOf(node)) &&
                (!fault.preempt || node.endsWith(nodeIdEnd(false))) &&
                hits(),
        );
        if (!rule) return;
        const { afterSeconds, preempt } = rule.fault;
        timers.set(node, setTimeout(() => vanish(node, preempt), afterSeconds * 1000).unref());
    };
    const prepared = (command: NodeCommand): NodeCommand => {
        if (command.do === "openNode") opened(command.node);
        if (command.do === "dropNode") {
            clearTimeout(timers.get(command.node));
            timers.delete(command.node);
        }
        if (command.do !== "run" || command.run.kind !== "startTask") return command;
        const { node } = command.run;
        const rule = startRules.find(({ fault, hits }) => fits(fault.pool ?? "*", poolOf(node)) && hits());
        if (!rule) return command;
        const exitCode = rule.fault.exitCode ?? 1;
        log.info({ node, exitCode }, "injected a fault: the start task fails");
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
