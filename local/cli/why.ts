/** `batchlocal why JOB[/TASK]`: what keeps a task or a job from going on. */
import { ServiceClient } from "./client";
import type { ShownEntry, ShownExplanation } from "./observe";
import { wrongUsage } from "./problems";
import { needService } from "./running";

export async function why(
    dataDirectory: string,
    what: string,
    { account, json }: { account?: string; json: boolean },
): Promise<number> {
    const [job = "", task, ...rest] = what.split("/");
    if (job === "" || task === "" || rest.length > 0)
        throw wrongUsage(`'${what}' names no task; give JOB/TASK, or JOB for the job itself`);
    const explained = await ask<ShownExplanation>(dataDirectory, "why", {
        job,
        ...(task !== undefined && { task }),
        ...(account !== undefined && { account }),
    });
    process.stdout.write(json ? `${JSON.stringify(explained, undefined, 4)}\n` : readable(what, explained));
    return 0;
}

/** `batchlocal logs --journal` */
export async function printJournal(
    dataDirectory: string,
    { json, subject }: { json: boolean; subject?: string },
): Promise<number> {
    const query: Record<string, string> = { limit: "10000", ...(subject !== undefined && { subject }) };
    const { value } = await ask<{ value: ShownEntry[] }>(dataDirectory, "journal", query);
    for (const entry of value) process.stdout.write(`${json ? JSON.stringify(entry) : line(entry)}\n`);
    return 0;
}

async function ask<T>(dataDirectory: string, route: string, query: Record<string, string>): Promise<T> {
    const client = new ServiceClient(needService(dataDirectory));
    try {
        return (await client.observe(route, query)) as T;
    } finally {
        client.close();
    }
}

function readable(what: string, { account, state, reasons, journal }: ShownExplanation): string {
    const lines = [
        `${what} of account ${account} is ${state}`,
        ...reasons.map(({ code, text }) => `  ${code}: ${text}`),
    ];
    if (journal.length > 0)
        lines.push("What happened:", ...journal.map((entry) => `  ${line(entry, false)}`));
    return `${lines.join("\n")}\n`;
}

function line({ at, subject, from, to, cause }: ShownEntry, named = true): string {
    return `${at} ${named ? `${subject} ` : ""}${from === undefined ? "" : `${from} -> `}${to}: ${cause}`;
}
