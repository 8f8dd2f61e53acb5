/** Figures for Prometheus: counts of what there is by state, of requests, of runs on nodes and of commits. No names, no secrets. */
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Handler } from "../http/faults";
import type { NodeHost } from "../model/agent";
import type { Store } from "../store/store";
import { version } from "./version";

type Labels = Readonly<Record<string, string>>;

export class Metrics {
    readonly #counters = new Map<string, number>();
    readonly #startedAt = Date.now();

    count(name: string, labels: Labels = {}, by = 1): void {
        const key = series(name, labels);
        this.#counters.set(key, (this.#counters.get(key) ?? 0) + by);
    }

    /** The same handler, whose requests are counted when they are answered or given up. */
    counted(plane: string, handler: Handler): Handler {
        return (request, response) => {
            const began = performance.now();
            response.once("close", () => {
                const answered = response.writableFinished;
                const status = answered ? `${Math.floor(response.statusCode / 100)}xx` : "broken off";
                this.count("requests_total", { plane, method: request.method ?? "", status });
                this.count("request_seconds_total", { plane }, (performance.now() - began) / 1000);
            });
            handler(request, response);
        };
    }

    /** The same nodes, whose runs are counted. */
    watched(host: NodeHost): NodeHost {
        return {
            perform: (commands) => host.perform(commands),
            listen: (listener) => {
                host.listen((events) => {
                    for (const event of events) {
                        if (event.event === "nodeLost") this.count("nodes_lost_total");
                        if (event.event !== "started" && event.event !== "ended") continue;
                        const kind = event.attempt.slice(0, event.attempt.indexOf(":"));
                        if (event.event === "started") this.count("runs_started_total", { kind });
                        else this.count("runs_ended_total", { kind, outcome: outcomeOf(event) });
                    }
                    listener(events);
                });
            },
            rootOf: (node) => host.rootOf(node),
            close: () => host.close(),
        };
    }

    /** In Prometheus' text format, version 0.0.4. */
    text(store: Store): string {
        const lines: string[] = [];
        const family = (
            name: string,
            help: string,
            type: "gauge" | "counter",
            rows: Iterable<[string, number]>,
        ) => {
            lines.push(`# HELP ${prefix}${name} ${help}`, `# TYPE ${prefix}${name} ${type}`);
            for (const [key, value] of rows) lines.push(`${prefix}${key} ${value}`);
        };
        const counters = (name: string) =>
            [...this.#counters].filter(([key]) => key.split("{", 1)[0] === name);
        const byState = (name: string, states: Iterable<string>) => {
            const found = new Map<string, number>();
            for (const state of states) found.set(state, (found.get(state) ?? 0) + 1);
            return [...found].map(([state, count]): [string, number] => [series(name, { state }), count]);
        };
        family("info", "Version of the service.", "gauge", [[series("info", { version }), 1]]);
        family("uptime_seconds", "Since the service started.", "gauge", [
            ["uptime_seconds", (Date.now() - this.#startedAt) / 1000],
        ]);
        family("accounts", "Batch accounts.", "gauge", [["accounts", store.accounts.count()]]);
        const pools = store.pools.list();
        family(
            "pools",
            "Pools by allocation state.",
            "gauge",
            byState(
                "pools",
                pools.map((pool) => pool.allocationState),
            ),
        );
        family(
            "nodes",
            "Nodes by state.",
            "gauge",
            byState(
                "nodes",
                store.nodes.list().map((node) => node.state),
            ),
        );
        const jobs = store.jobs.list();
        family(
            "jobs",
            "Jobs by state.",
            "gauge",
            byState(
                "jobs",
                jobs.map((job) => job.state),
            ),
        );
        const tasks = { active: 0, blocked: 0, running: 0, succeeded: 0, failed: 0 };
        for (const { number } of jobs) {
            const counts = store.tasks.counts(number);
            tasks.active += counts.active - counts.blocked;
            tasks.blocked += counts.blocked;
            tasks.running += counts.running;
            tasks.succeeded += counts.succeeded;
            tasks.failed += counts.failed;
        }
        family(
            "tasks",
            "Tasks of all jobs by state; blocked ones wait for others.",
            "gauge",
            Object.entries(tasks).map(([state, count]) => [series("tasks", { state }), count]),
        );
        family(
            "runs_started_total",
            "Processes started on nodes by kind.",
            "counter",
            counters("runs_started_total"),
        );
        family(
            "runs_ended_total",
            "Runs that ended on nodes by kind and outcome.",
            "counter",
            counters("runs_ended_total"),
        );
        family("nodes_lost_total", "Nodes that vanished.", "counter", counters("nodes_lost_total"));
        family(
            "requests_total",
            "Requests by plane, method and class of status.",
            "counter",
            counters("requests_total"),
        );
        family(
            "request_seconds_total",
            "Time until they were answered.",
            "counter",
            counters("request_seconds_total"),
        );
        const { commits, seconds } = store.commits();
        family("store_commits_total", "Groups of writes made durable.", "counter", [
            ["store_commits_total", commits],
        ]);
        family("store_commit_seconds_total", "Time that took.", "counter", [
            ["store_commit_seconds_total", seconds],
        ]);
        const { rss, heapUsed } = process.memoryUsage();
        const { user, system } = process.cpuUsage();
        family("memory_bytes", "Of the service's own process.", "gauge", [
            [series("memory_bytes", { kind: "resident" }), rss],
            [series("memory_bytes", { kind: "heap" }), heapUsed],
        ]);
        family("cpu_seconds_total", "Of the service's own process.", "counter", [
            ["cpu_seconds_total", (user + system) / 1e6],
        ]);
        return `${lines.join("\n")}\n`;
    }
}

const prefix = "batchlocal_";

function series(name: string, labels: Labels): string {
    const words = Object.entries(labels).map(
        ([label, value]) => `${label}="${value.replace(/["\\\n]/g, "_")}"`,
    );
    return words.length === 0 ? name : `${name}{${words.join(",")}}`;
}

function outcomeOf(event: { stopped?: boolean; failureInfo?: unknown; exitCode?: number }): string {
    if (event.stopped) return "stopped";
    return event.failureInfo === undefined && event.exitCode === 0 ? "success" : "failure";
}

/** Answers `/metrics`, to this machine alone; false when the request is for somebody else. */
export function answerMetrics(
    request: IncomingMessage,
    response: ServerResponse,
    { metrics, store }: { metrics: Metrics; store: Store },
): boolean {
    if (!/^\/metrics(?:\?|$)/.test(request.url ?? "")) return false;
    if (!/^(?:::ffff:)?127\.|^::1$/.test(request.socket.remoteAddress ?? "")) {
        response.writeHead(403, { "Content-Length": 0 }).end();
        return true;
    }
    const body = metrics.text(store);
    response.writeHead(200, {
        "Content-Type": "text/plain; version=0.0.4; charset=utf-8",
        "Content-Length": Buffer.byteLength(body),
        "Cache-Control": "no-store",
    });
    response.end(request.method === "HEAD" ? undefined : body);
    return true;
}
