import { links } from "../../core/links";
import { resourceRule } from "../../core/rule";
import { whole } from "../../core/settings";
import { retriesBeyond } from "../retries";
import { retentionDays } from "./retention";
import { sasBeyond } from "./sas";

// A collection's tasks are too many for the engine: its profile stands for them (catalog/taskProfile.ts).

export const taskRules = [
    resourceRule({
        name: "azure-batch-task-configure-wall-clock",
        on: "tasks",
        title: "Tasks end some day",
        description:
            "Tasks should have a time limit: one that hangs keeps its slot, and with it a node, until somebody looks.",
        fix: "set constraints.maxWallClockTime of each task",
        link: links.jobsAndTasks,
        severity: "low",
        profile: "regulated",
        check: (tasks) => {
            const count = tasks.number("profile.withoutWallClock") ?? 0;
            return count > 0
                ? `${count} of ${tasks.number("profile.tasks")} tasks have no maxWallClockTime.`
                : undefined;
        },
    }),
    resourceRule({
        name: "azure-batch-task-configure-retries",
        on: "tasks",
        title: "Tasks have bounded retries",
        description:
            "Tasks should give up after some tries: one that always fails otherwise runs, and costs, for ever.",
        fix: "set constraints.maxRetries of the tasks to a small number",
        link: links.errors,
        severity: "high",
        profile: "essential",
        settings: { maximum: whole(10, "the most retries") },
        check: (tasks, { maximum }) => retriesBeyond(tasks, "profile.maxRetries", maximum),
    }),
    resourceRule({
        name: "azure-batch-task-disallow-secrets",
        on: "tasks",
        title: "No secrets in tasks",
        description:
            "Command lines and environments of tasks should hold no secret: everybody who can read the job reads them, in the portal and in logs.",
        fix: "let the task fetch the secret from Key Vault by the pool's identity",
        link: links.securityPractices,
        severity: "high",
        profile: "essential",
        check: (tasks) => {
            const places = tasks.texts("profile.secrets");
            return places.length > 0 ? `A secret is suspected in ${places.join("; ")}.` : undefined;
        },
    }),
    resourceRule({
        name: "azure-batch-task-configure-sas-lifetime",
        on: "tasks",
        title: "SAS of tasks ends soon, not too soon",
        description:
            "A SAS of a task should live as long as the job and little longer: an ended one fails the task, and one for years is a key that nobody renews.",
        fix: "use identityReference in place of a SAS, or a SAS that ends within days",
        link: links.resourceFiles,
        severity: "medium",
        profile: "recommended",
        settings: { days: whole(7, "the most days that a SAS may live") },
        check: (tasks, { days }, { today }) => {
            const ends = ["first", "last"].flatMap((name) => tasks.text(`profile.sas.${name}`) ?? []);
            return ends
                .map((end) => sasBeyond("A task", Date.parse(end), days, today))
                .find((found) => found !== undefined);
        },
    }),
    resourceRule({
        name: "azure-batch-task-configure-retention",
        on: "tasks",
        title: "Files of tasks are not kept for ever",
        description:
            "Files of completed tasks should leave the node in time: kept ones fill its disk, and nodes with a full disk run nothing.",
        fix: "lower constraints.retentionTime and send what must stay to storage by output files",
        link: links.bestPractices,
        severity: "low",
        profile: "recommended",
        settings: { days: retentionDays },
        check: (tasks, { days }) => {
            const seconds = tasks.number("profile.longestRetention") ?? 0;
            return seconds > days * 86_400
                ? `A task keeps its files for ${Math.ceil(seconds / 86_400)} days, above ${days}.`
                : undefined;
        },
    }),
    resourceRule({
        name: "azure-batch-task-configure-container-digests",
        on: "tasks",
        title: "Containers of tasks by digest",
        description:
            "Container images of tasks should be named by digest: a tag can mean another image tomorrow, and on two nodes at once.",
        fix: "write registry/image@sha256:...",
        link: links.containers,
        severity: "medium",
        profile: "regulated",
        check: (tasks) => {
            const images = tasks.texts("profile.imagesWithoutDigest");
            return images.length > 0 ? `Tasks run ${images.join(", ")} without a digest.` : undefined;
        },
    }),
];
