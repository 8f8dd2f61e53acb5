"""PyPI azure-identity, unmodified, and azure-storage-blob: connection string and token."""

import os

from azure.core.exceptions import ClientAuthenticationError
from azure.identity import DefaultAzureCredential, ManagedIdentityCredential
from azure.storage.blob import BlobServiceClient, generate_container_sas, ContainerSasPermissions
from steps import refused, step

import datetime

credential = DefaultAzureCredential()
for scope in ["https://management.azure.com/.default", "https://batch.core.windows.net/.default", "https://storage.azure.com/.default"]:
    step(f"azure-identity: DefaultAzureCredential for {scope}", lambda: credential.get_token(scope).token, lambda token: token.count(".") == 2)
step("azure-identity: ManagedIdentityCredential", lambda: ManagedIdentityCredential().get_token("https://batch.core.windows.net/.default"))

connection = os.environ["AZURE_STORAGE_CONNECTION_STRING"]
service = BlobServiceClient.from_connection_string(connection)
container = step("create_container", lambda: service.create_container("clients"))
step("upload_blob", lambda: container.upload_blob("a/b.txt", b"hello", overwrite=True))
step("upload_blob in blocks", lambda: BlobServiceClient.from_connection_string(connection, max_single_put_size=1024, max_block_size=1024).get_blob_client("clients", "big").upload_blob(b"x" * 10_000))
step("download_blob", lambda: container.download_blob("a/b.txt").readall(), lambda content: content == b"hello")
step("list_blobs", lambda: [b.name for b in container.list_blobs(name_starts_with="a/")], lambda names: names == ["a/b.txt"])
step("get_blob_properties", lambda: container.get_blob_client("big").get_blob_properties().size, lambda size: size == 10_000)
account = service.account_name
signed_in = BlobServiceClient(service.url.split("?")[0], credential)
step("with a token: list_containers", lambda: [c.name for c in signed_in.list_containers()], lambda names: "clients" in names)
step("with a token: download_blob", lambda: signed_in.get_blob_client("clients", "a/b.txt").download_blob().readall(), lambda content: content == b"hello")
until = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(hours=1)
sas = generate_container_sas(account, "clients", account_key=service.credential.account_key, permission=ContainerSasPermissions(read=True), expiry=until)
signed = BlobServiceClient(service.url.split("?")[0], sas)
step("with a signature: download_blob", lambda: signed.get_blob_client("clients", "a/b.txt").download_blob().readall(), lambda content: content == b"hello")
refused("with a signature for reading: upload_blob", lambda: signed.get_blob_client("clients", "c").upload_blob(b"x"), "AuthorizationPermissionMismatch")
wrong = BlobServiceClient(service.url.split("?")[0], credential={"account_name": account, "account_key": "d3Jvbmc="})
refused("with a wrong key: list_containers", lambda: list(wrong.list_containers()), "AuthenticationFailed")
step("delete_blob", lambda: container.delete_blob("a/b.txt"))
step("delete_container", lambda: container.delete_container())
assert ClientAuthenticationError
