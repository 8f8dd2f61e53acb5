/** What host and spawner say to each other: one JSON array of messages a line, so that a busy moment costs one write. */

export type ToSpawner =
    | { do: "hello"; mark: string; nodes: string; environment: Record<string, string>; ledger?: string }
    | { do: "run"; run: SpawnRequest }
    | { do: "stop"; attempt: string }
    /** Ends what a run with `leaveRunning` left behind. */
    | { do: "endLeft"; attempt: string }
    /** Makes a directory read-only for processes, as far as the kernel allows it. */
    | { do: "seal"; directory: string }
    /** Ends all that a node runs, left-overs of finished attempts included. Answered by `cleared` with the same ticket. */
    | { do: "clear"; node: string; ticket: number };

export interface SpawnRequest {
    attempt: string;
    node: string;
    /** The node's root; `{root}` in commands' environments stands for it. */
    root: string;
    /** Absolute directory of the run; it gets `wd/`, `stdout.txt` and `stderr.txt`. */
    directory: string;
    /** Split here unless `argv` is given. */
    commandLine: string;
    /** Words to run instead of the command line's own: a wrapper (namespaces, container) around it. */
    argv?: string[];
    /** Runs in the node's sandbox, which is opened if need be: the directory that holds the node's root, and whether as its root. */
    sandbox?: { home: string; elevated: boolean };
    environment: Record<string, string>;
    /** What stays in the background when it ends lives on until `endLeft` or `clear`. */
    leaveRunning?: boolean;
}

export type FromSpawner =
    | { is: "ready"; pid: number }
    | { is: "started"; attempt: string; at: number; pid: number }
    | { is: "ended"; attempt: string; at: number; exitCode: number; stopped?: true }
    | { is: "failed"; attempt: string; at: number; reason: SpawnFailure; message: string; stopped?: true }
    | { is: "cleared"; ticket: number };

/** Why no process came to run. */
export type SpawnFailure = "commandLine" | "notFound" | "denied" | "directory" | "launch" | "sandbox";

/** Splits a byte stream into its lines; what follows the last line end waits for more. */
export function lineReader(take: (line: string) => void): (chunk: string) => void {
    let rest = "";
    return (chunk) => {
        const lines = (rest + chunk).split("\n");
        rest = lines.pop() ?? "";
        for (const line of lines) if (line) take(line);
    };
}

/** Collects messages of one turn of the event loop and hands them on as one line. */
export class LineWriter<Message> {
    private waiting: Message[] = [];

    constructor(private readonly write: (line: string) => void) {}

    send(message: Message): void {
        if (this.waiting.length === 0) setImmediate(() => this.flush());
        this.waiting.push(message);
    }

    flush(): void {
        if (this.waiting.length === 0) return;
        const batch = this.waiting;
        this.waiting = [];
        this.write(JSON.stringify(batch) + "\n");
    }
}
