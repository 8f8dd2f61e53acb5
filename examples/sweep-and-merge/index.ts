import * as managedidentity from "@pulumi/azure-native/managedidentity";
import * as resources from "@pulumi/azure-native/resources";
import * as pulumi from "@pulumi/pulumi";
import * as batch from "pulumi-azure-batch";

const config = new pulumi.Config("sweep-and-merge");
const slices = config.getNumber("slices") ?? 10_000;
const steps = config.getNumber("steps") ?? 100;
const location = new pulumi.Config("azure-native").get("location") ?? "westeurope";

const group = new resources.ResourceGroup("sweep", { location });
const account = new batch.BatchAccount("sweep", { resourceGroupName: group.name });
const storage = new batch.LinkedStorage("results", { resourceGroupName: group.name });
const results = new batch.Container("results", { storage });

// The nodes read and write blobs with this identity: no key and no SAS link anywhere.
const identity = new managedidentity.UserAssignedIdentity("nodes", { resourceGroupName: group.name });
const access = results.grantWrite("nodes", identity);

const pool = new batch.Pool(
    "sweep",
    {
        account,
        image: batch.VmImage.ubuntu2404(),
        vmSize: "Standard_D4s_v5",
        scale: batch.Scale.dedicated(2),
        taskSlotsPerNode: 8,
        identities: [identity],
    },
    { dependsOn: [access] },
);

const job = new batch.Job("sweep", { pool, usesTaskDependencies: true });

// Each task integrates 4 / (1 + x²) over its slice of 0 to 1. Whole numbers as ids let one task depend on any number of others.
const sweep = batch.tasks.sweep({ slice: { from: 0, to: slices - 1 } }, ({ slice }) => ({
    id: String(slice),
    commandLine: batch.shell(
        `awk 'BEGIN { for (i = 0; i < ${steps}; i++) { x = (${slice} + (i + 0.5) / ${steps}) / ${slices}; s += 4 / (1 + x * x) }` +
            ` printf "%.17g\\n", s / ${steps} / ${slices} }' >slice.txt`,
    ),
    outputFiles: [
        batch.OutputFile.toContainer(results, "slice.txt", { path: `slices/${slice}.txt`, identity }),
    ],
    constraints: { maxWallClockTime: "10m", maxRetries: 1 },
}));
const merge = {
    id: "merge",
    commandLine: batch.shell(
        "find slices -name '*.txt' | xargs cat | awk '{ n++; s += $1 } END { printf \"%d %.10f\\n\", n, s }'",
    ),
    resourceFiles: [batch.ResourceFile.fromContainer(results, { prefix: "slices/", identity })],
    constraints: { maxWallClockTime: "1h" },
};

const tasks = new batch.TaskCollection("sweep", {
    job,
    tasks: batch.tasks.withMerge(sweep, merge),
    wait: { timeout: "3h", files: [{ taskId: "merge", path: "stdout.txt" }], resultLimit: 0 },
});

const merged = tasks.files.apply(([file]) => (file?.content ?? "").trim().split(" ").map(Number));
/** Slices that the merge has found: as many as there are. */
export const found = merged.apply(([count]) => count);
/** The sum of all slices: pi. */
export const pi = merged.apply(([, sum]) => sum);
export const counts = tasks.counts;
export const jobId = job.jobId;
