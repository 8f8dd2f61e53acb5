import { createHash } from "node:crypto";
import { setImmediate } from "node:timers/promises";
import { abortReason } from "../transport";
import { packsOfList } from "./listPacks";
import type { Pack } from "./pack";
import { isList, preparedTasks } from "./sources";
import type { TaskSource } from "./sources";

/** What a source holds. */
export interface Survey {
    /** Number of tasks. */
    readonly total: number;
    /** Place of the last one. */
    readonly last: number;
    readonly linked: boolean;
    /** Digest of all of them; empty where nobody asked. */
    readonly digest: string;
    /** The tasks of a list as they are sent, where they are small enough to be kept. */
    readonly packs: readonly Pack[] | undefined;
}

/** Bytes of packs that are kept between the check and the submission, so that they need not be made twice. */
const KEPT_BYTES = 64 * 1024 * 1024;

/**
 * Reads a source to its end and throws at the first task that cannot be sent.
 * @returns the number of tasks
 */
export async function checkSource(source: TaskSource): Promise<number> {
    return (await surveySource(source)).total;
}

/** How a source is looked at. */
export interface SurveyOptions {
    /** Whether the digest is wanted. @default false */
    readonly digested?: boolean;
    /** Whether the ids are known to differ. @default false */
    readonly distinctIds?: boolean;
    readonly signal?: AbortSignal;
}

/** Tasks, and packs, that are looked at before anything else of the process has its turn. */
const TURN = 10_000;
const TURN_PACKS = 100;

/** Reads a source to its end, as {@link checkSource} does. */
export async function surveySource(
    source: TaskSource,
    { digested = false, distinctIds = false, signal }: SurveyOptions = {},
): Promise<Survey> {
    const digest = digested ? new TextDigest() : undefined;
    if (isList(source)) return surveyPacks(packsOfList(source, !distinctIds), digest, signal);
    let [total, last, linked] = [0, 0, false];
    for (const tasks = preparedTasks(source, { checked: distinctIds }); ; total += 1) {
        const next = tasks.next();
        const { done, value } = next instanceof Promise ? await next : next;
        if (done === true) break;
        last = value.position;
        linked ||= value.linked;
        digest?.add(value.json);
        if (total % TURN === 0) await othersTurn(signal);
    }
    return { total, last, linked, digest: digest?.hex() ?? "", packs: undefined };
}

async function othersTurn(signal: AbortSignal | undefined): Promise<void> {
    await setImmediate();
    if (signal?.aborted === true) throw abortReason(signal);
}

async function surveyPacks(
    packs: Iterable<Pack>,
    digest: TextDigest | undefined,
    signal: AbortSignal | undefined,
): Promise<Survey> {
    let [total, linked, bytes, count] = [0, false, 0, 0];
    const kept: Pack[] = [];
    for (const pack of packs) {
        total += pack.size;
        linked ||= pack.linked;
        bytes += pack.bytes;
        if (bytes <= KEPT_BYTES) kept.push(pack);
        else kept.length = 0;
        digest?.add(pack.text());
        // Packs of large tasks hold any number of them.
        if (++count % TURN_PACKS === 0) await othersTurn(signal);
    }
    return {
        total,
        last: total,
        linked,
        digest: digest?.hex() ?? "",
        packs: bytes <= KEPT_BYTES ? kept : undefined,
    };
}

/** Digest of texts, which are gathered: a call for each would cost more than the digest. */
class TextDigest {
    readonly #hash = createHash("sha256");
    #text = "";

    add(text: string): void {
        this.#text += `${text}\n`;
        if (this.#text.length < 65_536) return;
        this.#hash.update(this.#text);
        this.#text = "";
    }

    hex(): string {
        return this.#hash.update(this.#text).digest("hex");
    }
}
