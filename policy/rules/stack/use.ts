import { links } from "../../core/links";
import { stackRule } from "../../core/rule";
import { flag } from "../../core/settings";

// A job's body was made from the pool, or names it.
const POOL = "job.poolInfo.poolId";

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
        check: (stack) =>
            stack.judge("tasks", (tasks) => {
                const wanted = tasks.facts.number("profile.maxSlots") ?? 1;
                const pools = stack
                    .referred(tasks, "jobId", "job")
                    .flatMap((job) => stack.referred(job, POOL, "pool"));
                const [small] = pools.filter((pool) => (pool.facts.number("taskSlotsPerNode") ?? 1) < wanted);
                return small === undefined
                    ? undefined
                    : `A task needs ${wanted} slots, and a node of the pool ${small.name} has ${small.facts.number("taskSlotsPerNode") ?? 1}.`;
            }),
    }),
    stackRule({
        name: "azure-batch-job-configure-completion",
        on: "stack",
        title: "Jobs end by themselves",
        description:
            "A job should end when its tasks have: an active job counts against the quota, and at some number the account takes no more.",
        fix: 'leave onAllTasksComplete at "terminatejob" and let its last task collection close the job',
        link: links.jobsAndTasks,
        severity: "medium",
        profile: "recommended",
        check: (stack) =>
            stack.judge("job", (job) => {
                const collections = stack.referring(job, "tasks", "jobId");
                // Whoever adds tasks from elsewhere ends the job as well.
                if (collections.length === 0 || job.facts.has("job.jobManagerTask")) return undefined;
                return collections.some(({ facts }) => facts.flag("closesJob") === true)
                    ? undefined
                    : "None of its task collections closes it, so it stays active after its last task.";
            }),
    }),
];
