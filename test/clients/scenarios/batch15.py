"""The main scenarios with PyPI azure-batch 15 and the account's key."""

import os

from azure.batch import BatchClient, models
from azure.batch.models import _models as more
from azure.core.credentials import AzureNamedKeyCredential
from scenarios import run

credential = AzureNamedKeyCredential(os.environ["AZURE_BATCH_ACCOUNT"], os.environ["AZURE_BATCH_ACCESS_KEY"])
client = BatchClient(endpoint=os.environ["AZURE_BATCH_ENDPOINT"], credential=credential)
quick = {"polling_interval": 1}


class Api:
    add_pool = staticmethod(lambda body: client.create_pool(models.BatchPoolCreateOptions({k: v for k, v in body.items() if v is not None})))
    pool = staticmethod(lambda pool: client.get_pool(pool).as_dict())
    nodes = staticmethod(lambda pool: [one.as_dict() for one in client.list_nodes(pool)])
    add_job = staticmethod(lambda body: client.create_job(models.BatchJobCreateOptions(body)))
    job = staticmethod(lambda job: client.get_job(job).as_dict())
    patch_job = staticmethod(lambda job, body: client.update_job(job, models.BatchJobUpdateOptions(body)))
    # Without options this client does not get as far as a request.
    terminate_job = staticmethod(lambda job: client.begin_terminate_job(job, more.BatchJobTerminateOptions(termination_reason="done"), **quick).wait())
    add_tasks = staticmethod(lambda job, tasks: client.create_tasks(job, [models.BatchTaskCreateOptions(one) for one in tasks]))
    task = staticmethod(lambda job, task: client.get_task(job, task).as_dict())
    counts = staticmethod(lambda job: client.get_job_task_counts(job).task_counts.as_dict())
    output = staticmethod(lambda job, task: b"".join(client.download_task_file(job, task, "stdout.txt")).decode())
    node_file = staticmethod(lambda pool, node, path: b"".join(client.download_node_file(pool, node, path)).decode())
    prep_release = staticmethod(lambda job: [one.as_dict() for one in client.list_job_preparation_and_release_task_status(job)])
    subtasks = staticmethod(lambda job, task: [one.as_dict() for one in client.list_subtasks(job, task)])
    add_schedule = staticmethod(lambda body: client.create_job_schedule(models.BatchJobScheduleCreateOptions(body)))
    schedule = staticmethod(lambda schedule: client.get_job_schedule(schedule).as_dict())
    schedule_jobs = staticmethod(lambda schedule: [one.as_dict() for one in client.list_jobs_from_schedule(schedule)])
    end_schedule = staticmethod(lambda schedule: client.begin_delete_job_schedule(schedule, **quick).wait())
    delete_job = staticmethod(lambda job: client.begin_delete_job(job, **quick).wait())
    delete_pool = staticmethod(lambda pool: client.begin_delete_pool(pool, **quick).wait())

    @staticmethod
    def evaluate(pool, formula):
        return client.evaluate_pool_auto_scale(pool, models.BatchPoolEvaluateAutoScaleOptions(auto_scale_formula=formula)).as_dict()

    @staticmethod
    def enable_auto_scale(pool, formula, interval):
        body = {"autoScaleFormula": formula, "autoScaleEvaluationInterval": interval}
        client.enable_pool_auto_scale(pool, models.BatchPoolEnableAutoScaleOptions(body))


run(Api, "py15")
