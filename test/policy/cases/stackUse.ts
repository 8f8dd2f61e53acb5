import type { StackCase } from "../support/case";
import {
    APPLICATION,
    goodJob,
    goodOwnPool,
    goodPool,
    goodSchedule,
    goodStack,
    goodTask,
    goodTasks,
    JOB,
    jobWithOwnPool,
    PACKAGE,
    POOL,
    stackWith,
    withFormula,
} from "../support/estate";
import type { Declared, Properties } from "../support/judge";
import { changed, UNKNOWN } from "../support/judge";

const pool = (changes: Record<string, unknown>): Partial<Declared> => ({
    properties: changed(goodPool, changes),
});
const tasks = (changes: Record<string, unknown>): Partial<Declared> => ({
    properties: changed(goodTasks, changes),
});
const propertiesOf = (name: string): Properties =>
    goodStack.find((one) => one.name === name)?.properties ?? {};
const OUR_PACKAGE = "pulumi-nodejs:dynamic/pulumi-azure-batch:ApplicationPackage";
const FIXED = "scaleSettings.fixedScale";
const many = (count: number, type: string, properties: Properties): Record<string, Partial<Declared>> =>
    Object.fromEntries(Array.from({ length: count }, (_, at) => [`${type}-${at}`, { type, properties }]));
const without = (...names: string[]): Record<string, undefined> =>
    Object.fromEntries(names.map((name) => [name, undefined]));
const schedule = (changes: Record<string, unknown>): Partial<Declared> => ({
    properties: changed(goodSchedule, changes),
});
const SPECIFICATION = "jobSchedule.jobSpecification";
const second: Partial<Declared> = {
    type: POOL,
    properties: changed(goodPool, { poolName: "idle", accountName: "render" }),
};

export const stackUseCases: readonly StackCase[] = [
    {
        rule: "azure-batch-account-configure-application-count",
        fires: [
            {
                stack: stackWith(many(20, APPLICATION, propertiesOf("application"))),
                at: "account",
                finds: /It has 21 applications, above 20\./,
            },
        ],
        quiet: [{ stack: stackWith(many(19, APPLICATION, propertiesOf("application"))) }],
        unknown: [
            {
                stack: stackWith({ application: { properties: { accountName: UNKNOWN } } }),
                path: "accountName",
            },
        ],
    },
    {
        rule: "azure-batch-application-configure-package-count",
        fires: [
            {
                stack: stackWith(many(40, PACKAGE, propertiesOf("package"))),
                at: "application",
                finds: /It has 41 packages, above 40\./,
            },
            {
                stack: stackWith({
                    application: {
                        properties: { ...propertiesOf("application"), id: "/applications/ffmpeg" },
                    },
                    ...many(40, OUR_PACKAGE, { applicationId: "/applications/ffmpeg", version: "1" }),
                }),
                at: "application",
                finds: /It has 41 packages, above 40\./,
            },
        ],
        quiet: [{ stack: stackWith(many(39, PACKAGE, propertiesOf("package"))) }],
        unknown: [
            {
                stack: stackWith({ package: { properties: { applicationName: UNKNOWN } } }),
                path: "applicationName",
            },
        ],
    },
    {
        rule: "azure-batch-pool-disallow-unused",
        fires: [
            {
                stack: stackWith({ idle: second }),
                at: "idle",
                finds: /It keeps 4 nodes, and no job of the stack runs on it\./,
            },
            {
                stack: stackWith(without("job", "tasks", "schedule", "own-pool-job")),
                config: { withoutJobs: true },
                at: "pool",
                finds: /It keeps 4 nodes/,
            },
        ],
        quiet: [
            { stack: stackWith(without("job", "tasks", "schedule", "own-pool-job", "task")) },
            { stack: stackWith(without("job", "tasks")) },
            {
                stack: stackWith({
                    job: undefined,
                    schedule: { from: {} },
                }),
            },
            {
                stack: stackWith({
                    idle: { type: POOL, properties: changed(goodPool, { poolName: "idle", [FIXED]: {} }) },
                }),
            },
            {
                stack: stackWith({
                    idle: { type: POOL, properties: changed(withFormula("x"), { poolName: "idle" }) },
                }),
            },
            // By its name, in whatever case, where nothing says what the job was made from.
            {
                stack: stackWith({
                    job: { properties: changed(goodJob, { "job.poolInfo.poolId": "CPU" }), from: {} },
                }),
            },
        ],
        unknown: [
            {
                stack: stackWith({ pool: pool({ [`${FIXED}.targetDedicatedNodes`]: UNKNOWN }) }),
                path: `pool: ${FIXED}.targetDedicatedNodes`,
            },
            {
                stack: stackWith({
                    job: { properties: changed(goodJob, { "job.poolInfo": UNKNOWN }), from: {} },
                }),
                path: "job.poolInfo",
            },
        ],
    },
    {
        rule: "azure-batch-task-configure-slots",
        fires: [
            {
                stack: stackWith({ tasks: tasks({ "profile.maxSlots": 5 }) }),
                at: "tasks",
                finds: /A task needs 5 slots, and a node of the pool pool has 4\./,
            },
            {
                stack: stackWith({
                    tasks: tasks({ "profile.maxSlots": 2 }),
                    pool: pool({ taskSlotsPerNode: undefined }),
                }),
                at: "tasks",
                finds: /needs 2 slots, and a node of the pool pool has 1\./,
            },
            {
                stack: stackWith({ task: { properties: changed(goodTask, { "profile.maxSlots": 5 }) } }),
                at: "task",
                finds: /A task needs 5 slots, and a node of the pool pool has 4\./,
            },
            {
                stack: stackWith({
                    job: { properties: changed(goodJob, { "job.jobManagerTask.requiredSlots": 5 }) },
                }),
                at: "job",
                finds: /Its job manager needs 5 slots, and a node of the pool pool has 4\./,
            },
            {
                stack: stackWith({
                    schedule: schedule({ [`${SPECIFICATION}.jobManagerTask.requiredSlots`]: 5 }),
                }),
                at: "schedule",
                finds: /Its job manager needs 5 slots, and a node of the pool pool has 4\./,
            },
            {
                stack: stackWith({
                    "own-pool-job": {
                        properties: changed(jobWithOwnPool({ vmSize: "Standard_D4s_v5" }), {
                            "job.jobManagerTask.requiredSlots": 2,
                        }),
                    },
                }),
                at: "own-pool-job",
                finds: /Its job manager needs 2 slots, and a node of the job's own pool has 1\./,
            },
        ],
        quiet: [
            { stack: stackWith({ tasks: tasks({ "profile.maxSlots": 4 }) }) },
            {
                stack: stackWith({
                    "own-pool-job": {
                        properties: changed(jobWithOwnPool(goodOwnPool), {
                            "job.jobManagerTask.requiredSlots": 4,
                        }),
                    },
                }),
            },
            // Where every task fits.
            { stack: stackWith({ pool: pool({ taskSlotsPerNode: UNKNOWN }) }) },
            {
                stack: stackWith({ tasks: tasks({ "profile.maxSlots": 9 }), job: undefined }).map((one) => ({
                    ...one,
                    from: {},
                })),
            },
        ],
        unknown: [
            {
                stack: stackWith({ tasks: tasks({ "profile.maxSlots": UNKNOWN }) }),
                path: "tasks: profile.maxSlots",
            },
            { stack: stackWith({ tasks: tasks({ profile: undefined }) }), path: "tasks: profile" },
            {
                stack: stackWith({
                    pool: pool({ taskSlotsPerNode: UNKNOWN }),
                    tasks: tasks({ "profile.maxSlots": 2 }),
                }),
                path: "taskSlotsPerNode",
            },
            {
                stack: stackWith({
                    "own-pool-job": {
                        properties: changed(jobWithOwnPool(UNKNOWN), {
                            "job.jobManagerTask.requiredSlots": 2,
                        }),
                    },
                }),
                path: "job.poolInfo.autoPoolSpecification.pool",
            },
        ],
    },
    {
        rule: "azure-batch-job-configure-completion",
        fires: [
            {
                stack: stackWith({ tasks: tasks({ closesJob: false }) }),
                at: "job",
                finds: /None of its task collections closes it/,
            },
            {
                stack: stackWith({
                    tasks: { properties: changed(goodTasks, { closesJob: false }), from: {} },
                }),
                at: "job",
                finds: /None of its/,
            },
            {
                stack: stackWith({
                    schedule: schedule({
                        [`${SPECIFICATION}.jobManagerTask`]: undefined,
                        [`${SPECIFICATION}.constraints`]: undefined,
                    }),
                }),
                at: "schedule",
                finds: /Nothing ends its jobs, so that there is never a second one\./,
            },
            {
                stack: stackWith({
                    schedule: schedule({
                        [`${SPECIFICATION}.jobManagerTask.killJobOnCompletion`]: false,
                        [`${SPECIFICATION}.constraints`]: undefined,
                        [`${SPECIFICATION}.onAllTasksComplete`]: "noaction",
                    }),
                }),
                at: "schedule",
                finds: /Nothing ends its jobs/,
            },
        ],
        quiet: [
            { stack: stackWith({ tasks: undefined }) },
            { stack: stackWith({ tasks: undefined, task: undefined }) },
            ...[
                { onAllTasksComplete: "terminatejob" },
                { constraints: { maxWallClockTime: "PT1H" } },
                { jobManagerTask: { commandLine: "m" } },
                { jobManagerTask: { commandLine: "m", killJobOnCompletion: true } },
            ].map((jobSpecification) => ({
                stack: stackWith({ schedule: schedule({ [SPECIFICATION]: jobSpecification }) }),
            })),
            {
                stack: stackWith({ tasks: tasks({ closesJob: false, jobId: "another" }) }).map((one) => ({
                    ...one,
                    from: {},
                })),
            },
            {
                stack: stackWith({
                    tasks: tasks({ closesJob: false }),
                    job: {
                        type: JOB,
                        properties: changed(goodJob, { "job.jobManagerTask": { commandLine: "m" } }),
                    },
                }),
            },
            {
                stack: stackWith({
                    tasks: tasks({ closesJob: false }),
                    more: {
                        type: "pulumi-nodejs:dynamic/pulumi-azure-batch:TaskCollection",
                        properties: goodTasks,
                    },
                }),
            },
        ],
        unknown: [
            { stack: stackWith({ tasks: tasks({ closesJob: UNKNOWN }) }), path: "job: closesJob" },
            {
                stack: stackWith({ schedule: schedule({ [SPECIFICATION]: UNKNOWN }) }),
                path: "schedule: job",
            },
        ],
    },
];
