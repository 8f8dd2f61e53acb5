import * as path from "node:path";
import * as managedidentity from "@pulumi/azure-native/managedidentity";
import * as resources from "@pulumi/azure-native/resources";
import * as pulumi from "@pulumi/pulumi";
import * as batch from "pulumi-azure-batch";

const config = new pulumi.Config("top-n-words");
const files = config.getObject<string[]>("files") ?? ["README.md"];
const top = config.getNumber("top") ?? 3;
// Another program than the one that comes with the example.
const script = config.get("script") ?? "task/top-words.sh";
const location = new pulumi.Config("azure-native").get("location") ?? "westeurope";

/** Name of the blob with a task's words. */
const wordsOf = (taskId: string): string => `${taskId}/words.txt`;

// Two files may have one name, so each gets a folder of its own.
const inputs = files.map((file, index) => {
    const number = String(index + 1).padStart(4, "0");
    return { file, taskId: `words-${number}`, blobName: `${number}/${path.basename(file)}` };
});

const group = new resources.ResourceGroup("words", { location });
const account = new batch.BatchAccount("words", { resourceGroupName: group.name });
const storage = new batch.LinkedStorage("files", { resourceGroupName: group.name });
const application = new batch.Container("application", { storage });
const input = new batch.Container("input", { storage });
const output = new batch.Container("output", { storage });

// The nodes read and write blobs with this identity: no key and no SAS link anywhere.
const identity = new managedidentity.UserAssignedIdentity("nodes", { resourceGroupName: group.name });
const access = [
    application.grantRead("nodes", identity),
    input.grantRead("nodes", identity),
    output.grantWrite("nodes", identity),
];

const program = new batch.UploadedFiles("script", {
    container: application,
    files: [{ path: script, name: "top-words.sh" }],
});
const uploaded = new batch.UploadedFiles("inputs", {
    container: input,
    files: inputs.map(({ file, blobName }) => ({ path: file, name: blobName })),
    deleteExtras: true,
});

const pool = new batch.Pool(
    "words",
    {
        account,
        image: batch.VmImage.ubuntu2404(),
        vmSize: "Standard_D2s_v5",
        scale: batch.Scale.dedicated(2),
        identities: [identity],
        startTask: batch.StartTask.script('cp top-words.sh "$AZ_BATCH_NODE_SHARED_DIR/top-words.sh"', {
            resourceFiles: [
                batch.ResourceFile.fromBlob(application, program.blob("top-words.sh"), { identity }),
            ],
            elevated: true,
        }),
    },
    { dependsOn: access },
);

// Other inputs are another job: one that has ended takes no more tasks.
const job = new batch.Job("words", {
    pool,
    triggers: [uploaded.digest, program.digest, top],
    // Whoever ends the run in the middle wants nothing of it.
    onDestroy: "terminate",
});
const words = new batch.TaskCollection("words", {
    job,
    tasks: inputs.map(({ taskId, blobName }) => ({
        id: taskId,
        commandLine: batch.shell([
            `sh "$AZ_BATCH_NODE_SHARED_DIR/top-words.sh" input ${top} >words.txt`,
            "cat words.txt",
        ]),
        resourceFiles: [
            batch.ResourceFile.fromBlob(input, uploaded.blob(blobName), { filePath: "input", identity }),
        ],
        outputFiles: [
            batch.OutputFile.toContainer(output, "words.txt", { path: wordsOf(taskId), identity }),
            batch.OutputFile.toContainer(output, "../std*.txt", {
                path: taskId,
                when: "taskcompletion",
                identity,
            }),
        ],
    })),
    wait: { timeout: "30m" },
});

export const results = words.results.apply((outcomes) =>
    inputs.map(({ file, taskId }) => {
        const outcome = outcomes.find((one) => one.taskId === taskId);
        const { nodeId, exitCode } = outcome ?? {};
        return { input: file, taskId, nodeId, exitCode, output: wordsOf(taskId) };
    }),
);
export const counts = words.counts;
export const failures = words.failures;
export const outputContainerUrl = output.url;
export const accountEndpoint = account.endpoint;
export const jobId = job.jobId;
