import { findVmSize, limits, maxTaskSlots, vmSizeRetirement } from "../../../catalog";
import { links } from "../../core/links";
import { resourceRule } from "../../core/rule";
import { whole } from "../../core/settings";
import { daysAfter } from "./image";

export const sizeRules = [
    resourceRule({
        name: "azure-batch-pool-disallow-retired-vm-size",
        on: "pool",
        title: "VM size is not retired",
        description:
            "A pool should not have a VM size that is retired: its nodes are stopped and new ones are never made.",
        fix: "choose a VM size of a newer family",
        link: links.vmSizes,
        severity: "high",
        profile: "essential",
        check: (pool, _settings, { today }) => {
            const vmSize = pool.text("vmSize") ?? "";
            const end = vmSizeRetirement(vmSize);
            return end !== undefined && end.date < today
                ? `vmSize is ${vmSize}: ${end.what} ended on ${end.date}; take ${end.instead}.`
                : undefined;
        },
    }),
    resourceRule({
        name: "azure-batch-pool-disallow-retiring-vm-size",
        on: "pool",
        title: "VM size is not about to retire",
        description:
            "A pool should not have a VM size whose end is announced: quota for it goes first, and another size needs tests and quota of its own.",
        fix: "plan the change to a VM size of a newer family",
        link: links.vmSizes,
        severity: "low",
        profile: "recommended",
        settings: { days: whole(730, "days ahead that count") },
        check: (pool, { days }, { today }) => {
            const vmSize = pool.text("vmSize") ?? "";
            const end = vmSizeRetirement(vmSize);
            return end !== undefined && end.date >= today && end.date <= daysAfter(today, days)
                ? `vmSize is ${vmSize}: ${end.what} end on ${end.date}; take ${end.instead}.`
                : undefined;
        },
    }),
    resourceRule({
        name: "azure-batch-pool-configure-task-slots",
        on: "pool",
        title: "Task slots within limits",
        description: `A node can have ${limits.slotsPerCore.value} task slots a core and ${limits.taskSlotsPerNode.value} at most: the service refuses a pool with more.`,
        fix: "lower taskSlotsPerNode, or choose a larger VM size",
        link: links.parallel,
        severity: "high",
        profile: "essential",
        check: (pool) => {
            const slots = pool.number("taskSlotsPerNode") ?? 1;
            const size = findVmSize(pool.text("vmSize") ?? "");
            const most = size === undefined ? limits.taskSlotsPerNode.value : maxTaskSlots(size.cores);
            if (slots >= 1 && slots <= most) return undefined;
            const why = size === undefined ? "" : `, as ${size.name} has ${size.cores} cores`;
            return `taskSlotsPerNode is ${slots}: it can be 1 to ${most}${why}.`;
        },
    }),
    resourceRule({
        name: "azure-batch-pool-configure-package-count",
        on: "pool",
        title: "Application packages within limits",
        description: `A pool can refer to ${limits.applicationPackagesPerPool.value} application packages: the service refuses more.`,
        fix: "put what belongs together into one package, or refer to packages from the tasks that need them",
        link: links.packages,
        severity: "high",
        profile: "essential",
        check: (pool) => {
            const count = pool.items("applicationPackages").length;
            const most = limits.applicationPackagesPerPool.value;
            return count > most ? `applicationPackages has ${count} entries, above ${most}.` : undefined;
        },
    }),
];
