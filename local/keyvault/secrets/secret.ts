/** What a secret is: made here by its own endpoint, by the resource manager and by certificates alike. */
import type { JsonObject } from "../../model/json";
import type { Refused } from "../../http/operation";
import { attributesOf, isEnabled, shownAttributes, tagsOf } from "../attributes";
import { find, secretsOf, wrongName, type Place } from "../place";
import { isDeleted, isManaged, withInner } from "../refusals";
import { newVersionId, type Head, type Version } from "../shelf";
import type { Vault } from "../vault";

/** A new version, with what the body says; the caller has checked its shape. */
export function setSecret(place: Place, name: string, body: JsonObject, now: number): Version | Refused {
    const shelf = secretsOf(place);
    const wrong = wrongName(name);
    if (wrong) return wrong;
    const head = shelf.any(name, now);
    if (head?.deleted) return isDeleted("secrets", name);
    if (head?.managed) return isManaged("set", name);
    const { value, contentType } = body;
    return write(place, name, newVersionId(), now, {
        value: String(value),
        contentType,
        attributes: attributesOf(body),
        tags: tagsOf(body),
    });
}

interface Written {
    value: string;
    contentType: unknown;
    attributes: JsonObject;
    tags: JsonObject | undefined;
    /** Of a certificate's secret. */
    kid?: string;
}

export function write(place: Place, name: string, id: string, now: number, written: Written): Version {
    const shelf = secretsOf(place);
    const { value, kid, ...rest } = written;
    const managed = kid === undefined ? {} : { kid, managed: true };
    const sealed = place.sealer.seal(value, shelf.placeOf(name, id));
    const head = shelf.add(
        name,
        id,
        { ...rest, ...managed, sealed },
        now,
        kid === undefined ? {} : { managed: true },
    );
    return shelf.version(head) ?? fail(name);
}

/** Attributes, content type and tags of a version; its value stays. */
export function changeSecret(
    place: Place,
    name: string,
    id: string,
    body: JsonObject,
    now: number,
): Version | Refused {
    const found = find(place, "secrets", name, id);
    if ("refused" in found) return found;
    const { shelf, head, version } = found;
    if (head.managed) return isManaged("update", name);
    return shelf.change(
        version,
        {
            attributes: attributesOf(body, version.body["attributes"]),
            contentType: body["contentType"] ?? version.body["contentType"],
            tags: tagsOf(body) ?? version.body["tags"],
        },
        now,
    );
}

export function valueOf({ sealer }: Place, version: Version): string | Refused {
    if (!isEnabled(version)) {
        return withInner("Forbidden", "SecretDisabled", "Operation get is not allowed on a disabled secret.");
    }
    return sealer.open(String(version.body["sealed"]), version.key);
}

/** A version without its value. */
export function shownSecret(head: Head, version: Version, vault: Vault, versioned = true): JsonObject {
    const { contentType, tags, kid, managed } = version.body;
    const id = `${vault.uri}/secrets/${head.name}`;
    return {
        ...(contentType === undefined ? {} : { contentType }),
        id: versioned ? `${id}/${version.name}` : id,
        ...(managed === true ? { managed, kid } : {}),
        attributes: shownAttributes(version, vault),
        ...(tags === undefined ? {} : { tags }),
    };
}

function fail(name: string): never {
    throw new Error(`The secret ${name} is not there right after it was written`);
}
