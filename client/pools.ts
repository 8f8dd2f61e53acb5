import { segment } from "./core";
import type { CallOptions, ConditionOptions, Core, ListOptions, ReadOptions } from "./core";
import type {
    AutoScaleRun,
    BatchNode,
    BatchNodeRebootKind,
    BatchPool,
    BatchPoolNodeCounts,
    BatchPoolResizeOptions,
    BatchSupportedImage,
} from "./models";

/** Operations on pools and their nodes. Pools are made in the management plane, by the constructs. */
export class PoolOperations {
    readonly #core: Core;

    constructor(core: Core) {
        this.#core = core;
    }

    get(id: string, options: ReadOptions = {}): Promise<BatchPool> {
        const query = { $select: options.select, $expand: options.expand };
        return this.#core.json({ method: "GET", path: `/pools/${segment(id)}`, query, options });
    }

    list(options: ListOptions = {}): AsyncGenerator<BatchPool> {
        return this.#core.list("/pools", options);
    }

    nodes(id: string, options: ListOptions = {}): AsyncGenerator<BatchNode> {
        return this.#core.list(`/pools/${segment(id)}/nodes`, options);
    }

    node(id: string, nodeId: string, options: ReadOptions = {}): Promise<BatchNode> {
        const query = { $select: options.select };
        return this.#core.json({
            method: "GET",
            path: `/pools/${segment(id)}/nodes/${segment(nodeId)}`,
            query,
            options,
        });
    }

    /** Nodes by state, of all pools or of those that the filter names. */
    nodeCounts(options: ListOptions = {}): AsyncGenerator<BatchPoolNodeCounts> {
        return this.#core.list("/nodecounts", options);
    }

    supportedImages(options: ListOptions = {}): AsyncGenerator<BatchSupportedImage> {
        return this.#core.list("/supportedimages", options);
    }

    async resize(id: string, size: BatchPoolResizeOptions, options: ConditionOptions = {}): Promise<void> {
        const headers = { "if-match": options.ifMatch };
        await this.#core.send({
            method: "POST",
            path: `/pools/${segment(id)}/resize`,
            body: size,
            headers,
            options,
        });
    }

    /** Evaluates a formula on a pool with autoscale, and changes nothing. */
    evaluateAutoScale(id: string, formula: string, options: CallOptions = {}): Promise<AutoScaleRun> {
        const body = { autoScaleFormula: formula };
        return this.#core.json({
            method: "POST",
            path: `/pools/${segment(id)}/evaluateautoscale`,
            body,
            options,
        });
    }

    /** Starts a node again, so that it takes over a new start task or new packages. */
    async reboot(
        id: string,
        nodeId: string,
        options: CallOptions & { when?: BatchNodeRebootKind } = {},
    ): Promise<void> {
        await this.#takeDown(id, nodeId, "reboot", { nodeRebootOption: options.when }, options);
    }

    /** Makes a node anew from its image, so that it takes over new identities too. */
    async reimage(
        id: string,
        nodeId: string,
        options: CallOptions & { when?: BatchNodeRebootKind } = {},
    ): Promise<void> {
        await this.#takeDown(id, nodeId, "reimage", { nodeReimageOption: options.when }, options);
    }

    async #takeDown(
        id: string,
        nodeId: string,
        how: "reboot" | "reimage",
        body: Record<string, string | undefined>,
        options: CallOptions,
    ): Promise<void> {
        const path = `/pools/${segment(id)}/nodes/${segment(nodeId)}/${how}`;
        await this.#core.send({ method: "POST", path, body, options });
    }
}
