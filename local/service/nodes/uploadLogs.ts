import { addressOf, metadata } from "../answers";
import { isoText } from "../../model/instant";
import type { BatchOperation } from "../services";
import { invalidProperty } from "../shapes/present";
import { onNode } from "../subjects";
import { putBlob } from "./putBlob";

interface UploadBody {
    containerUrl: string;
    startTime: string;
    endTime?: string;
    identityReference?: { resourceId?: string };
}

const mostEntries = 10_000;

/** What the service noted of the node in that time, as one file in the container. */
export const uploadNodeLogs: BatchOperation = {
    id: "Nodes_UploadNodeLogs",
    method: "POST",
    path: "/pools/:poolId/nodes/:nodeId/uploadbatchservicelogs",
    body: "UploadBatchServiceLogsOptions",
    handle: onNode(async (node, pool, call, services) => {
        const body = call.body as UploadBody;
        const from = Date.parse(body.startTime);
        const to = body.endTime === undefined ? Infinity : Date.parse(body.endTime);
        if (from > to) return invalidProperty("endTime", body.endTime, "It lies after startTime.");
        const lines = services.store
            .readJournal({ subject: node.key, limit: mostEntries })
            .filter((entry) => entry.at >= from && entry.at <= to)
            .map((entry) => `${isoText(entry.at)} ${entry.from ?? "-"} -> ${entry.to} (${entry.cause})`);
        const folder = `${pool.id}/${node.id}/${call.requestId}`;
        const content = Buffer.from(`${lines.join("\n")}\n`);
        const upload = services.uploadBlob ?? putBlob;
        try {
            await upload(
                body.containerUrl,
                `${folder}/service.log`,
                content,
                body.identityReference?.resourceId,
            );
        } catch (error) {
            const reason = error instanceof Error ? error.message : "the upload failed";
            // The URL carries the right to write: it is not repeated.
            return invalidProperty(
                "containerUrl",
                undefined,
                `The log could not be written there: ${reason}`,
            );
        }
        return {
            status: 200,
            headers: { DataServiceId: addressOf(call) },
            body: {
                "odata.metadata": metadata(call, "uploadbatchservicelogsresult/@Element"),
                virtualDirectoryName: folder,
                numberOfFilesUploaded: 1,
            },
        };
    }),
};
