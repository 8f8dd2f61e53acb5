import type { BatchClient, BatchNode } from "../../client";
import { isServiceError } from "../../client";
import { cancelled } from "./cancel";
import { batchClient } from "./connections";
import { advice, InitializationError } from "./errors";
import { differs, known, uncertain, unsure } from "./known";
import { poolChanges } from "./poolChange";
import type { PoolParts } from "./poolChange";
import { Progress } from "./progress";
import { pause, secondsOr } from "./time";

/** Inputs of a rollout. */
export interface PoolRolloutInputs {
    readonly endpoint: string;
    /** Who signs in. @default azure-native's own settings */
    readonly batchCredentials?: string;
    readonly poolId: string;
    readonly kind: "none" | "reboot" | "reimage";
    /** Digest of what running nodes take over when they are rebooted. */
    readonly digest: string;
    /** Digest of what they take over only when they are reimaged. */
    readonly imageDigest: string;
    /** Short digests of all that the pool is told, for the preview to say what a change means. */
    readonly parts?: PoolParts;
    /** Number of nodes, or `25%`. */
    readonly atOnce: string;
    /** What happens to running tasks. */
    readonly tasks: "requeue" | "terminate" | "taskcompletion" | "retaineddata";
    /** Seconds. */
    readonly timeout: number;
}

interface State extends PoolRolloutInputs {
    /** When the pool was changed last: nodes that have booted before are behind. */
    readonly since?: string;
    /** Whether all nodes had been reached. */
    readonly settled?: boolean;
}

const POLL = 5_000;
const GOOD = new Set(["idle", "running", "offline"]);
const BAD = new Set(["starttaskfailed", "unusable"]);
/** States of nodes that take over the new pool by themselves, go, or cannot be asked for anything. */
const PASSING = new Set([
    "creating",
    "preempted",
    "leavingpool",
    "deallocated",
    "deallocating",
    "unusable",
    "unknown",
]);

export function check(
    _olds: unknown,
    news: PoolRolloutInputs,
): { inputs: PoolRolloutInputs; failures: { property: string; reason: string }[] } {
    return { inputs: news, failures: [] };
}

/** Says what a change of the pool means. What nodes take over is rolled out; how it is done counts for the next one only. */
export async function diff(
    _id: string,
    olds: State,
    news: PoolRolloutInputs,
): Promise<{ changes: boolean; replaces: string[] }> {
    const replaces = (["endpoint", "poolId"] as const).filter((name) => differs(olds[name], news[name]));
    const rolls = moved(olds, news) || olds.settled !== true;
    const { replaced, words } = poolChanges(olds.parts, news.parts);
    if (words !== undefined) new Progress().say(`pool ${olds.poolId}: ${words}`);
    // A new pool has new nodes.
    if (rolls && replaces.length === 0 && replaced.length === 0) await tell(olds, news);
    const how = (["imageDigest", "kind", "atOnce", "tasks", "timeout"] as const).some((name) =>
        differs(olds[name], news[name]),
    );
    return {
        changes:
            rolls ||
            how ||
            words !== undefined ||
            replaces.length > 0 ||
            uncertain([news.digest, news.imageDigest]),
        replaces,
    };
}

/** Whether something has changed that this kind of rollout, or a person who does it by hand, brings to running nodes. */
const moved = (olds: State, news: PoolRolloutInputs): boolean =>
    differs(olds.digest, news.digest) ||
    (news.kind !== "reboot" && differs(olds.imageDigest, news.imageDigest));

/** Says how many nodes are behind, or would be. A preview must not fail because the service does not answer. */
async function tell(olds: State, news: PoolRolloutInputs): Promise<void> {
    const { poolId, kind, ...place } = { ...olds, ...known(unsure(news)) };
    try {
        const client = await batchClient(place);
        const nodes = await allNodes(client, poolId);
        // What changes now is behind on every node; what was left over from before only on those that have not booted since.
        const since = moved(olds, news) ? undefined : olds.since;
        const stale = nodes.filter((node) => isStale(node, since)).length;
        const what = {
            none: "stay so until they are rebooted",
            reboot: "will be rebooted",
            reimage: "will be reimaged",
        };
        const all = nodes.length === 1 ? "1 node" : `${nodes.length} nodes`;
        new Progress().say(
            `pool ${poolId}: ${stale} of ${all} behind after this change${stale === 0 ? "" : `; they ${what[kind]}`}`,
        );
    } catch (error) {
        new Progress().say(
            `pool ${poolId}: how many nodes are behind is not known: ${advice(error).split("\n")[0]}`,
        );
    }
}

/** A pool that is made with its rollout has new nodes only. */
export async function create(
    inputs: PoolRolloutInputs,
): Promise<{ id: string; outs: Record<string, unknown> }> {
    const client = await batchClient(inputs);
    const { lastModified } = await client.pools.get(inputs.poolId, { select: "id,lastModified" });
    return { id: idOf(inputs), outs: { ...inputs, since: lastModified ?? "", settled: true } };
}

const idOf = ({ endpoint, poolId }: PoolRolloutInputs): string => `${endpoint}/pools/${poolId}/rollout`;

export async function update(
    id: string,
    olds: State,
    news: PoolRolloutInputs,
): Promise<{ outs: Record<string, unknown> }> {
    const changed = moved(olds, news);
    if (!changed && olds.settled === true) return { outs: { ...news, since: olds.since, settled: true } };
    let since = olds.since;
    try {
        const client = await batchClient(news);
        if (changed) {
            const { lastModified } = await client.pools.get(news.poolId, { select: "id,lastModified" });
            since = lastModified ?? new Date().toISOString();
        }
        // What was done by hand meanwhile is not done again: a node that has booted since then is up to date.
        if (news.kind !== "none") await bringUpToDate(client, news, since);
    } catch (error) {
        throw new InitializationError(id, { ...news }, { since, settled: false }, [advice(error)]);
    }
    return { outs: { ...news, since, settled: true } };
}

async function allNodes(client: BatchClient, poolId: string): Promise<BatchNode[]> {
    const nodes: BatchNode[] = [];
    const options = { select: "id,state,lastBootTime,startTaskInfo", signal: cancelled };
    for await (const node of client.pools.nodes(poolId, options)) nodes.push(node);
    return nodes;
}

function isStale({ state, lastBootTime }: BatchNode, since: string | undefined): boolean {
    if (state === undefined || PASSING.has(state) || lastBootTime === undefined) return false;
    return since === undefined || Date.parse(lastBootTime) < Date.parse(since);
}

/** Reboots or reimages nodes, so many at once, and stops at the first that does not come back. */
async function bringUpToDate(
    client: BatchClient,
    inputs: PoolRolloutInputs,
    since: string | undefined,
): Promise<void> {
    const { poolId, kind } = inputs;
    const deadline = Date.now() + secondsOr(inputs.timeout, 3600) * 1000;
    const progress = new Progress();
    const asked = new Set<string>();
    let total: number | undefined;
    for (let delay = 500; ; delay = Math.min(POLL, delay * 1.5)) {
        const nodes = await allNodes(client, poolId);
        const stale = nodes.filter((node) => isStale(node, since));
        const [broken] = nodes.filter(
            (node) => asked.has(node.id ?? "") && BAD.has(node.state ?? "") && !isStale(node, since),
        );
        if (broken !== undefined) {
            throw new Error(
                `pool ${poolId}: node ${broken.id} is ${broken.state} after its ${kind}; ${others(stale.length)} left as they are. Look at its start task, mend it and run again.`,
            );
        }
        const underway = nodes.filter(({ id, state }) => asked.has(id ?? "") && !GOOD.has(state ?? ""));
        const waiting = stale.filter(({ id }) => asked.has(id ?? ""));
        const busy = new Set([...underway, ...waiting].map(({ id }) => id));
        const left = stale.filter(
            ({ id, state }) => !asked.has(id ?? "") && state !== "rebooting" && state !== "reimaging",
        );
        total ??= stale.length;
        if (busy.size === 0 && stale.length === 0) {
            if (total > 0) progress.say(`pool ${poolId}: all nodes are up to date`);
            return;
        }
        if (Date.now() > deadline) {
            throw new Error(
                `pool ${poolId}: ${others(stale.length)} still behind when time was over; run again to go on, or give rollout a longer timeout`,
            );
        }
        for (const { id } of left.slice(0, Math.max(0, limitOf(inputs.atOnce, nodes.length) - busy.size))) {
            if (id === undefined) continue;
            asked.add(id);
            await begin(client, inputs, id);
            delay = 500;
        }
        progress.line(() => `pool ${poolId}: ${(total ?? 0) - stale.length} of ${total} nodes up to date`);
        await pause(delay, cancelled);
    }
}

const others = (count: number): string => (count === 1 ? "1 node is" : `${count} nodes are`);

/** @param atOnce a number of nodes, or a part of all; one at least */
export function limitOf(atOnce: string, nodes: number): number {
    const part = /^([\d.]+)%$/.exec(atOnce)?.[1];
    return Math.max(1, part === undefined ? Number(atOnce) : Math.floor((Number(part) * nodes) / 100));
}

async function begin(
    client: BatchClient,
    { poolId, kind, tasks }: PoolRolloutInputs,
    id: string,
): Promise<void> {
    const options = { when: tasks, signal: cancelled };
    try {
        await (kind === "reimage"
            ? client.pools.reimage(poolId, id, options)
            : client.pools.reboot(poolId, id, options));
    } catch (error) {
        // It has left the pool meanwhile, or somebody else has begun.
        if (!isServiceError(error, "NodeNotFound", "NodeNotReady", "NodeBeingRebooted", "NodeBeingReimaged"))
            throw error;
    }
}

export async function read(
    id: string,
    props: State,
): Promise<{ id?: string; props?: Record<string, unknown> }> {
    try {
        const client = await batchClient(props);
        await client.pools.get(props.poolId, { select: "id" });
        return { id, props: { ...props } };
    } catch (error) {
        if (isServiceError(error, "PoolNotFound")) return {};
        throw new Error(advice(error), { cause: error });
    }
}

/** A rollout leaves nothing behind. */
export function remove(): Promise<void> {
    return Promise.resolve();
}
