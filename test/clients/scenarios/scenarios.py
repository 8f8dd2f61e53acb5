"""The main scenarios, said once in the service's own names, for any Python client that an adapter speaks with.

An adapter has: add_pool, pool, nodes, add_job, job, patch_job, terminate_job, add_tasks, task, counts, output, node_file,
prep_release, subtasks, add_schedule, schedule_jobs, schedule, end_schedule, evaluate, delete_job, delete_pool. What it takes and
gives are dictionaries as on the wire.
"""

import datetime
import os
import sys
import time

sys.path.append(os.path.join(os.path.dirname(__file__), "..", "programs"))

from azure.storage.blob import BlobServiceClient, ContainerSasPermissions, generate_container_sas  # noqa: E402
from steps import step  # noqa: E402

image = {"publisher": "canonical", "offer": "ubuntu-24_04-lts", "sku": "server", "version": "latest"}
machine = {"imageReference": image, "nodeAgentSKUId": "batch.node.ubuntu 24.04"}


def sh(line):
    return f"/bin/sh -c '{line}'"


def equal(left, right):
    if left != right:
        raise AssertionError(f"{left!r} is not {right!r}")


class Scenarios:
    def __init__(self, api, name):
        self.api, self.name = api, name
        self.storage = BlobServiceClient.from_connection_string(os.environ["AZURE_STORAGE_CONNECTION_STRING"])

    def pool(self, kind, **change):
        pool = {"id": f"{self.name}-{kind}", "vmSize": "Standard_D2s_v5", "virtualMachineConfiguration": machine, "targetDedicatedNodes": 1}
        self.api.add_pool({**pool, **change})
        return pool["id"]

    def job(self, kind, pool, **change):
        job = {"id": f"{self.name}-{kind}", "poolInfo": {"poolId": pool}}
        self.api.add_job({**job, **change})
        return job["id"]

    def wait(self, what, holds, seconds=60):
        deadline = time.time() + seconds
        while not holds():
            if time.time() > deadline:
                raise TimeoutError(f"{what}: not within {seconds} s")
            time.sleep(0.05)

    def done(self, job, *tasks):
        for task in tasks:
            self.wait(f"{job} {task}", lambda task=task: self.api.task(job, task)["state"] == "completed")

    def container(self, name, write=False):
        client = self.storage.get_container_client(f"{self.name}-{name}")
        client.create_container()
        expiry = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(hours=1)
        permission = ContainerSasPermissions(read=True, list=True, write=write, create=write)
        account = self.storage.account_name
        sas = generate_container_sas(account, client.container_name, account_key=self.storage.credential.account_key, permission=permission, expiry=expiry)
        return client, f"{client.url}?{sas}"

    def upload_to_download(self):
        inputs, readable = self.container("input")
        results, writable = self.container("results", write=True)
        texts = ["one two two", "three three three", ""]
        for n, text in enumerate(texts):
            inputs.upload_blob(f"text{n}.txt", text)
        pool = self.pool("words", targetDedicatedNodes=2, taskSlotsPerNode=2)
        job = self.job("count", pool)
        tasks = [
            {
                "id": f"count{n}",
                "commandLine": sh(f"wc -w < in/text{n}.txt | tr -d \" \" > words.txt"),
                "resourceFiles": [{"storageContainerUrl": readable, "blobPrefix": f"text{n}", "filePath": "in"}],
                "outputFiles": [
                    {
                        "filePattern": "words.txt",
                        "destination": {"container": {"containerUrl": writable, "path": f"count{n}.txt"}},
                        "uploadOptions": {"uploadCondition": "tasksuccess"},
                    }
                ],
            }
            for n in range(3)
        ]
        self.api.add_tasks(job, tasks)
        self.api.patch_job(job, {"onAllTasksComplete": "terminatejob"})
        self.wait("the job's end", lambda: self.api.job(job)["state"] == "completed")
        equal(self.api.job(job)["executionInfo"]["terminateReason"], "AllTasksComplete")
        counts = self.api.counts(job)
        equal((counts["completed"], counts["succeeded"], counts["failed"]), (3, 3, 0))
        for n, words in enumerate(["3", "3", "0"]):
            equal(results.download_blob(f"count{n}.txt").readall().strip(), words.encode())
        self.api.delete_job(job)
        self.api.delete_pool(pool)

    def preparation_and_release(self):
        pool = self.pool("shared", targetDedicatedNodes=2)
        file = "$AZ_BATCH_NODE_SHARED_DIR/job_data.txt"
        job = self.job(
            "prepared",
            pool,
            jobPreparationTask={"commandLine": sh(f'echo "$AZ_BATCH_NODE_ID tasks:" > {file}')},
            jobReleaseTask={"commandLine": sh(f"rm {file}")},
        )
        ids = [f"task{n + 1}" for n in range(8)]
        self.api.add_tasks(job, [{"id": one, "commandLine": sh(f'sleep 0.3; echo "  $AZ_BATCH_TASK_ID" >> {file}')} for one in ids])
        self.done(job, *ids)
        ran = {}
        for one in ids:
            ran.setdefault(self.api.task(job, one)["nodeInfo"]["nodeId"], []).append(one)
        equal(len(ran), 2)
        for node, tasks in ran.items():
            text = self.api.node_file(pool, node, "shared/job_data.txt")
            print(text, file=sys.stderr)
            title, *lines = text.strip().split("\n")
            equal(title, f"{node} tasks:")
            equal(sorted(line.strip() for line in lines), sorted(tasks))
        self.api.terminate_job(job)
        self.wait("the job's end", lambda: self.api.job(job)["state"] == "completed")
        codes = [(one["jobPreparationTaskExecutionInfo"]["exitCode"], one["jobReleaseTaskExecutionInfo"]["exitCode"]) for one in self.api.prep_release(job)]
        equal(codes, [(0, 0), (0, 0)])
        self.api.delete_job(job)
        self.api.delete_pool(pool)

    def map_and_merge(self):
        pool = self.pool("mapped", taskSlotsPerNode=4)
        job = self.job("squares", pool, usesTaskDependencies=True)
        share = "$AZ_BATCH_NODE_SHARED_DIR"
        maps = [{"id": str(n), "commandLine": sh(f"echo $(({n} * {n})) > {share}/square{n}")} for n in range(1, 11)]
        merge = {
            "id": "merge",
            "commandLine": sh(f"sum=0; for one in $(cat {share}/square*); do sum=$((sum + one)); done; echo $sum"),
            "dependsOn": {"taskIdRanges": [{"start": 1, "end": 10}]},
        }
        self.api.add_tasks(job, [merge, *maps])
        self.done(job, "merge")
        equal(self.api.output(job, "merge"), "385\n")
        start = self.api.task(job, "merge")["executionInfo"]["startTime"]
        for one in maps:
            assert str(self.api.task(job, one["id"])["executionInfo"]["endTime"]) <= str(start)
        self.api.delete_job(job)
        self.api.delete_pool(pool)

    def multi_instance(self):
        pool = self.pool("multi", targetDedicatedNodes=3, enableInterNodeCommunication=True)
        job = self.job("multi", pool)
        task = {
            "id": "gang",
            "commandLine": sh("echo $AZ_BATCH_HOST_LIST"),
            "multiInstanceSettings": {"numberOfInstances": 3, "coordinationCommandLine": sh("echo master: $AZ_BATCH_IS_CURRENT_NODE_MASTER")},
        }
        self.api.add_tasks(job, [task])
        self.done(job, "gang")
        equal(len(set(self.api.output(job, "gang").strip().split(","))), 3)
        subtasks = self.api.subtasks(job, "gang")
        equal([(one["state"], one["exitCode"]) for one in subtasks], [("completed", 0)] * 2)
        equal(len({one["nodeInfo"]["nodeId"] for one in subtasks}), 2)
        self.api.delete_job(job)
        self.api.delete_pool(pool)

    def dependencies_and_exit_conditions(self):
        pool = self.pool("exits", taskSlotsPerNode=4)
        job = self.job("exits", pool, usesTaskDependencies=True, onTaskFailure="performexitoptionsjobaction")
        satisfied = {"exitConditions": {"exitCodes": [{"code": 3, "exitOptions": {"dependencyAction": "satisfy", "jobAction": "none"}}], "default": {"jobAction": "none"}}}
        self.api.add_tasks(
            job,
            [
                {"id": "a", "commandLine": "true"},
                {"id": "three", "commandLine": sh("exit 3"), **satisfied},
                {"id": "four", "commandLine": sh("exit 4"), **satisfied},
                {"id": "both", "commandLine": "true", "dependsOn": {"taskIds": ["a", "three"]}},
                {"id": "blocked", "commandLine": "true", "dependsOn": {"taskIds": ["four"]}},
            ],
        )
        self.done(job, "a", "three", "four", "both")
        equal(self.api.task(job, "blocked")["state"], "active")
        info = self.api.task(job, "four")["executionInfo"]
        equal((info["exitCode"], info["result"], info["failureInfo"]["code"]), (4, "failure", "FailureExitCode"))
        ending = {"id": "ending", "commandLine": sh("exit 9"), "exitConditions": {"exitCodeRanges": [{"start": 8, "end": 10, "exitOptions": {"jobAction": "terminate"}}]}}
        self.api.add_tasks(job, [ending])
        self.wait("the job's end", lambda: self.api.job(job)["state"] == "completed")
        self.api.delete_job(job)
        self.api.delete_pool(pool)

    def nightly(self):
        pool = self.pool("night")
        schedule = f"{self.name}-nightly"
        self.api.add_schedule(
            {
                "id": schedule,
                "schedule": {"recurrenceInterval": "P1D", "startWindow": "PT1H"},
                "jobSpecification": {"poolInfo": {"poolId": pool}, "jobManagerTask": {"id": "report", "commandLine": sh("echo $AZ_BATCH_JOB_ID")}},
            }
        )
        over = lambda: [one for one in self.api.schedule_jobs(schedule) if one["state"] == "completed"]  # noqa: E731
        self.wait("two nights", lambda: len(over()) >= 2)
        for one in over()[:2]:
            equal(one["executionInfo"]["terminateReason"], "JMComplete")
            equal(self.api.output(one["id"], "report"), f"{one['id']}\n")
        assert self.api.schedule(schedule)["executionInfo"]["nextRunTime"]
        self.api.end_schedule(schedule)
        self.api.delete_pool(pool)

    def autoscale(self):
        formula = "$TargetDedicatedNodes = max(1, min(2, $PendingTasks.GetSample(1)));"
        pool = self.pool("auto", targetDedicatedNodes=None, enableAutoScale=True, autoScaleFormula="$TargetDedicatedNodes = 1;", autoScaleEvaluationInterval="PT5M")
        job = self.job("auto", pool)
        self.wait("a first node", lambda: len(self.api.nodes(pool)) == 1)
        self.api.add_tasks(job, [{"id": f"t{n}", "commandLine": "sleep 600"} for n in range(4)])
        self.wait("samples", lambda: "$TargetDedicatedNodes=2" in self.api.evaluate(pool, formula)["results"])
        self.wait("steady", lambda: self.api.pool(pool)["allocationState"] == "steady")
        self.api.enable_auto_scale(pool, formula, "PT5M")
        self.wait("a second node", lambda: len(self.api.nodes(pool)) == 2)
        assert "$TargetDedicatedNodes=2" in self.api.pool(pool)["autoScaleRun"]["results"]
        self.api.delete_job(job)
        self.api.delete_pool(pool)


ordinary = ["upload_to_download", "preparation_and_release", "map_and_merge", "multi_instance", "dependencies_and_exit_conditions"]
fast = ["nightly", "autoscale"]


def run(api, name):
    scenarios = Scenarios(api, name)
    for one in fast if "fast" in sys.argv[1:] else ordinary:
        step(one, getattr(scenarios, one))
