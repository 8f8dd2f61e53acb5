import type { Version } from "../../http/conditions";
import { isoText } from "../../model/instant";
import type { JsonObject } from "../../model/json";
import type { NodeFile } from "../../model/nodeFiles";
import type { Place } from "./place";

/** A file or folder as a list shows it. */
export function renderFile(place: Place, file: NodeFile): JsonObject {
    const { name, isDirectory } = file;
    const properties = {
        creationTime: isoText(Math.trunc(file.created)),
        lastModified: isoText(Math.trunc(file.modified)),
        contentLength: String(file.size),
        contentType: file.contentType,
        fileMode: file.fileMode,
    };
    return { name, url: urlOf(place, name), isDirectory, ...(isDirectory ? {} : { properties }) };
}

export function versionOf(file: NodeFile): Version {
    const lastModified = Math.trunc(file.modified);
    const eTag = `0x${lastModified.toString(16)}${file.size.toString(16)}`.toUpperCase().replace("X", "x");
    return { eTag, lastModified };
}

/** Headers that carry a file's properties, as recorded answers have them: no tag, and an address that is encoded whole. */
export function headersOf(
    place: Place,
    name: string,
    file: NodeFile,
    length: number,
): Record<string, string> {
    return {
        "Last-Modified": new Date(file.modified).toUTCString(),
        "ocp-creation-time": new Date(file.created).toUTCString(),
        "ocp-batch-file-isdirectory": file.isDirectory ? "True" : "False",
        "ocp-batch-file-url": encodeURIComponent(urlOf(place, name)),
        "ocp-batch-file-mode": file.fileMode,
        "Content-Type": file.contentType,
        "Content-Length": String(length),
    };
}

function urlOf(place: Place, name: string): string {
    return `${place.url}/${name.split("/").map(encodeURIComponent).join("/")}`;
}
