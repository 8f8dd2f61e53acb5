import { refuse } from "../../http/operation";
import { eTagText } from "../../model/etag";
import { recordKey } from "../../model/ids";
import type { JsonObject } from "../../model/json";
import { newJob, newJobManagerTask } from "../../model/newJob";
import { written } from "../answers";
import type { BatchOperation } from "../services";
import { jobFault, quotaFault } from "./rules";

export const addJob: BatchOperation = {
    id: "Jobs_CreateJob",
    method: "POST",
    path: "/jobs",
    body: "BatchJobCreateOptions",
    handle(call, services) {
        const { store, scheduler } = services;
        const spec = call.body as JsonObject;
        const id = String(spec["id"]);
        const key = recordKey(call.account.name, id);
        const present = store.jobs.get(key);
        if (present) return refuse(present.state === "deleting" ? "JobBeingDeleted" : "JobExists");
        if (store.schedules.get(key)) return refuse("JobScheduleWithSameIdExists");
        const fault = jobFault(spec, call, services) ?? quotaFault(call, services);
        if (fault) return fault;
        const job = newJob({
            account: call.account.name,
            id,
            number: store.nextNumber(),
            spec,
            now: call.now,
            eTag: eTagText(store.nextNumber()),
        });
        store.jobs.put(job);
        const manager = newJobManagerTask(job, call.now);
        if (manager) store.tasks.add(manager);
        store.journal({
            at: call.now,
            subject: key,
            to: "active",
            cause: "add job",
            requestId: call.requestId,
        });
        scheduler.wake({ job: key });
        return written(call, 201, `/jobs/${id}`, job);
    },
};
