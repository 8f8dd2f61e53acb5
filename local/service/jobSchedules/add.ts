import { refuse } from "../../http/operation";
import { eTagText } from "../../model/etag";
import { idKey, recordKey } from "../../model/ids";
import type { ScheduleRecord } from "../../model/job";
import type { JsonObject } from "../../model/json";
import { withJobDefaults } from "../../model/newJob";
import { written } from "../answers";
import { jobFault, quotaFault } from "../jobs/rules";
import type { BatchOperation } from "../services";

export const addJobSchedule: BatchOperation = {
    id: "JobSchedules_CreateJobSchedule",
    method: "POST",
    path: "/jobschedules",
    body: "BatchJobScheduleCreateOptions",
    handle(call, services) {
        const { store, scheduler } = services;
        const spec = call.body as JsonObject;
        const id = String(spec["id"]);
        const key = recordKey(call.account.name, id);
        const present = store.schedules.get(key);
        if (present) {
            return refuse(present.state === "deleting" ? "JobScheduleBeingDeleted" : "JobScheduleExists");
        }
        if (store.jobs.get(key)) return refuse("JobWithSameIdExists");
        const job = spec["jobSpecification"] as JsonObject;
        const options = { at: "jobSpecification", ofSchedule: true };
        const fault = jobFault(job, call, services, options) ?? quotaFault(call, services);
        if (fault) return fault;
        const schedule: ScheduleRecord = {
            key,
            account: idKey(call.account.name),
            id,
            spec: { ...spec, jobSpecification: withJobDefaults(job) },
            state: "active",
            stateTransitionTime: call.now,
            jobCount: 0,
            creationTime: call.now,
            lastModified: call.now,
            eTag: eTagText(store.nextNumber()),
        };
        store.schedules.put(schedule);
        store.journal({
            at: call.now,
            subject: key,
            to: "active",
            cause: "add job schedule",
            requestId: call.requestId,
        });
        scheduler.wake({ schedule: key });
        return written(call, 201, `/jobschedules/${id}`, schedule);
    },
};
