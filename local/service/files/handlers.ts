import { constants } from "node:fs";
import { open, rm, rmdir, stat, unlink } from "node:fs/promises";
import { limits } from "../../../catalog";
import { conditionFault } from "../../http/conditions";
import { filterOf, matches } from "../../http/filter";
import { isRefused, refuse } from "../../http/operation";
import type { Call, Outcome, Refused } from "../../http/operation";
import { pageOf, pageThrough } from "../../http/paging";
import { flagOf } from "../../http/query";
import type { JsonObject } from "../../model/json";
import { list } from "../answers";
import type { BatchServices } from "../services";
import { headersOf, isMissing, namesIn, renderEntry, versionOf } from "./entries";
import { fileOf } from "./place";
import type { Place } from "./place";

/** Finds the folder that a call's files lie in: a task's or a node's. */
export type PlaceOf = (call: Call, services: BatchServices) => Promise<Place | Refused>;

type Handler = (call: Call, services: BatchServices) => Promise<Outcome>;

export function listing(placeOf: PlaceOf): Handler {
    return async (call, services) => {
        const page = pageOf(call, limits.pageSize.value);
        if (isRefused(page)) return page;
        const filter = filterOf(call, { name: "text" });
        if (filter && isRefused(filter)) return filter;
        const recursive = flagOf(call, "recursive");
        if (typeof recursive !== "boolean") return recursive;
        const place = await placeOf(call, services);
        if (isRefused(place)) return place;
        const names = await namesIn(place.folder, recursive);
        const passing = filter ? names.filter((entry) => matches(filter, entry)) : names;
        const { items, nextLink } = pageThrough(call, page, passing, ({ name }) => name);
        const entries: JsonObject[] = [];
        for (const { name } of items) {
            const entry = await renderEntry(place, name);
            if (entry) entries.push(entry);
        }
        return list(call, "files", entries, nextLink);
    };
}

/** What is written while the answer is under way is the next call's. */
export function reading(placeOf: PlaceOf): Handler {
    return withFile(placeOf, async (place, name, path, call) => {
        // The path is real already; a link put there since is not followed.
        const file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
        try {
            const found = await file.stat();
            const fault = found.isFile()
                ? conditionFault(call, true, versionOf(found))
                : // guess: what the service says of a folder that is read like a file is not documented.
                  refuse("ResourceTypeMismatch");
            const range = fault ?? rangeOf(call, found.size);
            if (isRefused(range)) {
                await file.close();
                return range;
            }
            const { start, length } = range;
            const headers = { ...headersOf(place, name, found), "Content-Length": String(length) };
            if (length === 0) {
                await file.close();
                return { status: 200, headers, stream: Buffer.alloc(0) };
            }
            return {
                status: 200,
                headers,
                stream: file.createReadStream({ start, end: start + length - 1 }),
            };
        } catch (error) {
            await file.close();
            throw error;
        }
    });
}

export function properties(placeOf: PlaceOf): Handler {
    return withFile(placeOf, async (place, name, path, call) => {
        const found = await stat(path);
        const fault = conditionFault(call, true, versionOf(found));
        if (fault) return fault;
        const length = found.isDirectory() ? 0 : found.size;
        return {
            status: 200,
            headers: { ...headersOf(place, name, found), "Content-Length": String(length) },
        };
    });
}

export function deleting(placeOf: PlaceOf): Handler {
    return withFile(placeOf, async (place, _name, path, call) => {
        const recursive = flagOf(call, "recursive");
        if (typeof recursive !== "boolean") return recursive;
        if (path === place.nodeRoot || path === place.folder) return refuse("InvalidUri");
        const found = await stat(path);
        if (!found.isDirectory()) await unlink(path);
        else if (recursive) await rm(path, { recursive: true, force: true });
        else {
            try {
                await rmdir(path);
            } catch (error) {
                if (error instanceof Error && "code" in error && error.code === "ENOTEMPTY") {
                    return refuse("DirectoryNotEmpty");
                }
                throw error;
            }
        }
        return { status: 200 };
    });
}

function withFile(
    placeOf: PlaceOf,
    handle: (place: Place, name: string, path: string, call: Call) => Promise<Outcome>,
): Handler {
    return async (call, services) => {
        const place = await placeOf(call, services);
        if (isRefused(place)) return place;
        const name = (call.params["*"] ?? "")
            .split(/[/\\]+/)
            .filter(Boolean)
            .join("/");
        const path = await fileOf(place, name);
        if (typeof path !== "string") return path;
        try {
            return await handle(place, name, path, call);
        } catch (error) {
            // It went away since it was found.
            if (isMissing(error)) return place.missing;
            throw error;
        }
    };
}

/** `ocp-range: bytes=a-b`; `Range` is not what the service reads. */
function rangeOf(call: Call, size: number): { start: number; length: number } | Refused {
    const header = call.headers["ocp-range"];
    if (header === undefined) return { start: 0, length: size };
    const match = /^bytes=(\d{0,15})-(\d{0,15})$/i.exec(String(header).trim());
    const [, from = "", to = ""] = match ?? [];
    if (!match || (from === "" && to === "")) {
        return refuse("InvalidHeaderValue", {
            values: [
                { key: "HeaderName", value: "ocp-range" },
                { key: "HeaderValue", value: String(header).slice(0, 100) },
                { key: "Reason", value: "bytes=start-end, bytes=start- or bytes=-last." },
            ],
        });
    }
    const start = from === "" ? Math.max(0, size - Number(to)) : Number(from);
    const end = from === "" || to === "" ? size - 1 : Math.min(Number(to), size - 1);
    if (start > end || start >= size) return refuse("InvalidRange");
    return { start, length: end - start + 1 };
}
