import com.microsoft.azure.batch.*;
import com.microsoft.azure.batch.auth.*;
import com.microsoft.azure.batch.protocol.models.*;
import java.util.*;

/** Maven com.microsoft.azure:azure-batch 11 with the account's key. */
public class Batch11 {
    static void refused(String operation, Steps.Act act, String code) {
        Steps.step(operation, () -> {
            try {
                act.run();
            } catch (BatchErrorException refusal) {
                if (refusal.body() != null && code.equals(refusal.body().code())) return;
                throw refusal;
            }
            throw new IllegalStateException("not refused");
        });
    }
    public static void main(String[] a) throws Exception {
        var env = System.getenv();
        var client = BatchClient.open(new BatchSharedKeyCredentials(env.get("AZURE_BATCH_ENDPOINT"), env.get("AZURE_BATCH_ACCOUNT"), env.get("AZURE_BATCH_ACCESS_KEY")));
        Steps.step("account.listSupportedImages", () -> client.accountOperations().listSupportedImages(), l -> l.size() > 0);
        var image = new ImageReference().withPublisher("canonical").withOffer("ubuntu-24_04-lts").withSku("server").withVersion("latest");
        var machine = new VirtualMachineConfiguration().withImageReference(image).withNodeAgentSKUId("batch.node.ubuntu 24.04");
        String id = "java11";
        Steps.step("pool.createPool", () -> client.poolOperations().createPool(id, "Standard_D2s_v5", machine, 2));
        Steps.until("pool.getPool", () -> client.poolOperations().getPool(id).allocationState() == AllocationState.STEADY);
        Steps.step("pool.existsPool", () -> client.poolOperations().existsPool(id), v -> v);
        Steps.step("pool.listPools", () -> client.poolOperations().listPools(), l -> l.stream().anyMatch(p -> p.id().equals(id)));
        Steps.step("pool.patchPool", () -> client.poolOperations().patchPool(id, null, null, null, List.of(new MetadataItem().withName("a").withValue("b"))));
        Steps.step("pool.listPoolNodeCounts", () -> client.accountOperations().listPoolNodeCounts(), l -> l.size() > 0);
        Steps.step("job.createJob", () -> client.jobOperations().createJob(id, new PoolInformation().withPoolId(id)));
        Steps.step("job.listJobs", () -> client.jobOperations().listJobs(new DetailLevel.Builder().withFilterClause("state eq 'active'").withSelectClause("id,state").build()), l -> l.stream().anyMatch(p -> p.id().equals(id)));
        Steps.step("task.createTask", () -> client.taskOperations().createTask(id, new TaskAddParameter().withId("one").withCommandLine("/bin/sh -c 'echo $AZ_BATCH_TASK_ID; exit 3'")));
        // One round: with more, createTasks of this version may wait for ever for a worker that has ended.
        var tasks = new ArrayList<TaskAddParameter>();
        for (int n = 0; n < 90; n++) tasks.add(new TaskAddParameter().withId("t" + n).withCommandLine("true"));
        Steps.step("task.createTasks", () -> client.taskOperations().createTasks(id, tasks));
        Steps.until("job.getTaskCounts", () -> client.jobOperations().getTaskCounts(id).completed() == 91);
        Steps.step("task.getTask", () -> client.taskOperations().getTask(id, "one"), t -> t.executionInfo().exitCode() == 3);
        Steps.step("task.listTasks", () -> { int n = 0; for (var t : client.taskOperations().listTasks(id)) n++; return n; }, n -> n >= 91);
        Steps.step("file.listFilesFromTask", () -> client.fileOperations().listFilesFromTask(id, "one"), l -> l.size() >= 2);
        Steps.step("file.getFileFromTask", () -> { var o = new java.io.ByteArrayOutputStream(); client.fileOperations().getFileFromTask(id, "one", "stdout.txt", o); return o.toString(); }, s -> s.equals("one\n"));
        Steps.step("file.getFilePropertiesFromTask", () -> client.fileOperations().getFilePropertiesFromTask(id, "one", "stdout.txt"), p -> p.contentLength() == 4);
        Steps.step("task.reactivateTask", () -> client.taskOperations().reactivateTask(id, "one"));
        Steps.step("task.deleteTask", () -> client.taskOperations().deleteTask(id, "t1"));
        refused("task.getTask of one that is gone", () -> client.taskOperations().getTask(id, "t1"), "TaskNotFound");
        Steps.step("job.patchJob", () -> client.jobOperations().patchJob(id, new JobPatchParameter().withPriority(9)));
        Steps.step("job.disableJob", () -> client.jobOperations().disableJob(id, DisableJobOption.REQUEUE));
        Steps.until("job.getJob", () -> client.jobOperations().getJob(id).state() == JobState.DISABLED);
        Steps.step("job.enableJob", () -> client.jobOperations().enableJob(id));
        Steps.step("job.terminateJob", () -> client.jobOperations().terminateJob(id, "enough"));
        refused("job.createJob twice", () -> client.jobOperations().createJob("JAVA11", new PoolInformation().withPoolId(id)), "JobExists");
        var schedule = new Schedule().withRecurrenceInterval(org.joda.time.Period.hours(1));
        Steps.step("jobSchedule.createJobSchedule", () -> client.jobScheduleOperations().createJobSchedule("java11s", schedule, new JobSpecification().withPoolInfo(new PoolInformation().withPoolId(id))));
        Steps.until("jobSchedule.getJobSchedule", () -> client.jobScheduleOperations().getJobSchedule("java11s").executionInfo().recentJob() != null);
        Steps.step("job.listJobs of schedule", () -> client.jobOperations().listJobs("java11s"), l -> l.size() == 1);
        Steps.step("jobSchedule.deleteJobSchedule", () -> client.jobScheduleOperations().deleteJobSchedule("java11s"));
        String node = client.computeNodeOperations().listComputeNodes(id).get(0).id();
        Steps.step("node.getComputeNode", () -> client.computeNodeOperations().getComputeNode(id, node), n -> n.id().equals(node));
        Steps.step("node.addComputeNodeUser", () -> client.computeNodeOperations().addComputeNodeUser(id, node, new ComputeNodeUser().withName("me").withPassword("kt#_gahr!@aGERDXA")));
        Steps.step("node.deleteComputeNodeUser", () -> client.computeNodeOperations().deleteComputeNodeUser(id, node, "me"));
        Steps.step("node.getComputeNodeRemoteLoginSettings", () -> client.computeNodeOperations().getComputeNodeRemoteLoginSettings(id, node), v -> v.remoteLoginPort() > 0);
        Steps.step("file.listFilesFromComputeNode", () -> client.fileOperations().listFilesFromComputeNode(id, node), l -> l != null);
        Steps.step("node.rebootComputeNode", () -> client.computeNodeOperations().rebootComputeNode(id, node, ComputeNodeRebootOption.REQUEUE));
        Steps.step("pool.enableAutoScale", () -> client.poolOperations().enableAutoScale(id, "$TargetDedicatedNodes = 1;"));
        Steps.step("pool.evaluateAutoScale", () -> client.poolOperations().evaluateAutoScale(id, "$TargetDedicatedNodes = 1;"), r -> r.results().contains("$TargetDedicatedNodes=1"));
        Steps.step("pool.disableAutoScale", () -> client.poolOperations().disableAutoScale(id));
        Steps.step("application.listApplications", () -> client.applicationOperations().listApplications(), l -> l != null);
        refused("certificate.listCertificates", () -> client.certificateOperations().listCertificates(), "CertificateRetired");
        Steps.step("pool.resizePool", () -> client.poolOperations().resizePool(id, 0, 0));
        Steps.until("pool.getPool, steady", () -> client.poolOperations().getPool(id).allocationState() == AllocationState.STEADY);
        Steps.step("job.deleteJob", () -> client.jobOperations().deleteJob(id));
        Steps.step("pool.deletePool", () -> client.poolOperations().deletePool(id));
        var wrong = BatchClient.open(new BatchSharedKeyCredentials(env.get("AZURE_BATCH_ENDPOINT"), env.get("AZURE_BATCH_ACCOUNT"), "d3Jvbmc="));
        refused("job.listJobs with a wrong key", () -> wrong.jobOperations().listJobs().size(), "AuthenticationFailed");
        System.exit(0);
    }
}
