import type { JobRecord } from "../../model/job";
import type { TaskSpec } from "../../model/spec";
import type { TaskRecord } from "../../model/task";
import { actionFor } from "../taskEnd";
import { plural, reason, type Reason, type View } from "./reason";

const mostNamed = 5;
/** Of a range that many are looked at: each costs a look-up. */
const mostSeen = 1_000;

/** Which of the tasks it depends on are still in its way, by what is the matter with them. */
export function openDependencies({ store }: View, job: JobRecord, task: TaskRecord): Reason | undefined {
    if (task.blockedBy === 0) return undefined;
    const groups = new Map<string, string[]>();
    let seen = 0;
    for (const id of idsOf(task.spec as unknown as TaskSpec)) {
        seen += 1;
        if (seen > mostSeen) break;
        const problem = problemOf(store.tasks.get(job.number, id));
        if (problem === undefined) continue;
        const group = groups.get(problem);
        if (group) group.push(id);
        else groups.set(problem, [id]);
    }
    const words = [...groups].map(([problem, ids]) => {
        const named = ids.slice(0, mostNamed).map((id) => `'${id}'`);
        const rest = ids.length - named.length;
        return `${named.join(", ")}${rest > 0 ? ` and ${plural(rest, "other")}` : ""} ${problem}`;
    });
    const waits = `it waits for ${plural(task.blockedBy, "task")} it depends on`;
    return reason("dependency", words.length === 0 ? waits : `${waits}: ${words.join("; ")}`);
}

function* idsOf({ dependsOn }: TaskSpec): Generator<string> {
    yield* dependsOn?.taskIds ?? [];
    for (const { start, end } of dependsOn?.taskIdRanges ?? [])
        for (let number = start; number <= end; number += 1) yield String(number);
}

function problemOf(task: TaskRecord | undefined): string | undefined {
    if (!task) return "not there: never added, or deleted before it completed";
    if (task.state !== "completed")
        return task.state === "active" && task.blockedBy > 0 ? "waiting itself" : task.state;
    const { exitCode, failureInfo } = task;
    const { dependencyAction } = actionFor((task.spec as unknown as TaskSpec).exitConditions, {
        ...(exitCode !== undefined && { exitCode }),
        ...(failureInfo && { failureInfo }),
    });
    if (dependencyAction === "satisfy") return undefined;
    const how = exitCode === undefined ? (failureInfo?.code ?? "an error") : `exit code ${exitCode}`;
    return `failed with ${how}, which does not satisfy a dependency`;
}
