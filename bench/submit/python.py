"""Adds tasks with PyPI azure-batch. Arguments: endpoint, tasks, threads. Prints what it took."""

import json
import sys
import time

from azure.batch import BatchClient, models
from azure.core.credentials import AzureNamedKeyCredential

endpoint, count, threads = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
client = BatchClient(endpoint=endpoint, credential=AzureNamedKeyCredential("bench", "YmVuY2g="))
tasks = [
    models.BatchTaskCreateOptions(id=f"task-{n:07d}", command_line=f"/bin/sh -c 'echo {n}'") for n in range(count)
]
start = time.perf_counter()
problem = None
try:
    client.create_tasks("bench", tasks, max_concurrency=threads)
except Exception as error:  # A client that gives up is measured by what it got in until then.
    problem = f"{type(error).__name__}: {str(error)[:100]}"
print(json.dumps({"seconds": time.perf_counter() - start, "megabytes": 0, "problem": problem}))
