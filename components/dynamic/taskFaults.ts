import type { BatchTaskCreateOptions, BatchSignIn, ExitConditions, ExitOptions } from "../../client";
import { limits } from "../../catalog";
import { batchClient } from "./connections";
import type { Faults, Maybe } from "./faults";
import { checkTaskPart } from "./faults";
import { hasCompleted } from "./jobRun";
import { items, known } from "./known";
import type { Unsure } from "./known";

/** What of a job its tasks are checked against; undefined for what is not known. */
export interface JobRules {
    readonly usesTaskDependencies?: boolean;
    readonly onTaskFailure?: string;
}

/** The task that takes the most slots, beside what its pool has. */
export interface NeededSlots {
    readonly taskId?: string;
    readonly needed?: number;
    readonly perNode: number;
}

/** No node ever runs a task that takes more slots than it has. */
export function checkSlots(property: string, slots: Maybe<NeededSlots>, faults: Faults): void {
    const [needed, perNode] = [known(slots?.needed), known(slots?.perNode)];
    if (needed === undefined || perNode === undefined || needed <= perNode) return;
    faults.add(
        property,
        `task '${known(slots?.taskId) ?? ""}' takes ${needed} task slots and the nodes of the pool have ${perNode}: it would never run; give the pool more taskSlotsPerNode, or the task fewer requiredSlots`,
    );
}

interface Place {
    readonly endpoint: string;
    readonly jobId: string;
    readonly batchCredentials?: BatchSignIn;
}

/** Says at preview that a job has completed which other tasks are meant for, where nothing makes a new one. */
export async function refuseWhenOver(
    olds: Partial<Place>,
    news: { [K in keyof Place]: Unsure<Place[K]> },
    changed: boolean,
    faults: Faults,
): Promise<void> {
    const [endpoint, jobId] = [known(news.endpoint), known(news.jobId)];
    if (!changed || endpoint === undefined || jobId === undefined) return;
    if (olds.jobId !== undefined && olds.jobId !== jobId) return;
    const client = await batchClient({ endpoint, batchCredentials: known(news.batchCredentials) }).catch(
        () => undefined,
    );
    if (client === undefined || !(await hasCompleted(client, jobId))) return;
    faults.add(
        "jobId",
        `job ${jobId} has completed and takes no other tasks: give the Job \`triggers\` that change with them, so that a new job is made`,
    );
}

/** Checks one task: everything that the service would refuse of it alone. */
export function checkTask(
    task: Unsure<BatchTaskCreateOptions>,
    path: string,
    rules: JobRules,
    faults: Faults,
): void {
    faults.id(`${path}id`, task.id);
    faults.displayName(`${path}displayName`, task.displayName);
    faults.whole(`${path}requiredSlots`, task.requiredSlots, 1, limits.taskSlotsPerNode.value);
    checkTaskPart(task, path, faults);
    const { multiInstanceSettings: gang } = task;
    if (gang !== undefined) {
        faults.whole(`${path}multiInstanceSettings.numberOfInstances`, gang.numberOfInstances, 1);
        const coordination = `${path}multiInstanceSettings.coordinationCommandLine`;
        faults.text(coordination, gang.coordinationCommandLine, "the command line");
        if ((known(task.requiredSlots) ?? 1) !== 1)
            faults.add(`${path}requiredSlots`, "it must be 1 for a task of several instances");
    }
    checkDependencies(task, path, rules, faults);
    checkExitConditions(task.exitConditions, `${path}exitConditions`, rules, faults);
}

function checkDependencies(
    task: Unsure<BatchTaskCreateOptions>,
    path: string,
    rules: JobRules,
    faults: Faults,
): void {
    const { dependsOn } = task;
    if (dependsOn === undefined) return;
    if (rules.usesTaskDependencies === false)
        faults.add(
            `${path}dependsOn`,
            "the job does not allow dependencies: set usesTaskDependencies on the Job",
        );
    const ids = known(dependsOn.taskIds) ?? [];
    const characters = ids.reduce((sum, id) => sum + id.length, 0);
    if (characters > limits.dependencyIdsLength.value)
        faults.add(
            `${path}dependsOn.taskIds`,
            `the ${ids.length} ids have ${characters} characters, and ${limits.dependencyIdsLength.value} is the limit: give the tasks whole numbers as ids and depend on ranges of them`,
        );
    const own = known(task.id)?.toLowerCase();
    if (own !== undefined && ids.some((id) => id.toLowerCase() === own))
        faults.add(`${path}dependsOn.taskIds`, `task '${own}' depends on itself`);
    items(dependsOn.taskIdRanges).forEach((range, index) =>
        faults.range(`${path}dependsOn.taskIdRanges[${index}]`, range, 0),
    );
}

function checkExitConditions(
    conditions: Maybe<ExitConditions>,
    path: string,
    rules: JobRules,
    faults: Faults,
): void {
    if (conditions === undefined) return;
    const options: [string, Maybe<ExitOptions>][] = [
        [`${path}.preProcessingError`, conditions.preProcessingError],
        [`${path}.fileUploadError`, conditions.fileUploadError],
        [`${path}.default`, conditions.default],
    ];
    const codes = new Set<number>();
    items(conditions.exitCodes).forEach((mapping, index) => {
        const at = `${path}.exitCodes[${index}]`;
        const code = known(mapping.code);
        if (code !== undefined && codes.has(code)) faults.add(`${at}.code`, `${code} is given twice`);
        if (code !== undefined) codes.add(code);
        options.push([at, mapping.exitOptions]);
    });
    items(conditions.exitCodeRanges).forEach((mapping, index) => {
        const at = `${path}.exitCodeRanges[${index}]`;
        faults.range(at, mapping, -(2 ** 31));
        options.push([at, mapping.exitOptions]);
    });
    for (const [at, option] of options) {
        const action = known(option?.jobAction);
        if (action !== undefined && action !== "none" && rules.onTaskFailure === "noaction")
            faults.add(
                `${at}.jobAction`,
                `'${action}' needs onTaskFailure "performexitoptionsjobaction" on the Job`,
            );
    }
}
