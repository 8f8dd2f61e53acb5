import { createHash, randomBytes } from "node:crypto";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { ContentsProfiler, LimitsProfiler } from "../catalog";
import type { ProfiledTask, TaskContents, TaskLimits } from "../catalog";
import { isEventual } from "./diagnostics";
import { linesOf } from "../client/lines";
import { compact } from "./raw/task";
import { withoutLifetimes } from "./signatures";

/** Tasks in a file that is named by their content, and what is seen in them. */
export interface Spool extends TaskContents {
    /** File of JSON Lines. */
    readonly path: string;
    readonly digest: string;
    readonly count: number;
}

const KEEP = 24 * 3600 * 1000;
const CHUNK = 1 << 18;

/** Lines that go to a file and into a digest, some hundred thousand characters at a time. */
export class Draft {
    readonly file: string;
    readonly #hash = createHash("sha256");
    readonly #output: number;
    #lines = "";

    constructor(folder: string) {
        this.file = path.join(folder, `${process.pid}-${randomBytes(6).toString("hex")}.draft`);
        this.#output = fs.openSync(this.file, "wx", 0o600);
    }

    add(line: string): void {
        this.#lines += `${line}\n`;
        if (this.#lines.length > CHUNK) this.#flush();
    }

    /** Digest of what was added until now. */
    digestSoFar(): string {
        this.#flush();
        return this.#hash.copy().digest("hex");
    }

    /** Takes the file back. */
    remove(): void {
        fs.closeSync(this.#output);
        fs.rmSync(this.file, { force: true });
    }

    /** Ends the file; gives the digest of its content. */
    close(): string {
        this.#flush();
        fs.closeSync(this.#output);
        return this.#hash.digest("hex").slice(0, 32);
    }

    #flush(): void {
        const text = this.#lines;
        const bytes = Buffer.from(text);
        this.#lines = "";
        const counted = withoutLifetimes(text);
        this.#hash.update(counted === text ? bytes : counted);
        for (let at = 0; at < bytes.length;) at += fs.writeSync(this.#output, bytes, at);
    }
}

/**
 * Writes tasks, one by one and in little memory, to a file for the process that submits them: they are too many for the state, and their
 * secrets have no place there. At preview the file goes again, and only digest, count and profile are left.
 */
export class SpoolWriter {
    readonly #folder = spoolFolder(`${pulumi.getProject()}/${pulumi.getStack()}`);
    readonly #draft = new Draft(this.#folder);
    readonly #limits = new LimitsProfiler();
    readonly #contents = new ContentsProfiler();
    // Values that are still to come, each once, and the text that stands for it until then.
    readonly #awaited = new Map<unknown, number>();
    readonly #mark = `${randomBytes(12).toString("hex")}:`;
    /** Of the tasks as far as they are known at once, from the first on that is not known whole. */
    readonly #plain = createHash("sha256");
    #count = 0;

    /** @param task a body of the data plane, names in order; parts of it may still be to come */
    add(task: unknown): void {
        this.#count += 1;
        const before = this.#awaited.size;
        const text = JSON.stringify(this.#marked(task));
        if (this.#awaited.size > 0) {
            if (before === 0) this.#plain.update(this.#draft.digestSoFar());
            this.#plain.update(text.replaceAll(this.#mark, ""));
        }
        this.#draft.add(text);
        // What is still to come is in places alone that limits do not come from.
        this.#limits.add(task as ProfiledTask);
        if (this.#awaited.size === 0) this.#contents.add(task as ProfiledTask);
    }

    /** Takes back what was written. */
    abandon(): void {
        this.#draft.remove();
    }

    /** @returns what is known at once, and the rest when all values have come */
    finish(): { limits: TaskLimits; written: pulumi.Output<Spool>; plainDigest: string } {
        const digest = this.#draft.close();
        const awaited = [...this.#awaited.keys()] as pulumi.Input<unknown>[];
        const written =
            awaited.length === 0
                ? pulumi.output(this.#keep(this.#draft.file, digest, this.#contents.contents()))
                : (pulumi.all(awaited).apply((values) => this.#complete(values)) as pulumi.Output<Spool>);
        const plainDigest = awaited.length === 0 ? digest : this.#plain.digest("hex").slice(0, 32);
        return { limits: this.#limits.limits(), written, plainDigest };
    }

    /** The same value where nothing in it is still to come, else a copy with marks in the place of that. */
    #marked(value: unknown): unknown {
        if (typeof value !== "object" || value === null) return value;
        if (isEventual(value)) {
            const index = this.#awaited.get(value) ?? this.#awaited.size;
            this.#awaited.set(value, index);
            return this.#mark + String(index);
        }
        let copy: Record<string, unknown> | undefined;
        for (const name in value) {
            const inner = (value as Record<string, unknown>)[name];
            const marked = this.#marked(inner);
            if (marked !== inner)
                (copy ??= Array.isArray(value) ? ([...value] as never) : { ...value })[name] = marked;
        }
        return copy ?? value;
    }

    /** The file once more, with the values that have come by now. */
    #complete(values: readonly unknown[]): Spool {
        const draft = new Draft(this.#folder);
        const contents = new ContentsProfiler();
        const revive = (_name: string, value: unknown): unknown =>
            typeof value === "string" && value.startsWith(this.#mark)
                ? values[Number(value.slice(this.#mark.length))]
                : value;
        for (const line of linesOf(this.#draft.file)) {
            const task = compact(JSON.parse(line, line.includes(this.#mark) ? revive : undefined));
            draft.add(JSON.stringify(task));
            contents.add(task as ProfiledTask);
        }
        fs.rmSync(this.#draft.file);
        return this.#keep(draft.file, draft.close(), contents.contents());
    }

    #keep(draft: string, digest: string, contents: TaskContents): Spool {
        const file = claimName(this.#folder, digest);
        // Whole or not at all: a run that is killed leaves no half file of that name.
        if (pulumi.runtime.isDryRun()) fs.rmSync(draft);
        else fs.renameSync(draft, file);
        return { path: file, digest, count: this.#count, ...contents };
    }
}

/** A folder of this user alone and of this name, without what earlier runs have left there. */
export function spoolFolder(name: string): string {
    const own = path.join(os.tmpdir(), `pulumi-azure-batch-${os.userInfo().uid}`);
    fs.mkdirSync(own, { recursive: true, mode: 0o700 });
    const { uid } = os.userInfo();
    const found = fs.lstatSync(own);
    // Who may write into the folder of all temporary files may have made it for us.
    if (!found.isDirectory() || (uid >= 0 && found.uid !== uid) || (uid >= 0 && (found.mode & 0o077) !== 0))
        throw new Error(
            `${own} is not a folder of yours alone, so tasks and their secrets are not written there: remove it, or set TMPDIR to another place`,
        );
    const folder = path.join(own, createHash("sha256").update(name).digest("hex").slice(0, 16));
    fs.mkdirSync(folder, { recursive: true, mode: 0o700 });
    prune(folder);
    return folder;
}

// Two collections of the same tasks have a file each: whoever has submitted its own removes it.
const claimed = new Map<string, number>();

function claimName(folder: string, digest: string): string {
    const before = claimed.get(digest) ?? 0;
    claimed.set(digest, before + 1);
    return path.join(folder, `${digest}${before === 0 ? "" : `-${before + 1}`}.jsonl`);
}

// Files of runs that changed nothing have served nobody.
function prune(folder: string): void {
    for (const name of fs.readdirSync(folder)) {
        const file = path.join(folder, name);
        const age = Date.now() - (fs.statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? Date.now());
        if (age > KEEP) fs.rmSync(file, { force: true });
    }
}
