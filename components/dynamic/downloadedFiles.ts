import type { BatchSignIn } from "../../client";
import fs from "node:fs";
import { downloadTo } from "../../client";
import { cancelled } from "./cancel";
import { blobCredential } from "./connections";
import { differs, uncertain } from "./known";

/** Inputs of downloaded files. */
export interface DownloadedFilesInputs {
    /** Address of the container. */
    readonly url: string;
    /** Where they go on this machine; not compared, since another machine has it elsewhere. */
    readonly folder: string;
    readonly prefix?: string;
    readonly triggers?: readonly unknown[];
    readonly batchCredentials?: BatchSignIn;
}

export function check(
    _olds: unknown,
    news: DownloadedFilesInputs,
): { inputs: DownloadedFilesInputs; failures: { property: string; reason: string }[] } {
    return { inputs: news, failures: [] };
}

/** Where the files are not, they are brought; elsewhere the same triggers are no change. */
export function diff(
    _id: string,
    olds: DownloadedFilesInputs,
    news: DownloadedFilesInputs,
): { changes: boolean; replaces: string[] } {
    const watched = ["url", "prefix", "triggers"] as const;
    const changed = watched.some((name) => differs(olds[name], news[name]) || uncertain(news[name]));
    return { changes: changed || !fs.existsSync(news.folder), replaces: [] };
}

export async function create(
    inputs: DownloadedFilesInputs,
): Promise<{ id: string; outs: Record<string, unknown> }> {
    return { id: `${inputs.url} ${inputs.prefix ?? ""}`.trim(), outs: await bring(inputs) };
}

export async function update(
    _id: string,
    _olds: DownloadedFilesInputs,
    news: DownloadedFilesInputs,
): Promise<{ outs: Record<string, unknown> }> {
    return { outs: await bring(news) };
}

async function bring(inputs: DownloadedFilesInputs): Promise<Record<string, unknown>> {
    const { url, folder, prefix } = inputs;
    fs.mkdirSync(folder, { recursive: true });
    const credential = await blobCredential(inputs.batchCredentials);
    const names = await downloadTo(url, folder, credential, { prefix, signal: cancelled });
    return { ...inputs, count: names.length };
}

export function read(
    id: string,
    props: DownloadedFilesInputs,
): Promise<{ id: string; props: DownloadedFilesInputs }> {
    return Promise.resolve({ id, props });
}

/** What was downloaded stays. */
export const remove = (): Promise<void> => Promise.resolve();
