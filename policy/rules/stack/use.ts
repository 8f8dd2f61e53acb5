import { limitsWallClock } from "../../../catalog";
import { links } from "../../core/links";
import { stackRule } from "../../core/rule";
import { flag } from "../../core/settings";
import type { Stack, StackResource } from "../../core/stack";

// A job's body was made from the pool, or names it.
const POOL = "job.poolInfo.poolId";
const OWN_POOL = "job.poolInfo.autoPoolSpecification.pool";

const isThere = (text: string | undefined): text is string => text !== undefined;

/** Says of the pool that a job runs on that its nodes have fewer task slots. */
function poolBelow(stack: Stack, job: StackResource, wanted: number): string | undefined {
    if (wanted <= 1) return undefined;
    const pools = stack
        .referred(job, POOL, "pool")
        .map(({ name, facts }) => ({ what: `the pool ${name}`, facts }));
    if (pools.length === 0 && job.facts.has(OWN_POOL))
        pools.push({ what: "the job's own pool", facts: job.facts.at(OWN_POOL) });
    for (const { what, facts } of pools) {
        const slots = facts.number("taskSlotsPerNode") ?? 1;
        if (slots < wanted) return `a node of ${what} has ${slots}`;
    }
    return undefined;
}

/** Whether the jobs of a schedule end, so that the next one can be made. */
function endsByItself({ facts }: StackResource): boolean {
    if (facts.is("job.onAllTasksComplete", "terminatejob")) return true;
    if (limitsWallClock(facts.text("job.constraints.maxWallClockTime"))) return true;
    return facts.has("job.jobManagerTask") && facts.flag("job.jobManagerTask.killJobOnCompletion") !== false;
}

export const useRules = [
    stackRule({
        name: "azure-batch-pool-disallow-unused",
        on: "stack",
        title: "Pools are used",
        description: "A pool of a fixed size that no job runs on costs money for nothing.",
        fix: "give it to a job, scale it automatically, or remove it",
        link: links.bestPractices,
        severity: "low",
        profile: "recommended",
        settings: {
            withoutJobs: flag(
                false,
                "whether to judge stacks that declare no job at all: theirs come from elsewhere",
            ),
        },
        check: (stack, { withoutJobs }) => {
            const jobs = stack.of("job");
            if (jobs.length === 0 && !withoutJobs) return [];
            return stack.judge("pool", (pool) => {
                const nodes = ["targetDedicatedNodes", "targetLowPriorityNodes"].reduce(
                    (sum, name) => sum + (pool.facts.number(`scaleSettings.fixedScale.${name}`) ?? 0),
                    0,
                );
                return nodes > 0 && stack.referring(pool, "job", POOL).length === 0
                    ? `It keeps ${nodes} nodes, and no job of the stack runs on it.`
                    : undefined;
            });
        },
    }),
    stackRule({
        name: "azure-batch-task-configure-slots",
        on: "stack",
        title: "Tasks fit a node",
        description:
            "A task should not need more task slots than a node of its pool has: it never runs, and an autoscaled pool grows and waits for it for ever.",
        fix: "lower requiredSlots of the tasks, or raise taskSlotsPerNode of the pool",
        link: links.parallel,
        severity: "high",
        profile: "essential",
        check: (stack) => [
            ...stack.judge("tasks", (tasks) => {
                const wanted = tasks.facts.number("profile.maxSlots") ?? 1;
                const jobs = stack.referred(tasks, "jobId", "job");
                const small = jobs.map((job) => poolBelow(stack, job, wanted)).find(isThere);
                return small === undefined ? undefined : `A task needs ${wanted} slots, and ${small}.`;
            }),
            ...stack.judge("job", (job) => {
                const wanted = job.facts.number("job.jobManagerTask.requiredSlots") ?? 1;
                const small = poolBelow(stack, job, wanted);
                return small === undefined
                    ? undefined
                    : `Its job manager needs ${wanted} slots, and ${small}.`;
            }),
        ],
    }),
    stackRule({
        name: "azure-batch-job-configure-completion",
        on: "stack",
        title: "Jobs end by themselves",
        description:
            "A job should end when its tasks have: an active job counts against the quota, and a schedule makes its next job only after the last has ended.",
        fix: 'set onAllTasksComplete to "terminatejob" and let the last task collection close the job; let the jobs of a schedule end with that, their job manager or their time limit',
        link: links.jobsAndTasks,
        severity: "medium",
        profile: "recommended",
        check: (stack) =>
            stack.judge("job", (job) => {
                if (job.facts.has("jobSchedule")) {
                    return endsByItself(job)
                        ? undefined
                        : "Nothing ends its jobs, so that there is never a second one.";
                }
                const collections = stack
                    .referring(job, "tasks", "jobId")
                    .filter(({ facts }) => facts.has("closesJob"));
                // Whoever adds tasks from elsewhere ends the job as well.
                if (collections.length === 0 || job.facts.has("job.jobManagerTask")) return undefined;
                return collections.some(({ facts }) => facts.flag("closesJob") === true)
                    ? undefined
                    : "None of its task collections closes it, so it stays active after its last task.";
            }),
    }),
];
