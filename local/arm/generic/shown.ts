import type { ResourceRecord } from "../../model/account";
import type { JsonObject } from "../../model/json";
import { shownIdentity } from "../accounts/shownAccount";
import { shownETag } from "../etag";
import { objectOf } from "../merge";
import { typeOfId } from "../resourceId";
import type { ArmServices } from "../services";
import { rowOf } from "./types";

/** A stored resource as it is shown: its own body, with ids, without secrets, with its nested lists. */
export function shownResource(record: ResourceRecord, services: ArmServices): JsonObject {
    const row = rowOf(typeOfId(record.id));
    const { identity, keys: _keys, blob: _blob, ...body } = record.body;
    const properties: JsonObject = { ...objectOf(body["properties"]) };
    for (const name of row.secrets ?? []) {
        // eslint-disable-next-line @typescript-eslint/no-dynamic-delete -- the row names it
        delete properties[name];
    }
    for (const [list, type] of Object.entries(row.children ?? {})) {
        const nested = services.store.resources
            .list(`${record.key}/${type.split("/").at(-1)?.toLowerCase() ?? ""}`)
            .filter((child) => child.type === type.toLowerCase());
        properties[list] = nested.map((child) => shownResource(child, services));
    }
    return {
        ...body,
        ...(identity === undefined ? {} : { identity: shownIdentity(objectOf(identity), services) }),
        id: record.id,
        name: record.name,
        type: row.type,
        etag: shownETag(record.eTag),
        properties,
    };
}
