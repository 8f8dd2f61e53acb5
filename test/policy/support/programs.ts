import * as fs from "node:fs";
import * as path from "node:path";
import { rules } from "../../../policy/rules";
import { repositoryRoot } from "../../../setup/common";
import type { Finding } from "./preview";

const programs = path.join(repositoryRoot(), "test", "policy", "programs");
/** Text of a program of `test/policy/programs`. */
export const source = (name: string): string =>
    fs
        .readFileSync(path.join(programs, name), "utf8")
        .replace('"./resources"', JSON.stringify(path.join(programs, "resources.js")));

/** Which resource each rule has to find fault with, once. */
const FAULTS: Readonly<Record<string, readonly string[]>> = {
    "bad-account": [
        "azure-batch-account-disable-local-authentication",
        "azure-batch-account-enable-managed-identity",
        "azure-batch-account-configure-auto-storage-identity",
        "azure-batch-account-configure-customer-managed-key",
        "azure-batch-account-configure-user-subscription",
        "azure-batch-account-disallow-public-network-access",
        "azure-batch-account-configure-network-default-action",
        "azure-batch-account-configure-tags",
        "azure-batch-account-configure-private-endpoint",
        "azure-batch-account-enable-diagnostic-settings",
        "azure-batch-account-enable-alerts",
        "azure-batch-account-configure-pool-quota",
        "azure-batch-account-configure-dedicated-core-quota",
        "azure-batch-account-configure-family-core-quota",
        "azure-batch-account-configure-spot-core-quota",
        "azure-batch-account-configure-application-count",
    ],
    endpoint: ["azure-batch-account-configure-private-dns"],
    "short-logs": ["azure-batch-account-configure-log-retention"],
    "application-0": ["azure-batch-application-configure-package-count"],
    "aging-pool": [
        "azure-batch-pool-disallow-ending-image",
        "azure-batch-pool-disallow-managed-image",
        "azure-batch-pool-disallow-retiring-vm-size",
    ],
    "retired-pool": ["azure-batch-pool-disallow-retired-vm-size", "azure-batch-pool-disallow-formula-errors"],
    "endless-pool": [
        "azure-batch-pool-disallow-formula-warnings",
        "azure-batch-pool-configure-evaluation-interval",
    ],
    "bad-job": [
        "azure-batch-job-configure-wall-clock",
        "azure-batch-job-configure-retries",
        "azure-batch-job-configure-priority",
        "azure-batch-job-disallow-secrets",
        "azure-batch-job-configure-sas-lifetime",
        "azure-batch-job-configure-retention",
        "azure-batch-job-configure-container-digests",
        "azure-batch-job-configure-completion",
    ],
    "bad-tasks": rules.map(({ name }) => name).filter((name) => name.startsWith("azure-batch-task-")),
};

/** Where `faults.js` has to be found fault with: each rule once. */
export function everyFault(): string[] {
    const elsewhere = new Set(Object.values(FAULTS).flat());
    const others = rules.map(({ name }) => name).filter((name) => !elsewhere.has(name));
    return Object.entries({ ...FAULTS, "bad-pool": others })
        .flatMap(([resource, names]) => names.map((name) => `${name} at ${resource}`))
        .sort();
}

/** What `faults.js` is judged with. */
export const CONFIG = {
    "azure-batch-account-configure-pool-quota": { quota: 3 },
    "azure-batch-account-configure-dedicated-core-quota": { quota: 15 },
    "azure-batch-account-configure-family-core-quota": { quotas: { standardFSv2Family: 15 } },
    "azure-batch-account-configure-spot-core-quota": { quota: 399 },
    "azure-batch-pool-disallow-ending-image": { days: 400 },
    "azure-batch-pool-configure-maximum-cost": { prices: { Standard_D2ps_v5: 1 } },
};

export const REGULATED = { AZURE_BATCH_POLICY_PROFILE: "regulated", AZURE_BATCH_POLICY_TODAY: "2026-11-21" };

/** Findings as `rule at resource`, sorted. */
export const placed = (findings: readonly Finding[]): string[] =>
    findings
        .map(({ policyName, resourceUrn }) => `${policyName} at ${resourceUrn?.split("::").at(-1)}`)
        .sort();
