"""The main scenarios with PyPI azure-batch 14 and the account's key."""

import os

from azure.batch import BatchServiceClient, batch_auth, models
from isodate import parse_duration
from scenarios import run

credentials = batch_auth.SharedKeyCredentials(os.environ["AZURE_BATCH_ACCOUNT"], os.environ["AZURE_BATCH_ACCESS_KEY"])
client = BatchServiceClient(credentials, batch_url=os.environ["AZURE_BATCH_ENDPOINT"])


def plain(model):
    return model.serialize(keep_readonly=True)


def every(found):
    return [plain(one) for one in found]


class Api:
    add_pool = staticmethod(lambda body: client.pool.add(models.PoolAddParameter.from_dict(body)))
    pool = staticmethod(lambda pool: plain(client.pool.get(pool)))
    nodes = staticmethod(lambda pool: every(client.compute_node.list(pool)))
    add_job = staticmethod(lambda body: client.job.add(models.JobAddParameter.from_dict(body)))
    job = staticmethod(lambda job: plain(client.job.get(job)))
    patch_job = staticmethod(lambda job, body: client.job.patch(job, models.JobPatchParameter.from_dict(body)))
    terminate_job = staticmethod(lambda job: client.job.terminate(job))
    add_tasks = staticmethod(lambda job, tasks: client.task.add_collection(job, [models.TaskAddParameter.from_dict(one) for one in tasks]))
    task = staticmethod(lambda job, task: plain(client.task.get(job, task)))
    counts = staticmethod(lambda job: plain(client.job.get_task_counts(job).task_counts))
    output = staticmethod(lambda job, task: b"".join(client.file.get_from_task(job, task, "stdout.txt")).decode())
    node_file = staticmethod(lambda pool, node, path: b"".join(client.file.get_from_compute_node(pool, node, path)).decode())
    prep_release = staticmethod(lambda job: every(client.job.list_preparation_and_release_task_status(job)))
    subtasks = staticmethod(lambda job, task: every(client.task.list_subtasks(job, task).value))
    add_schedule = staticmethod(lambda body: client.job_schedule.add(models.JobScheduleAddParameter.from_dict(body)))
    schedule = staticmethod(lambda schedule: plain(client.job_schedule.get(schedule)))
    schedule_jobs = staticmethod(lambda schedule: every(client.job.list_from_job_schedule(schedule)))
    end_schedule = staticmethod(lambda schedule: client.job_schedule.delete(schedule))
    delete_job = staticmethod(lambda job: client.job.delete(job))
    delete_pool = staticmethod(lambda pool: client.pool.delete(pool))
    evaluate = staticmethod(lambda pool, formula: plain(client.pool.evaluate_auto_scale(pool, formula)))
    enable_auto_scale = staticmethod(lambda pool, formula, interval: client.pool.enable_auto_scale(pool, formula, parse_duration(interval)))


run(Api, "py14")
