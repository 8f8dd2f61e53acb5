import type { NodeDeallocationOption } from "../language/names";
import { EventHeap } from "./heap";
import type { Settings } from "./options";
import type { Trace } from "./trace";

type NodeKind = "dedicated" | "spot";
type NodeState = "booting" | "ready" | "leaving" | "preempted" | "gone";

interface Node {
    readonly kind: NodeKind;
    readonly id: string | undefined;
    readonly allocated: number;
    state: NodeState;
    /** Tasks it runs, by their number in the trace. */
    readonly tasks: Set<number>;
    /** Time since which it costs. */
    billedFrom: number;
    /** Counts preemptions, so that a boot begun before one is not taken for the recovery. */
    boots: number;
    /** Until when it holds data of tasks that ended there. */
    dataUntil: number;
    /** On its way out, it stays for that data. */
    keepsData: boolean;
}

interface Run {
    readonly task: number;
    readonly node: Node;
    readonly attempt: number;
}

/** A pool of nodes and the tasks on it. Time is in seconds from the start; every change is caused by `advance` or `resize`. */
export class Pool {
    readonly waits: Float64Array;
    readonly nodeSeconds = { dedicated: 0, spot: 0 };
    readonly current = { dedicated: 0, spot: 0 };
    /** Nodes that stay: not leaving, preempted ones included. */
    private readonly staying = { dedicated: 0, spot: 0 };
    preempted = 0;
    usable = 0;
    running = 0;
    succeeded = 0;
    /** Runs cut short: those that start again, and those that are lost. */
    requeued = 0;
    terminated = 0;
    /** In order of their ids. */
    private readonly nodes: Node[] = [];
    private made = 0;
    private leaving = 0;
    /** When the resize that is under way gives up. */
    private deadline = Infinity;
    /** Time of the last event. */
    private happened = 0;
    private queue: number[] = [];
    private head = 0;
    /** Tasks that were interrupted; they run before those that arrived later. */
    private readonly again: number[] = [];
    private readonly attempts: Uint32Array;
    private readonly finishes = new EventHeap<Run>();
    private readonly boots = new EventHeap<{ node: Node; boot: number }>();
    private readonly removals = new EventHeap<Node>();
    private readonly preemptions = new EventHeap<Node>();
    private arrived = 0;

    constructor(
        private readonly trace: Trace,
        private readonly settings: Settings,
        private readonly random: () => number,
    ) {
        this.waits = new Float64Array(trace.length).fill(NaN);
        this.attempts = new Uint32Array(trace.length);
        for (let i = 0; i < settings.initialDedicatedNodes; i++) this.addNode("dedicated", 0, 0);
        for (let i = 0; i < settings.initialSpotNodes; i++) this.addNode("spot", 0, 0);
    }

    get active(): number {
        return this.queue.length - this.head + this.again.length;
    }

    /** Whether nodes are still on their way out; allocation itself takes no time here, boots follow it. */
    get resizing(): boolean {
        return this.leaving > 0 && this.deadline < Infinity;
    }

    /** Plays all events up to and including `time`, but of a resize's time-out only those before it. */
    advance(time: number): void {
        for (;;) {
            const arrival = this.trace[this.arrived]?.arrival ?? Infinity;
            const next = Math.min(
                arrival,
                this.finishes.next,
                this.boots.next,
                this.removals.next,
                this.preemptions.next,
            );
            // All that happens in one instant comes before the tasks that start in it.
            if (next > this.happened) this.start(this.happened);
            if (this.deadline < time && this.deadline <= next) {
                this.timeOut(this.deadline);
                continue;
            }
            if (next > time) return;
            this.happened = next;
            // Who leaves first makes room for who comes.
            if (next === this.finishes.next) this.finish(next);
            else if (next === this.preemptions.next) this.preempt(next);
            else if (next === this.removals.next) this.remove(next);
            else if (next === this.boots.next) this.ready(next);
            else {
                this.queue.push(this.arrived++);
            }
        }
    }

    /** Asks for a number of nodes of a kind; quota permitting. */
    resize(kind: NodeKind, target: number, option: NodeDeallocationOption, time: number): void {
        const limit = kind === "dedicated" ? this.settings.maxDedicatedNodes : this.settings.maxSpotNodes;
        const wanted = Math.min(target, limit);
        while (this.staying[kind] < wanted) this.addNode(kind, time, this.settings.bootSeconds);
        if (this.staying[kind] > wanted) this.shrink(kind, this.staying[kind] - wanted, option, time);
    }

    /** guess: when a resize gives up, nodes that still wait for tasks or data stay; the next evaluation asks for the targets again. */
    timeOut(time: number): void {
        if (time < this.deadline) return;
        this.deadline = Infinity;
        for (const node of this.nodes) {
            if (node.state !== "leaving" || (node.tasks.size === 0 && dataEnds(node) <= time)) continue;
            node.state = "ready";
            this.leaving--;
            this.staying[node.kind]++;
            this.usable++;
        }
        this.start(time);
    }

    /** Ends the account of costs. */
    settle(time: number): void {
        for (const node of this.nodes) if (node.state !== "preempted") this.bill(node, time);
    }

    private addNode(kind: NodeKind, time: number, bootSeconds: number): void {
        const node: Node = {
            kind,
            id: this.settings.nodeId?.(this.made),
            allocated: time,
            state: "booting",
            tasks: new Set(),
            billedFrom: time,
            boots: 0,
            dataUntil: 0,
            keepsData: false,
        };
        this.made++;
        const { id } = node;
        const at = id === undefined ? -1 : this.nodes.findIndex((other) => (other.id ?? "") > id);
        this.nodes.splice(at < 0 ? this.nodes.length : at, 0, node);
        this.current[kind]++;
        this.staying[kind]++;
        this.boots.add(time + bootSeconds, { node, boot: 0 });
    }

    private ready(time: number): void {
        const event = this.boots.take();
        if (!event || event.node.boots !== event.boot) return;
        const { node } = event;
        if (node.state === "preempted") {
            this.preempted--;
            node.billedFrom = time;
        } else if (node.state !== "booting") return;
        node.state = "ready";
        this.usable++;
        if (node.kind === "spot" && this.settings.preemptionsPerNodeHour > 0) {
            const after = (-Math.log(1 - this.random()) * 3600) / this.settings.preemptionsPerNodeHour;
            this.preemptions.add(time + after, node);
        }
    }

    /** Gives waiting tasks to nodes with free slots, the emptiest first: `spread`, the default of a pool's `nodeFillType`. */
    private start(time: number): void {
        while (this.active > 0) {
            const node = this.emptiest();
            if (!node) return;
            this.run(this.nextTask(), node, time);
        }
    }

    private emptiest(): Node | undefined {
        let best: Node | undefined;
        let fewest = this.settings.taskSlotsPerNode;
        for (const node of this.nodes) {
            if (node.state !== "ready" || node.tasks.size >= fewest) continue;
            if (node.tasks.size === 0) return node;
            best = node;
            fewest = node.tasks.size;
        }
        return best;
    }

    private nextTask(): number {
        const again = this.again.shift();
        if (again !== undefined) return again;
        const task = this.queue[this.head++] as number;
        if (this.head > 10_000 && this.head * 2 > this.queue.length) {
            this.queue = this.queue.slice(this.head);
            this.head = 0;
        }
        return task;
    }

    private run(task: number, node: Node, time: number): void {
        const { arrival, duration } = this.trace[task] ?? { arrival: time, duration: 0 };
        this.waits[task] = time - arrival;
        node.tasks.add(task);
        this.running++;
        this.finishes.add(time + duration, { task, node, attempt: this.attempts[task] ?? 0 });
    }

    private finish(time: number): void {
        const run = this.finishes.take();
        if (!run || this.attempts[run.task] !== run.attempt || !run.node.tasks.delete(run.task)) return;
        this.running--;
        this.succeeded++;
        run.node.dataUntil = time + this.settings.retentionSeconds;
        if (run.node.state === "leaving") this.leaveWhenIdle(run.node, time);
    }

    private interrupt(node: Node, again: boolean): void {
        for (const task of node.tasks) {
            this.attempts[task] = (this.attempts[task] ?? 0) + 1;
            this.running--;
            if (again) {
                this.requeued++;
                this.again.push(task);
            } else this.terminated++;
        }
        node.tasks.clear();
    }

    private preempt(time: number): void {
        const node = this.preemptions.take();
        if (!node || (node.state !== "ready" && node.state !== "leaving")) return;
        this.bill(node, time);
        this.interrupt(node, true);
        if (node.state === "leaving") {
            this.drop(node);
            return;
        }
        node.state = "preempted";
        this.usable--;
        this.preempted++;
        node.boots++;
        this.boots.add(time + this.settings.recoverySeconds, { node, boot: node.boots });
    }

    // guess: nodes without tasks go first, then busy ones; among equals the one that was allocated last.
    private shrink(kind: NodeKind, count: number, option: NodeDeallocationOption, time: number): void {
        const rank = ({ state, tasks }: Node): number =>
            state === "preempted" ? 0 : tasks.size === 0 ? 1 : 2;
        const candidates = this.nodes.filter((node) => node.kind === kind && node.state !== "leaving");
        candidates.sort((a, b) => rank(a) - rank(b) || b.allocated - a.allocated);
        for (const node of candidates.slice(0, count)) this.release(node, option, time);
        if (this.leaving > 0) this.deadline = time + this.settings.resizeTimeoutSeconds;
        this.start(time);
    }

    private release(node: Node, option: NodeDeallocationOption, time: number): void {
        this.staying[node.kind]--;
        if (node.state === "preempted") {
            this.preempted--;
            this.drop(node);
            return;
        }
        if (node.state === "ready") this.usable--;
        node.state = "leaving";
        this.leaving++;
        if (option === "requeue" || option === "terminate") this.interrupt(node, option === "requeue");
        node.keepsData = option === "retaineddata";
        this.leaveWhenIdle(node, time);
    }

    private leaveWhenIdle(node: Node, time: number): void {
        if (node.tasks.size === 0)
            this.removals.add(Math.max(time, dataEnds(node)) + this.settings.removalSeconds, node);
    }

    private remove(time: number): void {
        const node = this.removals.take();
        if (!node || node.state !== "leaving" || node.tasks.size > 0) return;
        // Of an earlier try to leave, before the last task.
        if (time < dataEnds(node) + this.settings.removalSeconds) return;
        this.bill(node, time);
        this.drop(node);
    }

    private drop(node: Node): void {
        if (node.state === "leaving") this.leaving--;
        if (this.leaving === 0) this.deadline = Infinity;
        node.state = "gone";
        this.nodes.splice(this.nodes.indexOf(node), 1);
        this.current[node.kind]--;
    }

    private bill(node: Node, time: number): void {
        this.nodeSeconds[node.kind] += time - node.billedFrom;
        node.billedFrom = time;
    }
}

/** Until when a node on its way out waits for its tasks' data. */
function dataEnds({ keepsData, dataUntil }: Node): number {
    return keepsData ? dataUntil : 0;
}
