import * as resources from "@pulumi/azure-native/resources";
import * as pulumi from "@pulumi/pulumi";
import * as batch from "pulumi-azure-batch";

const location = new pulumi.Config("azure-native").get("location") ?? "westeurope";
const file = "job_prep_and_release.txt";
const shared = `"$AZ_BATCH_NODE_SHARED_DIR/${file}"`;

const group = new resources.ResourceGroup("prep", { location });
const account = new batch.BatchAccount("prep", { resourceGroupName: group.name });
const pool = new batch.Pool("prep", {
    account,
    image: batch.VmImage.ubuntu2404(),
    vmSize: "Standard_D2s_v5",
    scale: batch.Scale.dedicated(2),
});

const job = new batch.Job("prep", {
    pool,
    // Runs on each node before its first task of the job.
    preparation: { commandLine: batch.shell(`echo "prepared for $AZ_BATCH_JOB_ID" >${shared}`) },
    // Runs, when the job ends, on each node that was prepared.
    release: { commandLine: batch.shell(`rm ${shared}`) },
});

const tasks = new batch.TaskCollection("prep", {
    job,
    tasks: batch.tasks.repeat(8, {
        id: "task-{index}",
        commandLine: batch.shell(`sleep 0.5; echo "$AZ_BATCH_TASK_ID on $AZ_BATCH_NODE_ID" >>${shared}`),
        constraints: { maxWallClockTime: "5m" },
    }),
    // The file is read from each node before the job ends and its release takes the file away.
    wait: { timeout: "30m", nodeFiles: [`shared/${file}`], endJob: true },
});

/** The shared file of each node. */
export const files = tasks.nodeFiles.apply((found) =>
    found.map(({ nodeId, content, problem }) => ({
        nodeId,
        lines: (content ?? problem ?? "").trim().split("\n"),
    })),
);
/** Exit codes of preparation and release, node by node. */
export const nodes = tasks.nodes.apply((found) =>
    found.map(({ nodeId, preparation, release }) => ({
        nodeId,
        preparation: preparation?.exitCode,
        release: release?.exitCode,
    })),
);
export const counts = tasks.counts;
