import * as resources from "@pulumi/azure-native/resources";
import * as pulumi from "@pulumi/pulumi";
import * as batch from "pulumi-azure-batch";

const config = new pulumi.Config("team");
const location = new pulumi.Config("azure-native").get("location") ?? "westeurope";
const platform = new pulumi.StackReference(config.require("platform"));

// Jobs are submitted and files uploaded as `submitter:clientId`, not as whoever runs this.
const batchCredentials = "submitter";
const pool = batch.Pool.fromStack(platform, "pool", { batchCredentials });
const identity = platform.requireOutput("nodeIdentity") as pulumi.Output<{ id: string; principalId: string }>;
const nodes = { id: identity.id, principalId: identity.principalId };

const group = new resources.ResourceGroup("team", { location });
const storage = new batch.LinkedStorage("team", {
    resourceGroupName: group.name,
    deployer: { principalId: platform.requireOutput("teamPrincipalId") as pulumi.Output<string> },
    batchCredentials,
});
const scenes = new batch.Container("scenes", { storage });
const uploaded = new batch.UploadedFiles("scenes", { container: scenes, files: "scenes" });

const job = new batch.Job("render", { pool, triggers: [uploaded.digest] });
const frames = batch.Container.forJob("frames", { storage, job });
const access = [scenes.grantRead("nodes", nodes), frames.grantWrite("nodes", nodes)];
const tasks = new batch.TaskCollection(
    "render",
    {
        job,
        tasks: batch.tasks.sweep({ frame: { from: 1, to: 4 } }, ({ frame }) => ({
            id: `frame-${frame}`,
            commandLine: batch.shell(`sed "s/FRAME/${frame}/" scene.txt >frame.txt`),
            resourceFiles: [
                batch.ResourceFile.fromBlob(scenes, uploaded.blob("scene.txt"), { identity: nodes }),
            ],
            outputFiles: batch.OutputFile.conventions(frames, `frame-${frame}`, {
                identity: nodes,
                files: "frame.txt",
            }),
        })),
        wait: { timeout: "30m" },
    },
    { dependsOn: access },
);
const downloaded = frames.downloadTo(
    "frames",
    config.get("results") ?? "frames",
    { triggers: [tasks.counts] },
    { dependsOn: tasks },
);

export const counts = tasks.counts;
export const files = downloaded.count;
export const jobId = job.jobId;
