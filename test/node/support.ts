import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import type { NodeCommand, NodeEvent, NodeHost, RunCommand } from "../../local/model/agent";
import { openNodeHost, type NodeHostOptions } from "../../local/node";

export const node = "acct/pool/tvm-1";

/** A host on a folder of its own, with its events kept. */
export class TestHost {
    readonly directory: string;
    readonly events: NodeEvent[] = [];
    readonly logged: string[] = [];
    host: NodeHost;
    private waiters: (() => void)[] = [];
    private count = 0;

    constructor(private readonly options: Partial<NodeHostOptions> = {}) {
        this.directory = options.directory ?? mkdtempSync(join(tmpdir(), "nodes-"));
        this.host = this.open();
        this.perform({ do: "openNode", node, address: "127.0.1.1" });
    }

    private open(): NodeHost {
        const log = (fields: object, message: string) =>
            void this.logged.push(`${message} ${JSON.stringify(fields)}`);
        const host = openNodeHost({
            directory: this.directory,
            environment: { PATH: process.env.PATH ?? "", HOME: "/nowhere", LANG: "C.UTF-8" },
            elevation: "as-me",
            token: async () => "a-token",
            log: { info: log, warn: log, error: log },
            ...this.options,
        });
        host.listen((events) => {
            this.events.push(...events);
            for (const wake of this.waiters.splice(0)) wake();
        });
        return host;
    }

    perform(...commands: NodeCommand[]): void {
        this.host.perform(commands);
    }

    start(run: Partial<RunCommand> & { commandLine: string }): string {
        this.count += 1;
        const attempt = run.attempt ?? `attempt-${this.count}`;
        this.perform({
            do: "run",
            run: {
                kind: "task",
                node,
                directory: `workitems/job/job-1/task${this.count}`,
                environment: {},
                resourceFiles: [],
                outputFiles: [],
                applicationPackages: [],
                elevated: false,
                ...run,
                attempt,
            },
        });
        return attempt;
    }

    async run(
        run: Partial<RunCommand> & { commandLine: string },
    ): Promise<Extract<NodeEvent, { event: "ended" }>> {
        return this.ended(this.start(run));
    }

    started(attempt: string): Promise<Extract<NodeEvent, { event: "started" }>> {
        return this.event((event) => event.event === "started" && event.attempt === attempt && event);
    }

    ended(attempt: string): Promise<Extract<NodeEvent, { event: "ended" }>> {
        return this.event((event) => event.event === "ended" && event.attempt === attempt && event);
    }

    async event<Found>(pick: (event: NodeEvent) => Found | false): Promise<Found> {
        for (;;) {
            for (const event of this.events) {
                const found = pick(event);
                if (found !== false) return found;
            }
            await new Promise<void>((resolve) => this.waiters.push(resolve));
        }
    }

    path(...parts: string[]): string {
        return join(this.host.rootOf(node), ...parts);
    }

    async close(): Promise<void> {
        await this.host.close();
        rmSync(this.directory, { recursive: true, force: true, maxRetries: 3 });
    }
}

/** Waits until the condition holds. */
export async function until(condition: () => boolean): Promise<void> {
    while (!condition()) await new Promise((resolve) => setTimeout(resolve, 20));
}
