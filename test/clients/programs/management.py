"""PyPI azure-mgmt-batch 17 and 19 with DefaultAzureCredential."""

import os

from azure.identity import DefaultAzureCredential
from azure.mgmt.batch import BatchManagementClient, models
from steps import refused, step

base = f"https://{os.environ['ARM_METADATA_HOSTNAME']}"
client = BatchManagementClient(
    DefaultAzureCredential(),
    os.environ["AZURE_SUBSCRIPTION_ID"],
    base_url=base,
    credential_scopes=["https://management.azure.com/.default"],
)
group, name = "batchlocal", "second"
accounts = client.batch_account
quick = {"polling_interval": 1}

step("operations.list", lambda: list(client.operations.list()), len)
step("location.check_name_availability", lambda: client.location.check_name_availability("westeurope", {"name": name, "type": "Microsoft.Batch/batchAccounts"}))
step("location.get_quotas", lambda: client.location.get_quotas("westeurope"))
step("location.list_supported_virtual_machine_skus", lambda: list(client.location.list_supported_virtual_machine_skus("westeurope")), len)
step("batch_account.begin_create", lambda: accounts.begin_create(group, name, {"location": "westeurope"}, **quick).result(), lambda made: made.name == name)
step("batch_account.get", lambda: accounts.get(group, name).account_endpoint, len)
step("batch_account.list", lambda: [a.name for a in accounts.list()], lambda names: name in names)
step("batch_account.list_by_resource_group", lambda: [a.name for a in accounts.list_by_resource_group(group)], lambda names: name in names)
step("batch_account.update", lambda: accounts.update(group, name, {"tags": {"a": "b"}}).tags, lambda tags: tags == {"a": "b"})
before = step("batch_account.get_keys", lambda: accounts.get_keys(group, name).primary, len)
step("batch_account.regenerate_key", lambda: accounts.regenerate_key(group, name, {"keyName": "Primary"}).primary, lambda key: key != before)
step("batch_account.list_outbound_network_dependencies_endpoints", lambda: list(accounts.list_outbound_network_dependencies_endpoints(group, name)), len)
step("batch_account.list_detectors", lambda: list(accounts.list_detectors(group, name)))
step("batch_account.synchronize_auto_storage_keys", lambda: accounts.synchronize_auto_storage_keys(group, "batchlocal"))

machine = {
    "virtualMachineConfiguration": {
        "imageReference": {"publisher": "canonical", "offer": "ubuntu-24_04-lts", "sku": "server", "version": "latest"},
        "nodeAgentSkuId": "batch.node.ubuntu 24.04",
    }
}
pool = {"properties": {"vmSize": "STANDARD_D2S_V5", "deploymentConfiguration": machine, "scaleSettings": {"fixedScale": {"targetDedicatedNodes": 1}}}}
step("pool.create", lambda: client.pool.create(group, name, "pool", pool).name, lambda made: made == "pool")
step("pool.get", lambda: client.pool.get(group, name, "pool").vm_size.upper(), lambda size: size == "STANDARD_D2S_V5")
step("pool.list_by_batch_account", lambda: [p.name for p in client.pool.list_by_batch_account(group, name)], lambda names: names == ["pool"])
scale = {"properties": {"scaleSettings": {"autoScale": {"formula": "$TargetDedicatedNodes = 0;"}}}}
step("pool.update", lambda: client.pool.update(group, name, "pool", scale))
step("pool.disable_auto_scale", lambda: client.pool.disable_auto_scale(group, name, "pool"))
step("pool.stop_resize", lambda: client.pool.stop_resize(group, name, "pool"))
step("application.create", lambda: client.application.create(group, "batchlocal", "tool", {"properties": {"displayName": "Tool"}}))
step("application.get", lambda: client.application.get(group, "batchlocal", "tool").display_name, lambda shown: shown == "Tool")
step("application.list", lambda: [a.name for a in client.application.list(group, "batchlocal")], lambda names: "tool" in names)
step("application.update", lambda: client.application.update(group, "batchlocal", "tool", {"properties": {"allowUpdates": False}}))
package = step("application_package.create", lambda: client.application_package.create(group, "batchlocal", "tool", "1", {}).storage_url, len)


def upload():
    import io
    import zipfile

    from azure.storage.blob import BlobClient

    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr("tool.sh", "echo tool")
    BlobClient.from_blob_url(package).upload_blob(content.getvalue(), overwrite=True)


step("upload of the package to its URL", upload)
step("application_package.activate", lambda: client.application_package.activate(group, "batchlocal", "tool", "1", {"format": "zip"}).state, lambda state: str(state).lower().endswith("active"))
step("application_package.get", lambda: client.application_package.get(group, "batchlocal", "tool", "1"))
step("application_package.list", lambda: list(client.application_package.list(group, "batchlocal", "tool")), len)
step("application_package.delete", lambda: client.application_package.delete(group, "batchlocal", "tool", "1"))
step("application.delete", lambda: client.application.delete(group, "batchlocal", "tool"))
step("private_link_resource.list_by_batch_account", lambda: list(client.private_link_resource.list_by_batch_account(group, name)))
step("private_endpoint_connection.list_by_batch_account", lambda: list(client.private_endpoint_connection.list_by_batch_account(group, name)))
refused("batch_account.get of one that is not there", lambda: accounts.get(group, "nobody"), "ResourceNotFound")
step("pool.begin_delete", lambda: client.pool.begin_delete(group, name, "pool", **quick).wait())
step("batch_account.begin_delete", lambda: accounts.begin_delete(group, name, **quick).wait())
assert models
