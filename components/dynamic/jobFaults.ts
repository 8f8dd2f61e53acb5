import type { BatchJobManagerTask, BatchJobScheduleConfiguration, BatchJobSpecification } from "../../client";
import { limits } from "../../catalog";
import { seconds } from "../durations";
import type { Faults, Maybe } from "./faults";
import { checkTaskPart } from "./faults";
import { items, known } from "./known";
import type { Unsure } from "./known";
import { isOurs } from "./owner";

/** Checks a job, or what the jobs of a schedule are: everything that the service would refuse. */
export function checkJob(job: Maybe<BatchJobSpecification>, path: string, faults: Faults): void {
    if (job === undefined) return;
    faults.displayName(`${path}displayName`, job.displayName);
    faults.whole(`${path}priority`, job.priority, limits.jobPriorityMin.value, limits.jobPriorityMax.value);
    const parallel = known(job.maxParallelTasks);
    if (parallel !== undefined && parallel !== -1 && !(Number.isInteger(parallel) && parallel > 0))
        faults.add(`${path}maxParallelTasks`, `${parallel}: it can be -1 (no limit) or above 0`);
    faults.duration(`${path}constraints.maxWallClockTime`, job.constraints?.maxWallClockTime, { above: 0 });
    faults.retries(`${path}constraints.maxTaskRetryCount`, job.constraints?.maxTaskRetryCount);
    checkSpecialTasks(job, path, faults);
    const { poolId, autoPoolSpecification } = job.poolInfo ?? {};
    if (poolId !== undefined && autoPoolSpecification !== undefined)
        faults.add(`${path}poolInfo`, "give either poolId or autoPoolSpecification, not both");
    faults.id(`${path}poolInfo.poolId`, poolId);
    items(job.metadata).forEach(({ name }, index) => {
        if (isOurs(known(name)))
            faults.add(
                `${path}metadata[${index}].name`,
                `'${known(name)}' is kept for this library: use another`,
            );
    });
}

function checkSpecialTasks(job: Unsure<BatchJobSpecification>, path: string, faults: Faults): void {
    const { jobPreparationTask: preparation, jobReleaseTask: release, jobManagerTask: manager } = job;
    if (release !== undefined && preparation === undefined)
        faults.add(
            `${path}jobPreparationTask`,
            "a job with a release task needs a preparation task: give one",
        );
    if (preparation !== undefined) {
        faults.id(`${path}jobPreparationTask.id`, preparation.id);
        checkTaskPart(preparation, `${path}jobPreparationTask.`, faults);
    }
    if (release !== undefined) {
        faults.id(`${path}jobReleaseTask.id`, release.id);
        checkTaskPart(release, `${path}jobReleaseTask.`, faults);
        const time = { above: 0, max: limits.releaseTaskWallClockMax.value };
        faults.duration(`${path}jobReleaseTask.maxWallClockTime`, release.maxWallClockTime, time);
        faults.duration(`${path}jobReleaseTask.retentionTime`, release.retentionTime);
    }
    if (manager !== undefined) checkManager(manager, `${path}jobManagerTask.`, faults);
}

function checkManager(manager: Unsure<BatchJobManagerTask>, path: string, faults: Faults): void {
    faults.id(`${path}id`, manager.id);
    faults.displayName(`${path}displayName`, manager.displayName);
    faults.whole(`${path}requiredSlots`, manager.requiredSlots, 1, limits.taskSlotsPerNode.value);
    checkTaskPart(manager, path, faults);
}

/** Checks when a schedule makes jobs. */
export function checkSchedule(
    schedule: Maybe<BatchJobScheduleConfiguration>,
    path: string,
    faults: Faults,
): void {
    if (schedule === undefined) return;
    const instants = (["doNotRunUntil", "doNotRunAfter"] as const).map((name) => {
        const text = known(schedule[name]);
        const instant = text === undefined ? undefined : Date.parse(text);
        if (instant !== undefined && Number.isNaN(instant))
            faults.add(`${path}${name}`, `'${text}' is not an instant: write '2030-01-31T06:00:00Z'`);
        return instant;
    });
    const [from, to] = instants;
    if (from !== undefined && to !== undefined && to <= from)
        faults.add(`${path}doNotRunAfter`, "it is not after doNotRunUntil: no job would ever be made");
    for (const name of ["startWindow", "recurrenceInterval"] as const) {
        const text = known(schedule[name]);
        const length = text === undefined ? undefined : seconds(text);
        faults.duration(`${path}${name}`, schedule[name]);
        if (length !== undefined && length < limits.scheduleIntervalMin.value)
            faults.add(
                `${path}${name}`,
                `'${text}' is too short: it can be ${limits.scheduleIntervalMin.value} s and above`,
            );
    }
}
