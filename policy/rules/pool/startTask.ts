import { limits } from "../../../catalog";
import { links } from "../../core/links";
import { resourceRule } from "../../core/rule";
import { whole } from "../../core/settings";
import { retriesBeyond } from "../retries";
import { secretsIn } from "../secrets";

export const startTaskRules = [
    resourceRule({
        name: "azure-batch-pool-disallow-start-task-elevation",
        on: "pool",
        title: "Start task without elevation",
        description:
            "A start task should not run as administrator: whoever can change a file that it reads then owns every node.",
        fix: "put what needs elevation into the image, and set elevationLevel to NonAdmin",
        link: links.users,
        severity: "low",
        profile: "regulated",
        check: (pool) =>
            pool.is("startTask.userIdentity.autoUser.elevationLevel", "Admin")
                ? "startTask.userIdentity.autoUser.elevationLevel is Admin."
                : undefined,
    }),
    resourceRule({
        name: "azure-batch-pool-enable-wait-for-start-task",
        on: "pool",
        title: "Tasks wait for the start task",
        description:
            "Tasks should run on nodes only after the start task has succeeded: otherwise they meet half prepared nodes, and a failed start task goes unnoticed.",
        fix: "set startTask.waitForSuccess to true or leave it out",
        link: links.jobsAndTasks,
        severity: "medium",
        profile: "recommended",
        check: (pool) =>
            pool.flag("startTask.waitForSuccess") === false
                ? "startTask.waitForSuccess is false."
                : undefined,
        remedy: (properties) => {
            (properties.startTask as Record<string, unknown>).waitForSuccess = true;
        },
    }),
    resourceRule({
        name: "azure-batch-pool-configure-start-task-retries",
        on: "pool",
        title: "Start task has bounded retries",
        description:
            "A start task should give up after some tries: without a limit a node that cannot start is paid for and never says so.",
        fix: "set startTask.maxTaskRetryCount to a small number",
        link: links.errors,
        severity: "medium",
        profile: "essential",
        settings: { maximum: whole(10, "the most retries") },
        check: (pool, { maximum }) => retriesBeyond(pool, "startTask.maxTaskRetryCount", maximum),
    }),
    resourceRule({
        name: "azure-batch-pool-disallow-secrets",
        on: "pool",
        title: "No secrets in the start task",
        description:
            "Command line and environment of a start task should hold no secret: everybody who can read the pool reads them, in the portal and in logs.",
        fix: "let the node fetch the secret from Key Vault by the pool's identity",
        link: links.securityPractices,
        severity: "high",
        profile: "essential",
        check: (pool) => (pool.has("startTask") ? secretsIn(pool.at("startTask")) : undefined),
    }),
    resourceRule({
        name: "azure-batch-pool-configure-mount-count",
        on: "pool",
        title: "Mounts within limits",
        description: `A node can have ${limits.mountsPerPool.value} mounts: the service refuses more.`,
        fix: "mount fewer file systems",
        link: links.mounts,
        severity: "high",
        profile: "essential",
        check: (pool) => {
            const count = pool.items("mountConfiguration").length;
            return count > limits.mountsPerPool.value
                ? `mountConfiguration has ${count} entries, above ${limits.mountsPerPool.value}.`
                : undefined;
        },
    }),
];
