import type { JsonObject } from "../../model/json";
import type { ApplicationView } from "./references";

export function renderApplication({ id, displayName, versions }: ApplicationView): JsonObject {
    return { id, displayName: displayName ?? id, versions };
}
