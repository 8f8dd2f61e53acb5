/** `/batchlocal/why`, `/batchlocal/journal` and `/batchlocal/preempt` on the resource manager's port: what Azure has no operation for, with its tokens. */
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Identity } from "../identity/identity";
import { idKey, recordKey } from "../model/ids";
import { isoText } from "../model/instant";
import type { JobRecord } from "../model/job";
import type { NodeRecord } from "../model/pool";
import { whyJob, whyTask, type Explanation, type View } from "../scheduler/why";
import type { JournalEntry, Store } from "../store/store";

export interface ObserveParts {
    store: Store;
    scheduler: { world: View["world"]; now(): number; preempt(node: string): void };
    identity: Pick<Identity, "verifyToken">;
    /** Of the resource manager: what its tokens are for. */
    audiences: readonly string[];
}

/** An entry as it is shown: `at` is ISO 8601. */
export interface ShownEntry extends Omit<JournalEntry, "at"> {
    at: string;
}

export interface ShownExplanation extends Explanation {
    account: string;
    journal: ShownEntry[];
}

const mostEntries = 10_000;
const entriesOfSubject = 20;

/** Answers when the request is for one of these; false when it is for somebody else. */
export async function answerObserver(
    request: IncomingMessage,
    response: ServerResponse,
    parts: ObserveParts,
): Promise<boolean> {
    const url = new URL(request.url ?? "/", "http://local");
    if (!/^\/batchlocal\/(?:why|journal|preempt)$/.test(url.pathname)) return false;
    const [status, body] = await answerFor(request, url, parts);
    const text = JSON.stringify(body);
    response.writeHead(status, {
        "Content-Type": "application/json; charset=utf-8",
        "Content-Length": Buffer.byteLength(text),
        "Cache-Control": "no-store",
        ...(status === 401 && { "WWW-Authenticate": "Bearer" }),
    });
    response.end(request.method === "HEAD" ? undefined : text);
    return true;
}

type Answer = [status: number, body: unknown];

function refused(status: number, code: string, message: string): Answer {
    return [status, { error: { code, message } }];
}

async function answerFor(request: IncomingMessage, url: URL, parts: ObserveParts): Promise<Answer> {
    const token = /^Bearer\s+(\S+)$/i.exec(request.headers.authorization ?? "")?.[1];
    if (token === undefined)
        return refused(401, "AuthenticationFailed", "A token of the resource manager is needed.");
    const verified = await parts.identity.verifyToken(token, parts.audiences);
    if ("problem" in verified) return refused(401, "InvalidAuthenticationToken", verified.detail);
    const preempts = url.pathname.endsWith("/preempt");
    if (preempts ? request.method !== "POST" : request.method !== "GET" && request.method !== "HEAD") {
        const known = preempts ? "POST" : "GET";
        return refused(405, "MethodNotAllowed", `${request.method ?? "?"} is not known here; ${known} is.`);
    }
    if (preempts) return preempt(url, parts);
    return url.pathname.endsWith("/journal") ? journal(url, parts) : why(url, parts);
}

/** Takes a spot node away, as Azure does when it needs the capacity. */
function preempt(url: URL, { store, scheduler }: ObserveParts): Answer {
    const [pool = "", id = "", account] = ["pool", "node", "account"].map(
        (name) => url.searchParams.get(name) ?? undefined,
    );
    const isMeant = (node: NodeRecord) =>
        idKey(node.id) === idKey(id) &&
        idKey(node.pool) === idKey(pool) &&
        (account === undefined || node.account === idKey(account));
    const [node, ...others] = store.nodes.list().filter(isMeant);
    if (!node) return refused(404, "NodeNotFound", `There is no node '${id}' in a pool '${pool}'.`);
    if (others.length > 0)
        return refused(
            400,
            "AmbiguousNode",
            `Several accounts have a node '${pool}/${id}'. Name one of them.`,
        );
    if (node.dedicated)
        return refused(
            409,
            "NodeIsDedicated",
            `${node.id} is a dedicated node; only spot nodes are preempted.`,
        );
    scheduler.preempt(node.key);
    return [202, { account: node.account, pool: node.pool, node: node.id }];
}

function journal(url: URL, { store }: ObserveParts): Answer {
    const limit = Number(url.searchParams.get("limit") ?? 1_000);
    if (!Number.isInteger(limit) || limit < 1 || limit > mostEntries)
        return refused(
            400,
            "InvalidQueryParameterValue",
            `limit must be a whole number from 1 to ${mostEntries}.`,
        );
    const subject = url.searchParams.get("subject")?.toLowerCase();
    return [200, { value: shown(store.readJournal({ ...(subject && { subject }), limit })) }];
}

/** Oldest first, as people read. */
function shown(entries: readonly JournalEntry[]): ShownEntry[] {
    return entries.map((entry) => ({ ...entry, at: isoText(entry.at) })).reverse();
}

function why(url: URL, { store, scheduler }: ObserveParts): Answer {
    const jobId = url.searchParams.get("job");
    if (!jobId) return refused(400, "MissingRequiredQueryParameter", "job is missing.");
    const found = jobOf(store, jobId, url.searchParams.get("account") ?? undefined);
    if ("status" in found) return refused(found.status, found.code, found.message);
    const view: View = { store, world: scheduler.world, now: scheduler.now() };
    const taskId = url.searchParams.get("task");
    const explained = taskId ? whyTask(view, found, taskId) : whyJob(view, found);
    if (!explained)
        return refused(404, "TaskNotFound", `There is no task '${taskId ?? ""}' in job '${found.id}'.`);
    const entries = store.readJournal({ subject: explained.subject, limit: entriesOfSubject });
    const account = store.accounts.get(found.account)?.name ?? found.account;
    return [200, { account, ...explained, journal: shown(entries) } satisfies ShownExplanation];
}

/** Of the account that is named; without one, of the only account that has such a job. */
function jobOf(
    store: Store,
    id: string,
    account: string | undefined,
): JobRecord | { status: number; code: string; message: string } {
    const accounts = account === undefined ? store.accounts.list().map(({ key }) => key) : [account];
    const jobs = accounts.flatMap((each) => store.jobs.get(recordKey(each, id)) ?? []);
    const [job] = jobs;
    const where = account === undefined ? "" : ` in account '${account}'`;
    if (!job) return { status: 404, code: "JobNotFound", message: `There is no job '${id}'${where}.` };
    if (jobs.length === 1) return job;
    const names = jobs.map((each) => each.account).join(", ");
    return {
        status: 400,
        code: "AmbiguousJob",
        message: `Several accounts have a job '${id}': ${names}. Name one of them.`,
    };
}
