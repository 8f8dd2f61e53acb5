import { limits } from "../../catalog";
import type { Plane } from "../http/pipeline";
import { batchErrorBody } from "../http/refusals";
import { isoText } from "../model/instant";
import { authenticate } from "./authenticate";
import { operations } from "./operations";
import type { BatchServices } from "./services";
import { check } from "./shapes";
import { refuseProblems } from "./shapes/present";
import { versionFault } from "./versions";

/** The Batch data plane, for `createHandler`. */
export function batchPlane(services: Pick<BatchServices, "skipApiVersionCheck">): Plane<BatchServices> {
    return {
        operations,
        checkVersion: (version) => (services.skipApiVersionCheck ? undefined : versionFault(version)),
        authenticate,
        checkBody: (shape, body) => refuseProblems(check(shape, body)),
        codes: {
            path: "ResourceNotFound",
            method: "UnsupportedHttpVerb",
            version: "ResourceNotFound",
            json: "InvalidRequestBody",
            tooLarge: "RequestBodyTooLarge",
            noLength: "MissingContentLengthHeader",
        },
        bodyLimit: limits.collectionBytes.value,
        contentType: "application/json;odata=minimalmetadata",
        errorBody: (refused, { origin, requestId, now }) =>
            batchErrorBody(refused, { origin, requestId, isoTime: isoText(now) }),
        headers: ({ requestId, headers }) => {
            const client = headers["client-request-id"];
            const wanted = /^true$/i.test(String(headers["return-client-request-id"]));
            return {
                "request-id": requestId,
                ...(wanted && typeof client === "string" ? { "client-request-id": client } : {}),
                DataServiceVersion: "3.0",
                "X-Content-Type-Options": "nosniff",
            };
        },
    };
}
