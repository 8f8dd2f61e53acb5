import { eTagText } from "../model/etag";
import type { JobRecord } from "../model/job";
import type { JsonObject } from "../model/json";
import { newJob, newJobManagerTask } from "../model/newJob";
import type { Turn } from "./turn";

/** A job that a schedule makes, with its job manager task. */
export function addJob(
    turn: Turn,
    given: { account: string; id: string; spec: JsonObject; schedule: string },
): JobRecord {
    const number = turn.store.nextNumber();
    const job = newJob({ ...given, number, now: turn.now, eTag: eTagText(number) });
    turn.store.jobs.put(job);
    const manager = newJobManagerTask(job, turn.now);
    if (manager) turn.store.tasks.add(manager);
    turn.note(job.key, undefined, job.state, `schedule ${given.schedule}`);
    turn.touchJob(job.key);
    return job;
}
