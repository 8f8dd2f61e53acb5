"""PyPI azure-batch 14 with the account's key."""

import os

from azure.batch import BatchServiceClient, batch_auth, models
from steps import refused, step, until

account, endpoint = os.environ["AZURE_BATCH_ACCOUNT"], os.environ["AZURE_BATCH_ENDPOINT"]


def client_with(key):
    return BatchServiceClient(batch_auth.SharedKeyCredentials(account, key), batch_url=endpoint)


client = client_with(os.environ["AZURE_BATCH_ACCESS_KEY"])
step("account.list_supported_images", lambda: list(client.account.list_supported_images()), len)
image = models.ImageReference(publisher="canonical", offer="ubuntu-24_04-lts", sku="server", version="latest")
machine = models.VirtualMachineConfiguration(image_reference=image, node_agent_sku_id="batch.node.ubuntu 24.04")
pool = models.PoolAddParameter(
    id="c14", vm_size="Standard_D2s_v5", target_low_priority_nodes=1, virtual_machine_configuration=machine
)
step("pool.add", lambda: client.pool.add(pool))
until("pool.get", lambda: client.pool.get("c14").allocation_state == "steady")
step("pool.exists", lambda: client.pool.exists("c14"), lambda there: there is True)
step("pool.list", lambda: [p.id for p in client.pool.list()], lambda ids: "c14" in ids)
step("pool.patch", lambda: client.pool.patch("c14", models.PoolPatchParameter(metadata=[models.MetadataItem(name="a", value="b")])))
step("application.list", lambda: list(client.application.list()))

info = models.PoolInformation(pool_id="c14")
step("job.add", lambda: client.job.add(models.JobAddParameter(id="c14", pool_info=info)))
step("job.list", lambda: [j.id for j in client.job.list()], lambda ids: "c14" in ids)
task = lambda name, line: models.TaskAddParameter(id=name, command_line=line)  # noqa: E731
step("task.add", lambda: client.task.add("c14", task("one", "/bin/sh -c 'echo $AZ_BATCH_TASK_ID; exit 3'")))
step("task.add_collection", lambda: client.task.add_collection("c14", [task(f"t{n}", "true") for n in range(120)]))
until("job.get_task_counts", lambda: client.job.get_task_counts("c14").task_counts.completed == 121)
step("task.get", lambda: client.task.get("c14", "one").execution_info, lambda info: info.exit_code == 3)
step("task.list", lambda: len(list(client.task.list("c14", models.TaskListOptions(max_results=50)))), lambda n: n == 121)
step("file.get_from_task", lambda: b"".join(client.file.get_from_task("c14", "one", "stdout.txt")), lambda b: b == b"one\n")
step("file.list_from_task", lambda: [f.name for f in client.file.list_from_task("c14", "one")], lambda names: "stdout.txt" in names)
step("task.reactivate", lambda: client.task.reactivate("c14", "one"))
step("task.delete", lambda: client.task.delete("c14", "t1"))
refused("task.get of one that is gone", lambda: client.task.get("c14", "t1"), "TaskNotFound")
step("job.patch", lambda: client.job.patch("c14", models.JobPatchParameter(priority=9)))
step("job.disable", lambda: client.job.disable("c14", "requeue"))
until("job.get, disabled", lambda: client.job.get("c14").state == "disabled")
step("job.enable", lambda: client.job.enable("c14"))
step("job.terminate", lambda: client.job.terminate("c14", "done"))
refused("job.add twice", lambda: client.job.add(models.JobAddParameter(id="C14", pool_info=info)), "JobExists")
node = step("compute_node.list", lambda: [n.id for n in client.compute_node.list("c14")], len)[0]
step("compute_node.get", lambda: client.compute_node.get("c14", node))
step("file.list_from_compute_node", lambda: [f.name for f in client.file.list_from_compute_node("c14", node)], len)
step("compute_node.reboot", lambda: client.compute_node.reboot("c14", node))
step("pool.resize", lambda: client.pool.resize("c14", models.PoolResizeParameter(target_low_priority_nodes=0)))
step("pool.stop_resize", lambda: client.pool.stop_resize("c14"))
refused("job.list with a wrong key", lambda: list(client_with("d3Jvbmc=").job.list()), "AuthenticationFailed")
step("job.delete", lambda: client.job.delete("c14"))
step("pool.delete", lambda: client.pool.delete("c14"))
