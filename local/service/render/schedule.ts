import type { FilterFields } from "../../http/filter";
import { isoText } from "../../model/instant";
import type { ScheduleRecord } from "../../model/job";
import type { JsonObject } from "../../model/json";
import { propertiesOf } from "../shapes";
import { given, stateOf, when, withoutSecrets } from "./parts";

export const scheduleProperties = propertiesOf("BatchJobSchedule", "BatchJobScheduleCreateOptions");

export const scheduleFields: FilterFields = {
    id: "id",
    state: "enum",
    stateTransitionTime: "date",
    creationTime: "date",
    lastModified: "date",
    "executionInfo/endTime": "date",
    "schedule/doNotRunUntil": "date",
    "schedule/doNotRunAfter": "date",
};

export function renderSchedule(schedule: ScheduleRecord, origin: string): JsonObject {
    const { id, displayName, ...spec } = schedule.spec;
    const recent = schedule.recentJob;
    return given({
        id,
        displayName,
        url: `${origin}/jobschedules/${schedule.id}`,
        eTag: schedule.eTag,
        lastModified: isoText(schedule.lastModified),
        creationTime: isoText(schedule.creationTime),
        ...stateOf(schedule),
        ...(withoutSecrets(spec) as JsonObject),
        executionInfo: given({
            nextRunTime: when(schedule.nextRunTime),
            recentJob: recent === undefined ? undefined : { id: recent, url: `${origin}/jobs/${recent}` },
            endTime: when(schedule.endTime),
        }),
    });
}
