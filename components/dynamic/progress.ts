const INTERVAL = 10_000;

/** Prints at most one line each ten seconds. Only ids and counts may be printed: the engine does not mask what a provider prints. */
export class Progress {
    readonly #print: (line: string) => void;
    #next: number;

    constructor(print: (line: string) => void = (line) => console.error(line), now = Date.now()) {
        this.#print = print;
        // What is over within the first moments needs no line.
        this.#next = now + 2000;
    }

    /** A line that is printed whenever it comes: a first one, or a summary. */
    say(text: string): void {
        this.#print(text);
    }

    line(text: () => string, now = Date.now()): void {
        if (now < this.#next) return;
        this.#next = now + INTERVAL;
        this.#print(text());
    }
}
