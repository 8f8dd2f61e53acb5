import { hasDigest, hasSas, isoSeconds, limits, limitsWallClock, sasExpiry } from "../../../catalog";
import { links } from "../../core/links";
import type { Facts, Found } from "../../core/known";
import { resourceRule } from "../../core/rule";
import { whole } from "../../core/settings";
import { retriesBeyond } from "../retries";
import { secretsIn, secretVariables } from "../secrets";
import { retentionDays } from "./retention";
import { sasBeyond } from "./sas";

/** The tasks that a job's declaration holds itself. */
const SPECIAL = ["job.jobPreparationTask", "job.jobReleaseTask", "job.jobManagerTask"];

const inSpecialTasks = (job: Facts, judge: (task: Facts) => Found): Found =>
    SPECIAL.map((path) => job.attempt(() => (job.has(path) ? judge(job.at(path)) : undefined)));

export const jobRules = [
    resourceRule({
        name: "azure-batch-job-configure-wall-clock",
        on: "job",
        title: "Job ends some day",
        description:
            "A job should have a time limit: jobs that hang stay active, keep nodes and count against the quota of active jobs.",
        fix: "set constraints.maxWallClockTime of the job",
        link: links.jobsAndTasks,
        severity: "low",
        profile: "regulated",
        check: (job) => {
            const time = job.text("job.constraints.maxWallClockTime");
            return limitsWallClock(time)
                ? undefined
                : `constraints.maxWallClockTime is ${time ?? "not set"}.`;
        },
    }),
    resourceRule({
        name: "azure-batch-job-configure-retries",
        on: "job",
        title: "Tasks of a job have bounded retries",
        description:
            "Tasks should give up after some tries: one that always fails otherwise runs, and costs, for ever.",
        fix: "set constraints.maxTaskRetryCount to a small number",
        link: links.errors,
        severity: "high",
        profile: "essential",
        settings: { maximum: whole(10, "the most retries") },
        check: (job, { maximum }) => [
            job.attempt(() => retriesBeyond(job, "job.constraints.maxTaskRetryCount", maximum)),
            inSpecialTasks(job, (task) => retriesBeyond(task, "constraints.maxTaskRetryCount", maximum)),
        ],
    }),
    resourceRule({
        name: "azure-batch-job-configure-priority",
        on: "job",
        title: "Priority within a range",
        description:
            "Jobs should leave the top of the priorities free: what is urgent then needs no change of all the others.",
        fix: "set a priority within the range",
        link: links.jobsAndTasks,
        severity: "low",
        profile: "recommended",
        settings: {
            minimum: whole(limits.jobPriorityMin.value, "the lowest priority", {
                minimum: -1000,
                maximum: 1000,
            }),
            maximum: whole(900, "the highest priority", { minimum: -1000, maximum: 1000 }),
        },
        check: (job, { minimum, maximum }) => {
            const priority = job.number("job.priority") ?? 0;
            return priority >= minimum && priority <= maximum
                ? undefined
                : `priority is ${priority}: it can be ${minimum} to ${maximum}.`;
        },
    }),
    resourceRule({
        name: "azure-batch-job-disallow-secrets",
        on: "job",
        title: "No secrets in a job",
        description:
            "Command lines and environments of a job should hold no secret: everybody who can read the job reads them, in the portal and in logs.",
        fix: "let the task fetch the secret from Key Vault by the pool's identity",
        link: links.securityPractices,
        severity: "high",
        profile: "essential",
        check: (job) => [
            job.attempt(() => secretVariables(job, "job.commonEnvironmentSettings")),
            inSpecialTasks(job, secretsIn),
        ],
    }),
    resourceRule({
        name: "azure-batch-job-configure-sas-lifetime",
        on: "job",
        title: "SAS of a job ends soon, not too soon",
        description:
            "A SAS in a job should live as long as the job and little longer: an ended one fails the tasks, and one for years is a key that nobody renews.",
        fix: "use identityReference in place of a SAS, or a SAS that ends within days",
        link: links.resourceFiles,
        severity: "medium",
        profile: "recommended",
        settings: { days: whole(7, "the most days that a SAS may live") },
        check: (job, { days }, { today }) =>
            inSpecialTasks(job, (task) => {
                const judge = (file: Facts, name: string): Found => {
                    const url = file.text(name) ?? "";
                    if (!hasSas(url)) return undefined;
                    const end = sasExpiry(url);
                    return end === undefined
                        ? `${file.where(name)} has a SAS without an end of its own.`
                        : sasBeyond(file.where(name), end, days, today);
                };
                return [
                    task.each("resourceFiles", (file) => [
                        judge(file, "httpUrl"),
                        judge(file, "storageContainerUrl"),
                    ]),
                    task.each("outputFiles", (file) => judge(file, "destination.container.containerUrl")),
                ];
            }),
    }),
    resourceRule({
        name: "azure-batch-job-configure-retention",
        on: "job",
        title: "Files of a job's own tasks are not kept for ever",
        description:
            "Files of preparation, release and job manager tasks should leave the node in time: kept ones fill its disk, and nodes with a full disk run nothing.",
        fix: "lower retentionTime of the task and send what must stay to storage",
        link: links.bestPractices,
        severity: "low",
        profile: "recommended",
        settings: { days: retentionDays },
        check: (job, { days }) =>
            inSpecialTasks(job, (task) =>
                // Of a release task it is not among the constraints.
                ["constraints.retentionTime", "retentionTime"].map((path) => {
                    const seconds = isoSeconds(task.text(path) ?? "") ?? 0;
                    return seconds > days * 86_400
                        ? `${task.where(path)} is ${task.text(path)}, above ${days} days.`
                        : undefined;
                }),
            ),
    }),
    resourceRule({
        name: "azure-batch-job-configure-container-digests",
        on: "job",
        title: "Containers of a job's own tasks by digest",
        description:
            "Container images of preparation, release and job manager tasks should be named by digest: a tag can mean another image tomorrow, and on two nodes at once.",
        fix: "write registry/image@sha256:...",
        link: links.containers,
        severity: "medium",
        profile: "regulated",
        check: (job) =>
            inSpecialTasks(job, (task) => {
                const image = task.text("containerSettings.imageName");
                return image === undefined || hasDigest(image)
                    ? undefined
                    : `${task.where("containerSettings.imageName")} is ${image}, without a digest.`;
            }),
    }),
];
