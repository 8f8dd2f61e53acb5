"""The data plane as PyPI azure-batch 14 sees it. Arguments: endpoint, account, key."""

import sys
import time

from azure.batch import BatchServiceClient, batch_auth, models

endpoint, account, key = sys.argv[1:4]
client = BatchServiceClient(batch_auth.SharedKeyCredentials(account, key), batch_url=endpoint)


def until(holds):
    while not holds():
        time.sleep(0.05)


def refused(call):
    try:
        call()
    except models.BatchErrorException as error:
        return error.error.code
    return None


image = models.ImageReference(publisher="canonical", offer="ubuntu-24_04-lts", sku="server", version="latest")
client.pool.add(
    models.PoolAddParameter(
        id="py14",
        vm_size="Standard_D2s_v5",
        target_dedicated_nodes=1,
        target_node_communication_mode="simplified",
        virtual_machine_configuration=models.VirtualMachineConfiguration(
            image_reference=image, node_agent_sku_id="batch.node.ubuntu 24.04"
        ),
    )
)
until(lambda: client.pool.get("py14").allocation_state == "steady")
assert client.pool.exists("py14") and not client.pool.exists("none")
assert client.pool.get("py14").target_node_communication_mode == "simplified"
assert refused(lambda: client.certificate.list().next()) == "CertificateRetired"

client.job.add(models.JobAddParameter(id="job14", pool_info=models.PoolInformation(pool_id="py14")))
line = "/bin/sh -c 'echo hello'"
results = client.task.add_collection("job14", [models.TaskAddParameter(id=f"t{n}", command_line=line) for n in range(150)])
assert len(results.value) == 150
until(lambda: client.job.get_task_counts("job14").task_counts.completed == 150)
completed = models.TaskListOptions(filter="state eq 'completed'", max_results=40)
assert len(list(client.task.list("job14", completed))) == 150
assert b"".join(client.file.get_from_task("job14", "t7", "stdout.txt")) == b"hello\n"
part = models.FileGetFromTaskOptions(ocp_range="bytes=1-2")
assert b"".join(client.file.get_from_task("job14", "t7", "stdout.txt", part)) == b"el"
headers = client.file.get_properties_from_task("job14", "t7", "stdout.txt", raw=True).headers
assert headers["Content-Length"] == 6 and headers["ocp-batch-file-isdirectory"] is False
node = next(iter(client.compute_node.list("py14")))
assert {"shared", "startup", "workitems"} <= {f.name for f in client.file.list_from_compute_node("py14", node.id)}

client.job.patch("job14", models.JobPatchParameter(priority=4))
job = client.job.get("job14")
assert job.priority == 4
current = models.JobPatchOptions(if_match=job.e_tag)
client.job.patch("job14", models.JobPatchParameter(priority=5), current)
assert refused(lambda: client.job.patch("job14", models.JobPatchParameter(priority=6), current)) == "ConditionNotMet"
assert refused(lambda: client.task.add("job14", models.TaskAddParameter(id="T1", command_line="true"))) == "TaskExists"

client.task.add("job14", models.TaskAddParameter(id="long", command_line="sleep 600"))
until(lambda: client.task.get("job14", "long").state == "running")
client.compute_node.disable_scheduling("py14", node.id, "requeue")
until(lambda: client.compute_node.get("py14", node.id).state == "offline")
assert client.task.get("job14", "long").execution_info.requeue_count == 1
client.compute_node.enable_scheduling("py14", node.id)
until(lambda: client.task.get("job14", "long").state == "running")
client.task.terminate("job14", "long")
until(lambda: client.task.get("job14", "long").state == "completed")
client.task.reactivate("job14", "long")
client.task.delete("job14", "long")
client.job.terminate("job14", "enough")
until(lambda: client.job.get("job14").state == "completed")
assert client.job.get("job14").execution_info.terminate_reason == "enough"
client.job.delete("job14")
client.pool.delete("py14")
print("all passed")
