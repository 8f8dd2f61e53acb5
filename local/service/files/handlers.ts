import { limits } from "../../../catalog";
import { conditionFault } from "../../http/conditions";
import { filterOf, matches } from "../../http/filter";
import { isRefused, refuse } from "../../http/operation";
import type { Call, Outcome, Refused } from "../../http/operation";
import { pageOf, pageThrough } from "../../http/paging";
import { flagOf } from "../../http/query";
import { list } from "../answers";
import type { BatchServices } from "../services";
import { nameOf } from "./place";
import type { Place } from "./place";
import { rangeOf } from "./range";
import { headersOf, renderFile, versionOf } from "./render";

/** Finds the folder that a call's files lie in: a task's or a node's. */
export type PlaceOf = (call: Call, services: BatchServices) => Place | Refused;

type Handler = (call: Call, services: BatchServices) => Promise<Outcome> | Outcome;

export function listing(placeOf: PlaceOf): Handler {
    return async (call, services) => {
        const page = pageOf(call, limits.pageSize.value);
        if (isRefused(page)) return page;
        const filter = filterOf(call, { name: "text" });
        if (filter && isRefused(filter)) return filter;
        const recursive = flagOf(call, "recursive");
        if (typeof recursive !== "boolean") return recursive;
        const place = placeOf(call, services);
        if (isRefused(place)) return place;
        const found = await services.files.listFiles(place.root, place.folder, recursive);
        if (!found) return place.gone;
        const files = filter ? found.filter((file) => matches(filter, file)) : found;
        files.sort((a, b) => (a.name < b.name ? -1 : 1));
        const { items, nextLink } = pageThrough(call, page, files, ({ name }) => name);
        return list(
            call,
            "files",
            items.map((file) => renderFile(place, file)),
            nextLink,
        );
    };
}

/** What is written while the answer is under way is the next call's. */
export function reading(placeOf: PlaceOf): Handler {
    return withFile(placeOf, async (place, name, call, { files }) => {
        const path = pathOf(place, name);
        const found = await files.statFile(place.root, path);
        if (!found) return await absent(place, files);
        // guess: what the service says of a folder that is read like a file is not documented.
        if (found.isDirectory) return refuse("ResourceTypeMismatch");
        const range = rangeOf(call, found.size);
        if (range && isRefused(range)) return range;
        const opened = await files.openFile(place.root, path, range);
        if (!opened) return refuse("FileNotFound");
        const { file } = opened;
        const last = Math.min(range?.end ?? file.size - 1, file.size - 1);
        const length = last - (range?.start ?? 0) + 1;
        // It may have been cut short since it was looked at.
        const fault = conditionFault(call, true, versionOf(file)) ?? (length < 0 && refuse("InvalidRange"));
        if (fault) {
            await opened.close();
            return fault;
        }
        return { status: 200, headers: headersOf(place, name, file, length), stream: opened.content() };
    });
}

export function properties(placeOf: PlaceOf): Handler {
    return withFile(placeOf, async (place, name, call, { files }) => {
        const file = await files.statFile(place.root, pathOf(place, name));
        if (!file) return await absent(place, files);
        const fault = conditionFault(call, true, versionOf(file));
        return fault ?? { status: 200, headers: headersOf(place, name, file, file.size) };
    });
}

export function deleting(placeOf: PlaceOf): Handler {
    return withFile(placeOf, async (place, name, call, { files }) => {
        const recursive = flagOf(call, "recursive");
        if (typeof recursive !== "boolean") return recursive;
        try {
            const outcome = await files.removeFile(place.root, pathOf(place, name), recursive);
            if (outcome === "notEmpty") return refuse("DirectoryNotEmpty");
            return outcome === "removed" ? { status: 200 } : await absent(place, files);
        } catch (error) {
            const code = error instanceof Error && "code" in error ? error.code : undefined;
            // A task may take its own rights away.
            if (code === "EACCES" || code === "EPERM") return refuse("InsufficientAccountPermissions");
            throw error;
        }
    });
}

function withFile(
    placeOf: PlaceOf,
    handle: (place: Place, name: string, call: Call, services: BatchServices) => Promise<Outcome>,
): Handler {
    return (call, services) => {
        const place = placeOf(call, services);
        if (isRefused(place)) return place;
        const name = nameOf(call);
        return typeof name === "string" ? handle(place, name, call, services) : name;
    };
}

function pathOf(place: Place, name: string): string {
    return place.folder === "" ? name : `${place.folder}/${name}`;
}

/** No such file, or no such folder to have it. */
async function absent(place: Place, files: BatchServices["files"]): Promise<Refused> {
    return (await files.statFile(place.root, place.folder || ".")) ? refuse("FileNotFound") : place.gone;
}
