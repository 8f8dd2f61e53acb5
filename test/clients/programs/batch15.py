"""PyPI azure-batch 15 with the account's key, then with DefaultAzureCredential."""

import datetime
import os

from azure.batch import BatchClient, models
from azure.batch.models import _models as options
from azure.core.credentials import AzureNamedKeyCredential
from azure.identity import DefaultAzureCredential
from steps import refused, step, until

endpoint, account = os.environ["AZURE_BATCH_ENDPOINT"], os.environ["AZURE_BATCH_ACCOUNT"]
client = BatchClient(endpoint, AzureNamedKeyCredential(account, os.environ["AZURE_BATCH_ACCESS_KEY"]))
quick = {"polling_interval": 1}

images = step("list_supported_images", lambda: list(client.list_supported_images()), len)
image = next(i for i in images if "ubuntu 24.04" in i.node_agent_sku_id)
machine = models.VirtualMachineConfiguration(
    image_reference=image.image_reference, node_agent_sku_id=image.node_agent_sku_id
)
pool = models.BatchPoolCreateOptions(
    id="c15", vm_size="Standard_D2s_v5", target_dedicated_nodes=1, virtual_machine_configuration=machine
)
step("create_pool", lambda: client.create_pool(pool))
until("get_pool", lambda: client.get_pool("c15").allocation_state == "steady")
step("pool_exists", lambda: client.pool_exists("c15"), lambda there: there is True)
step("list_pools", lambda: [p.id for p in client.list_pools()], lambda ids: "c15" in ids)
step("update_pool", lambda: client.update_pool("c15", models.BatchPoolUpdateOptions(metadata=[models.BatchMetadataItem(name="a", value="b")])))
step("list_pool_node_counts", lambda: list(client.list_pool_node_counts()), len)
step("list_applications", lambda: list(client.list_applications()))

info = models.BatchPoolInfo(pool_id="c15")
step("create_job", lambda: client.create_job(models.BatchJobCreateOptions(id="c15", pool_info=info)))
step("list_jobs", lambda: [j.id for j in client.list_jobs(filter="state eq 'active'")], lambda ids: "c15" in ids)
task = lambda name, line: models.BatchTaskCreateOptions(id=name, command_line=line)  # noqa: E731
step("create_task", lambda: client.create_task("c15", task("one", "/bin/sh -c 'echo $AZ_BATCH_TASK_ID; exit 3'")))
step("create_tasks", lambda: client.create_tasks("c15", [task(f"t{n}", "/bin/sh -c 'echo hello'") for n in range(120)]))
until("get_job_task_counts", lambda: client.get_job_task_counts("c15").task_counts.completed == 121)
step("get_task", lambda: client.get_task("c15", "one").execution_info, lambda info: info.exit_code == 3)
step("list_tasks", lambda: len(list(client.list_tasks("c15", select=["id"], max_results=50))), lambda n: n == 121)
step("download_task_file", lambda: b"".join(client.download_task_file("c15", "one", "stdout.txt")), lambda b: b == b"one\n")
step("get_task_file_properties", lambda: client.get_task_file_properties("c15", "one", "stdout.txt"))
step("list_task_files", lambda: [f.name for f in client.list_task_files("c15", "one")], lambda names: "stdout.txt" in names)
step("reactivate_task", lambda: client.reactivate_task("c15", "one"))
step("delete_task", lambda: client.delete_task("c15", "t1"))
refused("get_task of one that is gone", lambda: client.get_task("c15", "t1"), "TaskNotFound")
step("update_job", lambda: client.update_job("c15", models.BatchJobUpdateOptions(priority=9)))
step("begin_disable_job", lambda: client.begin_disable_job("c15", models.BatchJobDisableOptions(disable_tasks="requeue"), **quick).wait())
step("begin_enable_job", lambda: client.begin_enable_job("c15", **quick).wait())
step("begin_terminate_job", lambda: client.begin_terminate_job("c15", options.BatchJobTerminateOptions(termination_reason="done"), **quick).wait())
refused("create_job twice", lambda: client.create_job(models.BatchJobCreateOptions(id="C15", pool_info=info)), "JobExists")

schedule = models.BatchJobScheduleCreateOptions(
    id="s15",
    schedule=models.BatchJobScheduleConfiguration(recurrence_interval=datetime.timedelta(hours=1)),
    job_specification=models.BatchJobSpecification(pool_info=info),
)
step("create_job_schedule", lambda: client.create_job_schedule(schedule))
until("list_jobs_from_schedule", lambda: list(client.list_jobs_from_schedule("s15")))
step("disable_job_schedule", lambda: client.disable_job_schedule("s15"))
step("begin_delete_job_schedule", lambda: client.begin_delete_job_schedule("s15", **quick).wait())

# The client has no body for these two unless it is given options.
node = step("list_nodes", lambda: [n.id for n in client.list_nodes("c15")], len)[0]
step("get_node", lambda: client.get_node("c15", node))
step("list_node_files", lambda: [f.name for f in client.list_node_files("c15", node)], len)
step("disable_node_scheduling", lambda: client.disable_node_scheduling("c15", node, options.BatchNodeDisableSchedulingOptions(node_disable_scheduling_option="requeue")))
step("enable_node_scheduling", lambda: client.enable_node_scheduling("c15", node))
step("begin_reboot_node", lambda: client.begin_reboot_node("c15", node, options.BatchNodeRebootOptions(node_reboot_kind="requeue"), **quick).wait())
formula = "$TargetDedicatedNodes = 1;"
step("enable_pool_auto_scale", lambda: client.enable_pool_auto_scale("c15", models.BatchPoolEnableAutoScaleOptions(auto_scale_formula=formula)))
step("evaluate_pool_auto_scale", lambda: client.evaluate_pool_auto_scale("c15", models.BatchPoolEvaluateAutoScaleOptions(auto_scale_formula=formula)))
until("get_pool, steady", lambda: client.get_pool("c15").allocation_state == "steady")
step("disable_pool_auto_scale", lambda: client.disable_pool_auto_scale("c15"))
step("begin_resize_pool", lambda: client.begin_resize_pool("c15", models.BatchPoolResizeOptions(target_dedicated_nodes=0), **quick).wait())

signed_in = BatchClient(endpoint, DefaultAzureCredential())
step("list_jobs with DefaultAzureCredential", lambda: [j.id for j in signed_in.list_jobs()], lambda ids: "c15" in ids)
wrong = BatchClient(endpoint, AzureNamedKeyCredential(account, "d3Jvbmc="))
refused("list_jobs with a wrong key", lambda: list(wrong.list_jobs()), "AuthenticationFailed")
step("begin_delete_job", lambda: client.begin_delete_job("c15", **quick).wait())
step("begin_delete_pool", lambda: client.begin_delete_pool("c15", **quick).wait())
