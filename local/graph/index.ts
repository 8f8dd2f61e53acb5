/** Microsoft Graph, as far as programs need it that make identities for Batch: applications, service principals, their credentials. */
import type { IncomingMessage, ServerResponse } from "node:http";
import { refuse } from "../http/operation";
import type { ArmCall, Refused } from "../http/operation";
import { createHandler, type Plane, type Received } from "../http/pipeline";
import { rendered } from "../http/refusals";
import { isObject } from "../model/json";
import { applicationOperations } from "./applications";
import { credentialOperations } from "./credentials";
import { otherOperations } from "./me";
import type { GraphServices } from "./records";
import { servicePrincipalOperations } from "./servicePrincipals";

export { applicationsOf } from "./directory";
export type { GraphServices } from "./records";

const graphAudience = "https://graph.microsoft.com";

/** Whether a path is Graph's. */
export function isGraph(url: string): boolean {
    return /^\/(?:v1\.0|beta)(?:\/|\?|$)/i.test(url);
}

type Handler = (request: IncomingMessage, response: ServerResponse) => void;

/** The whole of Graph. Beta is no different here, and an alternate key in parentheses is a part of the path like any other. */
export function graphHandler(services: GraphServices): Handler {
    const handler = createHandler(graphPlane, services);
    return (request, response) => {
        const [, path = "", query = ""] = /^([^?]*)(.*)$/s.exec(request.url ?? "") ?? [];
        const plain = path
            .replace(/^\/beta(?=\/|$)/i, "/v1.0")
            .replace(/\((appId)=(?:'|%27)([^'%)]*)(?:'|%27)\)/i, "/$1=$2");
        request.url = plain + query;
        handler(request, response);
    };
}

const graphPlane: Plane<GraphServices, ArmCall> = {
    operations: [
        ...applicationOperations,
        ...credentialOperations,
        ...servicePrincipalOperations,
        ...otherOperations,
    ],
    // The version is a part of the path.
    checkVersion: () => undefined,
    authenticate,
    checkBody: (_shape, body) =>
        isObject(body)
            ? undefined
            : refuse("InvalidRequestContent", { message: "A JSON object is expected." }),
    codes: {
        path: "NotImplemented",
        method: "UnsupportedHttpVerb",
        version: "NotFound",
        json: "InvalidRequestContent",
        tooLarge: "RequestBodyTooLarge",
        noLength: "MissingContentLengthHeader",
    },
    bodyLimit: 4 * 1024 * 1024,
    contentType: "application/json;odata.metadata=minimal",
    errorBody,
    headers: ({ requestId }) => ({ "request-id": requestId, "OData-Version": "4.0" }),
};

async function authenticate(received: Received, services: GraphServices): Promise<ArmCall | Refused> {
    const token = /^Bearer\s+(\S+)$/i.exec(received.headers.authorization ?? "")?.[1];
    if (token === undefined) return unauthenticated("Access token is empty.");
    const verified = await services.identity.verifyToken(token, [graphAudience, ...services.graph.baseUrls]);
    return "problem" in verified
        ? unauthenticated(verified.detail)
        : { ...received, principal: verified, body: undefined };
}

function unauthenticated(message: string): Refused {
    return refuse("AuthenticationFailed", {
        status: 401,
        message,
        headers: { "WWW-Authenticate": "Bearer" },
    });
}

const codes: Readonly<Record<number, string>> = {
    400: "Request_BadRequest",
    401: "InvalidAuthenticationToken",
    404: "Request_ResourceNotFound",
    409: "Request_MultipleObjectsWithSameKeyValue",
};

function errorBody(refused: Refused, { requestId, now, method, path, headers }: Received): unknown {
    const { status, code, message } = rendered(refused);
    const given = refused.values?.find(({ key }) => key === "code")?.value;
    return {
        error: {
            code: given ?? codes[status] ?? code,
            message:
                status === 501 ? `${method} ${path} is not there in Batch Local's Microsoft Graph.` : message,
            innerError: {
                date: new Date(now).toISOString().slice(0, 19),
                "request-id": requestId,
                "client-request-id": headers["client-request-id"] ?? requestId,
            },
        },
    };
}
