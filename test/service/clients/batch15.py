"""The data plane as PyPI azure-batch 15 sees it. Arguments: endpoint, account, key."""

import datetime
import sys
import time

from azure.batch import BatchClient, models
from azure.batch.models import _models as options
from azure.core.credentials import AzureNamedKeyCredential
from azure.core.exceptions import HttpResponseError, ResourceExistsError, ResourceNotFoundError

endpoint, account, key = sys.argv[1:4]
client = BatchClient(endpoint=endpoint, credential=AzureNamedKeyCredential(account, key))


def until(holds):
    while not holds():
        time.sleep(0.05)


image = next(i for i in client.list_supported_images(filter="osType eq 'linux'") if "24.04" in i.node_agent_sku_id)
client.create_pool(
    models.BatchPoolCreateOptions(
        id="py15",
        vm_size="Standard_D2s_v5",
        target_dedicated_nodes=2,
        virtual_machine_configuration=models.VirtualMachineConfiguration(
            image_reference=image.image_reference, node_agent_sku_id=image.node_agent_sku_id
        ),
    )
)
until(lambda: client.get_pool("py15").allocation_state == "steady")
assert client.pool_exists("py15")

client.create_job(models.BatchJobCreateOptions(id="job15", pool_info=models.BatchPoolInfo(pool_id="py15")))
line = "/bin/sh -c 'echo from $AZ_BATCH_TASK_ID'"
added = client.create_tasks(
    "job15", [models.BatchTaskCreateOptions(id=f"t{n}", command_line=line) for n in range(250)]
)
until(lambda: client.get_job_task_counts("job15").task_counts.completed == 250)
counts = client.get_job_task_counts("job15").task_counts
assert (counts.succeeded, counts.failed) == (250, 0), counts
listed = list(client.list_tasks("job15", filter="state eq 'completed'", select=["id", "state"], max_results=100))
assert len(listed) == 250
task = client.get_task("job15", "t7")
assert task.state == "completed" and task.execution_info.exit_code == 0
assert b"".join(client.download_task_file("job15", "t7", "stdout.txt")) == b"from t7\n"
assert b"".join(client.download_task_file("job15", "t7", "stdout.txt", ocp_range="bytes=5-6")) == b"t7"
properties = client.get_task_file_properties("job15", "t7", "stdout.txt")
assert properties.content_length == 8 if hasattr(properties, "content_length") else properties is not None
assert {f.name for f in client.list_task_files("job15", "t7")} == {"stdout.txt", "stderr.txt", "wd"}

job = client.get_job("job15")
job.priority = 3
client.replace_job("job15", job)
assert client.get_job("job15").priority == 3
client.update_job("job15", models.BatchJobUpdateOptions(priority=9))
assert client.get_job("job15").priority == 9
client.begin_disable_job("job15", models.BatchJobDisableOptions(disable_tasks="requeue"), polling_interval=1).wait()
assert client.get_job("job15").state == "disabled"
client.begin_enable_job("job15", polling_interval=1).wait()
assert client.get_job("job15").state == "active"
reason = options.BatchJobTerminateOptions(termination_reason="enough")
client.begin_terminate_job("job15", reason, polling_interval=1).wait()
assert client.get_job("job15").execution_info.termination_reason == "enough"

for refused, code in [
    (lambda: client.get_job("none"), "JobNotFound"),
    (lambda: client.create_task("job15", models.BatchTaskCreateOptions(id="x", command_line="true")), "JobCompleted"),
    (lambda: client.create_job(models.BatchJobCreateOptions(id="JOB15", pool_info=models.BatchPoolInfo(pool_id="p"))), "JobExists"),
]:
    try:
        refused()
        raise SystemExit(f"not refused with {code}")
    except (ResourceNotFoundError, ResourceExistsError, HttpResponseError) as error:
        assert error.model.code == code, error.model.code

client.create_job_schedule(
    models.BatchJobScheduleCreateOptions(
        id="schedule15",
        schedule=models.BatchJobScheduleConfiguration(recurrence_interval=datetime.timedelta(hours=1)),
        job_specification=models.BatchJobSpecification(pool_info=models.BatchPoolInfo(pool_id="py15")),
    )
)
until(lambda: [j.id for j in client.list_jobs_from_schedule("schedule15")] == ["schedule15:job-1"])
assert client.get_job("schedule15:job-1").state == "active"
client.begin_delete_job_schedule("schedule15", polling_interval=1).wait()

formula = "$TargetDedicatedNodes = 1;"
client.enable_pool_auto_scale("py15", models.BatchPoolEnableAutoScaleOptions(auto_scale_formula=formula))
run = client.evaluate_pool_auto_scale("py15", models.BatchPoolEvaluateAutoScaleOptions(auto_scale_formula=formula))
assert run.results.startswith("$TargetDedicatedNodes=1;"), run.results
until(lambda: client.get_pool("py15").current_dedicated_nodes == 1)
client.disable_pool_auto_scale("py15")
node = next(iter(client.list_nodes("py15"))).id
client.create_node_user("py15", node, models.BatchNodeUserCreateOptions(name="me", password="not-kept-1"))
client.delete_node_user("py15", node, "me")
client.begin_reboot_node("py15", node, options.BatchNodeRebootOptions(node_reboot_kind="requeue"), polling_interval=1).wait()
until(lambda: client.get_node("py15", node).state == "idle")
client.begin_resize_pool("py15", models.BatchPoolResizeOptions(target_dedicated_nodes=0), polling_interval=1).wait()
assert client.get_pool("py15").current_dedicated_nodes == 0
client.begin_delete_job("job15", polling_interval=1).wait()
client.begin_delete_pool("py15", polling_interval=1).wait()
print("all passed")
