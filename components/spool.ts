import { createHash } from "node:crypto";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import * as pulumi from "@pulumi/pulumi";
import type { BatchTaskCreateOptions } from "../client";
import { canonical } from "./names";

/** Tasks in a file that is named by their content. */
export interface Spool {
    /** File of JSON Lines. */
    readonly path: string;
    readonly digest: string;
    readonly count: number;
}

const KEEP = 24 * 3600 * 1000;

/**
 * Writes tasks to a file for the process that submits them: they are too many for the state, and their secrets have no place there.
 * At preview only the digest is made.
 */
export function writeSpool(tasks: readonly BatchTaskCreateOptions[]): Spool {
    const hash = createHash("sha256");
    const lines = tasks.map((task) => `${canonical(task)}\n`);
    for (const line of lines) hash.update(line);
    const digest = hash.digest("hex").slice(0, 32);
    const folder = path.join(os.tmpdir(), `pulumi-azure-batch-${os.userInfo().uid}`);
    const file = path.join(folder, `${digest}.jsonl`);
    if (!pulumi.runtime.isDryRun()) {
        fs.mkdirSync(folder, { recursive: true, mode: 0o700 });
        prune(folder);
        // Whole or not at all: a run that is killed leaves no half file of that name.
        const draft = `${file}.${process.pid}`;
        fs.writeFileSync(draft, lines.join(""), { mode: 0o600 });
        fs.renameSync(draft, file);
    }
    return { path: file, digest, count: tasks.length };
}

// Files of runs that changed nothing have served nobody.
function prune(folder: string): void {
    for (const name of fs.readdirSync(folder)) {
        const file = path.join(folder, name);
        const age = Date.now() - (fs.statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? Date.now());
        if (age > KEEP) fs.rmSync(file, { force: true });
    }
}
