import { fingerprint } from "../model/fingerprint";
import { recordKey } from "../model/ids";
import { nodeIdEnd, type NodeRecord, type PoolRecord } from "../model/pool";
import type { PoolSpec } from "../model/spec";
import type { Turn } from "./turn";

/** Makes one node; its directories follow, then its boot. Gives back the pool with its count grown. */
export function newNode(turn: Turn, pool: PoolRecord, dedicated: boolean): PoolRecord {
    const number = pool.nodeCount + 1;
    const id = `tvmps_${digits(`${pool.key}/${pool.creationTime}/${number}`)}${nodeIdEnd(dedicated)}`;
    const spec = pool.spec as unknown as PoolSpec;
    const node: NodeRecord = {
        key: recordKey(pool.account, pool.id, id),
        account: pool.account,
        pool: pool.id,
        id,
        state: "creating",
        stateTransitionTime: turn.now,
        schedulingState: "enabled",
        dedicated,
        address: freeAddress(turn),
        allocationTime: turn.now,
        boot: 0,
        totalTasksRun: 0,
        totalTasksSucceeded: 0,
    };
    const after = { ...pool, nodeCount: number };
    turn.putPool(after);
    if (isWindows(spec)) {
        turn.store.nodes.put({
            ...node,
            state: "unusable",
            errors: [
                {
                    code: "WindowsNotSupported",
                    message:
                        "Batch Local runs tasks on this machine and cannot run a Windows image. Choose a Linux image to try the tasks here.",
                },
            ],
        });
        turn.note(node.key, undefined, "unusable", "Windows image");
        return after;
    }
    turn.store.nodes.put(node);
    turn.note(node.key, undefined, "creating", "resize");
    turn.do({ do: "openNode", node: node.key, address: node.address });
    return after;
}

function isWindows(spec: PoolSpec): boolean {
    const machine = spec.virtualMachineConfiguration;
    return machine?.windowsConfiguration !== undefined || /windows/i.test(machine?.nodeAgentSKUId ?? "");
}

/** 127.x addresses from 127.1.0.1 on, each used by one node at a time. */
function freeAddress(turn: Turn): string {
    const used = new Set(turn.store.nodes.list().map((node) => node.address));
    for (let number = 1; ; number += 1) {
        const address = `127.${1 + Math.floor(number / 62_500)}.${Math.floor(number / 250) % 250}.${1 + (number % 250)}`;
        if (!used.has(address)) return address;
    }
}

/** 64 hexadecimal digits from a text. */
function digits(text: string): string {
    return Array.from({ length: 8 }, (_, part) => fingerprint(text, part).toString(16).padStart(8, "0")).join(
        "",
    );
}
