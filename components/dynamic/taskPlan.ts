import { createHash } from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import type { BatchClient, IdSet } from "../../client";
import { endpointUrl } from "../../client/core";
import { linesOf } from "../../client/lines";
import { Draft, spoolFolder } from "../spool";
import { cancelled } from "./cancel";

/**
 * Notes in a file the ids of the tasks that a deployment is about to add to a job: when it is killed, no state knows of them. The next one with
 * other tasks finds them there. Only the machine that was killed has the file.
 */
export class TaskPlan {
    readonly #file: string;
    readonly #head: string;
    readonly #draft: Draft;

    private constructor(file: string, head: string) {
        this.#file = file;
        this.#head = head;
        this.#draft = new Draft(path.dirname(file));
        this.#draft.add(head);
    }

    /** @param owner the resource whose tasks they are */
    static async open(client: BatchClient, jobId: string, owner: string): Promise<TaskPlan> {
        // Another job of the same id is another one.
        const { creationTime } = await client.jobs.get(jobId, {
            select: "id,creationTime",
            signal: cancelled,
        });
        const subject = { endpoint: client.core.endpoint.href, jobId, owner };
        return new TaskPlan(fileOf(subject), JSON.stringify({ ...subject, creationTime }));
    }

    /** Whether a deployment of these tasks was killed on this machine, so that the state says nothing of what it has done. */
    static isLeft({ endpoint, jobId, owner }: Subject): boolean {
        return fs.existsSync(fileOf({ endpoint: endpointUrl(endpoint).href, jobId, owner }));
    }

    add(id: string): void {
        this.#draft.add(id);
    }

    /** Puts the file in its place. @returns tasks that killed deployments may have added, and that are not declared now */
    begin(declared: IdSet): string[] {
        const left: string[] = [];
        if (fs.existsSync(this.#file)) {
            const lines = linesOf(this.#file);
            const same = lines.next().value === this.#head;
            for (const id of same ? lines : []) if (!declared.has(id)) left.push(id);
            lines.return(undefined);
        }
        for (const id of left) this.#draft.add(id);
        this.#draft.close();
        fs.renameSync(this.#draft.file, this.#file);
        return left;
    }

    /** All is as declared: nothing is to be known of it. */
    end(): void {
        fs.rmSync(this.#file, { force: true });
    }
}

interface Subject {
    readonly endpoint: string;
    readonly jobId: string;
    readonly owner: string;
}

const fileOf = (subject: Subject): string =>
    path.join(spoolFolder("plans"), createHash("sha256").update(JSON.stringify(subject)).digest("hex"));
