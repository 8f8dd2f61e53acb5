/**
 * A set of task ids in little memory: 64 bits of hash each and their order, so that a million ids take 24 MB and not 80.
 * Ids are compared without case, as the service does. Two of a million different ids collide with a chance of 1 in 30 million.
 */
export class IdSet {
    #high: Uint32Array;
    #low: Uint32Array;
    #order: Uint32Array;
    #size = 0;

    /** @param expected ids that there will be, where that is known; more may come */
    constructor(expected = 0) {
        const length = 2 ** Math.ceil(Math.log2(Math.max(512, expected) + 1)) * 2;
        this.#high = new Uint32Array(length);
        this.#low = new Uint32Array(length);
        this.#order = new Uint32Array(length);
    }

    get size(): number {
        return this.#size;
    }

    /** Adds an id; false when it was there. */
    add(id: string): boolean {
        if (this.#size * 2 >= this.#low.length) this.#grow();
        const [high, low] = hash(id);
        return this.#put(high, low, this.#size);
    }

    has(id: string): boolean {
        return this.orderOf(id) !== undefined;
    }

    /** How many ids were added before this one; undefined when it is not there. */
    orderOf(id: string): number | undefined {
        const [high, low] = hash(id);
        for (let at = low & (this.#low.length - 1); ; at = (at + 1) & (this.#low.length - 1)) {
            if (this.#low[at] === 0) return undefined;
            if (this.#low[at] === low && this.#high[at] === high) return this.#order[at];
        }
    }

    #put(high: number, low: number, order: number): boolean {
        const mask = this.#low.length - 1;
        let at = low & mask;
        while (this.#low[at] !== 0) {
            if (this.#low[at] === low && this.#high[at] === high) return false;
            at = (at + 1) & mask;
        }
        this.#low[at] = low;
        this.#high[at] = high;
        this.#order[at] = order;
        this.#size += 1;
        return true;
    }

    #grow(): void {
        const [high, low, order] = [this.#high, this.#low, this.#order];
        this.#high = new Uint32Array(high.length * 2);
        this.#low = new Uint32Array(low.length * 2);
        this.#order = new Uint32Array(low.length * 2);
        this.#size = 0;
        for (let at = 0; at < low.length; at++) {
            const word = low[at] ?? 0;
            if (word !== 0) this.#put(high[at] ?? 0, word, order[at] ?? 0);
        }
    }
}

// Two multiplicative hashes over the lower-cased characters; a low word of 0 marks an empty slot and is moved to 1.
function hash(id: string): [high: number, low: number] {
    let high = 0x9e3779b9;
    let low = 0x85ebca6b;
    for (let index = 0; index < id.length; index++) {
        let code = id.charCodeAt(index);
        if (code >= 65 && code <= 90) code += 32;
        high = Math.imul(high ^ code, 0x01000193);
        low = Math.imul(low ^ code, 0x5bd1e995);
        low ^= low >>> 13;
    }
    high = Math.imul(high ^ (high >>> 16), 0x7feb352d) ^ low;
    low = Math.imul(low ^ (low >>> 15), 0x846ca68b);
    low = (low ^ (low >>> 16)) >>> 0;
    return [(high ^ (high >>> 15)) >>> 0, low === 0 ? 1 : low];
}
