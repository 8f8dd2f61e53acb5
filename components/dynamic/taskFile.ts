import { createHash } from "node:crypto";
import { rmSync } from "node:fs";
import { ContentsProfiler, LimitsProfiler } from "../../catalog";
import type { ProfiledTask, TaskProfile } from "../../catalog";
import { Problems } from "../diagnostics";
import { taskBody } from "../raw/task";
import { Draft, spoolFolder } from "../spool";
import { TaskChecker } from "../taskChecks";
import { TaskFile, TaskLineError } from "../tasks/taskFile";
import { Faults } from "./faults";
import type { Fault } from "./faults";
import { unsure } from "./known";
import { checkSlots } from "./taskFaults";
import type { JobRules } from "./taskFaults";

/** A file of tasks as the inputs of a collection name it. */
export interface TaskFileInputs {
    readonly spool: string;
    readonly digest: string;
    readonly rules?: JobRules;
    readonly slots?: { readonly perNode: number };
}

const CHANGED = "the file has changed since the program looked at it: run the deployment again";

/** Reads every line of a file and says what is wrong, with its number; count and profile when nothing is. */
export function checkTaskFile(
    inputs: TaskFileInputs,
): { count: number; profile: TaskProfile } | { failures: readonly Fault[] } {
    const problems = new Problems("file");
    const job = { rules: inputs.rules ?? {}, hasTask: () => false };
    const checker = new TaskChecker(job, problems);
    const limits = new LimitsProfiler();
    const contents = new ContentsProfiler();
    const hash = createHash("sha256");
    try {
        for (const { line, task } of new TaskFile(inputs.spool).lines((bytes) => hash.update(bytes))) {
            const body = checker.add(task, `${inputs.spool}:${line}`) as ProfiledTask;
            if (!problems.none) continue;
            limits.add(body);
            contents.add(body);
        }
    } catch (error) {
        if (!(error instanceof TaskLineError) && !("code" in (error as object))) throw error;
        return { failures: [{ property: "tasks", reason: (error as Error).message }] };
    }
    checker.finish();
    if (!problems.none) {
        const failures = problems.first(50).map(({ path, code, reason }) => ({
            property: "tasks",
            reason: `${path}: ${code}: ${reason}`,
        }));
        return { failures };
    }
    const faults = new Faults();
    if (checker.largest !== undefined && inputs.slots !== undefined)
        checkSlots("tasks", unsure({ ...checker.largest, ...inputs.slots }), faults);
    if (faults.found.length > 0) return { failures: faults.found };
    if (hash.digest("hex").slice(0, 32) !== inputs.digest)
        return { failures: [{ property: "tasks", reason: `${inputs.spool}: ${CHANGED}` }] };
    return { count: checker.count, profile: { ...limits.limits(), ...contents.contents() } };
}

/**
 * Writes the tasks of a file as the service takes them.
 * @returns the file of JSON Lines
 */
export function convertTaskFile(inputs: TaskFileInputs): string {
    const draft = new Draft(spoolFolder("files"));
    try {
        const hash = createHash("sha256");
        for (const { task } of new TaskFile(inputs.spool).lines((bytes) => hash.update(bytes)))
            draft.add(JSON.stringify(taskBody(task)));
        draft.close();
        if (hash.digest("hex").slice(0, 32) !== inputs.digest) throw new Error(`${inputs.spool}: ${CHANGED}`);
        return draft.file;
    } catch (error) {
        rmSync(draft.file, { force: true });
        throw error;
    }
}
