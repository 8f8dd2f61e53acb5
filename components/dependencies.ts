/** What a task depends on. */
export interface Dependencies {
    readonly taskIds?: readonly string[];
    /** Whole numbers, both ends included; ids that are numbers count, whatever zeros they begin with. */
    readonly ranges?: readonly { readonly start: number; readonly end: number }[];
}

/** What does not hold together in the dependencies of tasks. */
export interface DependencyFaults {
    /** Ids, or ranges of them, that no task has; `task` is the place of who depends on them. */
    readonly missing: readonly { task: number; what: string }[];
    /** Places of tasks that wait for each other, each for the next and the last for the first. */
    readonly cycle?: readonly number[];
}

/** Where the tasks are that others may depend on. */
export interface TaskPlaces {
    readonly count: number;
    /** Place of a task among these, from 0. */
    placeOf(id: string): number | undefined;
    /** Tasks whose ids are numbers. */
    readonly numbered: readonly { readonly number: number; readonly task: number }[];
    /** Whether a task that is not among these has an id. */
    elsewhere(id: string): boolean;
}

/**
 * Looks at the dependencies of tasks as a whole, in time linear in tasks and dependencies: a range is a few edges to a tree over the
 * numbered tasks, so that a task that depends on a million costs no more than the million.
 * @param dependent the tasks that depend on others, by their place
 */
export function checkDependencies(
    dependent: ReadonlyMap<number, Dependencies>,
    places: TaskPlaces,
): DependencyFaults {
    const tree = new RangeTree(places.numbered, places.count);
    const missing: { task: number; what: string }[] = [];
    const edges = new Map<number, number[]>();
    for (const [task, { taskIds = [], ranges = [] }] of dependent) {
        const to: number[] = [];
        for (const id of taskIds) {
            const place = places.placeOf(id);
            if (place !== undefined) to.push(place);
            else if (!places.elsewhere(id)) missing.push({ task, what: `the id '${id}'` });
        }
        for (const { start, end } of ranges) {
            const nodes = tree.covering(start, end);
            if (nodes.length === 0 && !places.elsewhere(String(start)))
                missing.push({ task, what: `an id from ${start} to ${end}` });
            to.push(...nodes);
        }
        edges.set(task, to);
    }
    const edgesOf = (node: number): readonly number[] =>
        edges.get(node) ?? (node < places.count ? [] : tree.below(node));
    const cycle = findCycle(dependent.keys(), tree.end, edgesOf);
    return {
        missing,
        ...(cycle === undefined ? {} : { cycle: cycle.filter((node) => node < places.count) }),
    };
}

/** A tree over the numbered tasks, so that any range of them is few nodes. Its nodes have the numbers after those of the tasks. */
class RangeTree {
    readonly #leaves: readonly { readonly number: number; readonly task: number }[];
    readonly #size: number;
    readonly #offset: number;

    constructor(numbered: TaskPlaces["numbered"], offset: number) {
        this.#leaves = [...numbered].sort((left, right) => left.number - right.number);
        this.#size = numbered.length;
        this.#offset = offset;
    }

    /** The number after that of the last node. */
    get end(): number {
        return this.#offset + this.#size;
    }

    /** Nodes that together stand for the numbers of a range. */
    covering(start: number, end: number): number[] {
        const nodes: number[] = [];
        let left = this.#first(start) + this.#size;
        let right = this.#first(end + 1) + this.#size;
        for (; left < right; left >>= 1, right >>= 1) {
            if (left % 2 === 1) nodes.push(this.#node(left++));
            if (right % 2 === 1) nodes.push(this.#node(--right));
        }
        return nodes;
    }

    /** The two nodes below one. */
    below(node: number): number[] {
        const at = node - this.#offset;
        return [this.#node(2 * at), this.#node(2 * at + 1)];
    }

    #node(at: number): number {
        return at >= this.#size ? (this.#leaves[at - this.#size]?.task ?? 0) : this.#offset + at;
    }

    /** Place of the first number that is not below one. */
    #first(number: number): number {
        let [low, high] = [0, this.#size];
        while (low < high) {
            const middle = (low + high) >> 1;
            if ((this.#leaves[middle]?.number ?? 0) < number) low = middle + 1;
            else high = middle;
        }
        return low;
    }
}

/** The nodes of a cycle, in order; undefined without one. Each edge is looked at once, and nothing recurses. */
function findCycle(
    roots: Iterable<number>,
    nodes: number,
    edgesOf: (node: number) => readonly number[],
): number[] | undefined {
    const [open, done] = [1, 2];
    const state = new Uint8Array(nodes);
    for (const root of roots) {
        if (state[root] !== 0) continue;
        const path = [{ node: root, edges: edgesOf(root), next: 0 }];
        state[root] = open;
        for (let step = path.at(-1); step !== undefined; step = path.at(-1)) {
            const to = step.edges[step.next++];
            if (to === undefined) {
                state[step.node] = done;
                path.pop();
            } else if (state[to] === open) {
                const found = path.map(({ node }) => node);
                return found.slice(found.indexOf(to));
            } else if (state[to] === 0) {
                state[to] = open;
                path.push({ node: to, edges: edgesOf(to), next: 0 });
            }
        }
    }
    return undefined;
}
