import { isoText } from "../model/instant";
import { checker } from "../http/check";
import type { Problem } from "../http/check";
import { refuse } from "../http/operation";
import type { ArmCall, Refused } from "../http/operation";
import type { Plane, Received } from "../http/pipeline";
import { armErrorBody, rendered } from "../http/refusals";
import { errorCodes } from "../../catalog";
import { invalidProperty, missingProperty } from "./refusals";
import type { ArmOperation, ArmServices } from "./services";
import { enums, shapes } from "./shapes/generated/shapes";
import { anyBody, corrections } from "./shapes/corrections";
import { checkVersion } from "./versions";

const check = checker(shapes, enums, corrections);

/** Audiences of Azure's own resource manager, which clients ask tokens for unless told otherwise. */
const azureAudiences = ["https://management.azure.com", "https://management.core.windows.net"];

/** What tokens of the resource manager may be for. */
export function audiencesOf(baseUrls: readonly string[]): string[] {
    return [...azureAudiences, ...baseUrls].flatMap((url) => [url, `${url}/`]);
}

export function plane(
    operations: readonly ArmOperation[],
    services: ArmServices,
): Plane<ArmServices, ArmCall> {
    return {
        operations,
        checkVersion: (version, path) => checkVersion(version, path, services),
        authenticate,
        checkBody,
        codes: {
            path: "NotFound",
            method: "UnsupportedHttpVerb",
            version: "NoRegisteredProviderFound",
            json: "InvalidRequestContent",
            tooLarge: "RequestBodyTooLarge",
            noLength: "MissingContentLengthHeader",
        },
        // "Throttling and limits": a request body of the resource manager has at most 4 MB.
        bodyLimit: 4 * 1024 * 1024,
        contentType: "application/json; charset=utf-8",
        errorBody,
        headers: (received) => ({
            "Cache-Control": "no-cache",
            "x-ms-request-id": received.requestId,
            "x-ms-correlation-request-id": received.requestId,
        }),
    };
}

async function authenticate(received: Received, services: ArmServices): Promise<ArmCall | Refused> {
    const { tenantId } = services.identity;
    const base = services.arm.baseUrls[0] ?? received.origin;
    const challenge = (reason: string) => ({
        "WWW-Authenticate": `Bearer authorization_uri="${base}/${tenantId}", error="invalid_token", error_description="${reason}"`,
    });
    const token = /^Bearer\s+(\S+)$/i.exec(received.headers.authorization ?? "")?.[1];
    if (token === undefined) {
        return refuse("AuthenticationFailed", {
            status: 401,
            message: "Authentication failed. The 'Authorization' header is missing or is no bearer token.",
            headers: challenge("The access token is missing"),
        });
    }
    const verified = await services.identity.verifyToken(token, audiencesOf(services.arm.baseUrls));
    if (!("problem" in verified)) return { ...received, principal: verified, body: undefined };
    const code = verified.problem === "expired" ? "ExpiredAuthenticationToken" : "InvalidAuthenticationToken";
    return refuse(code, {
        message: `The access token is invalid. ${verified.detail}`,
        headers: challenge("The access token is invalid"),
    });
}

/**
 * A body is checked as a whole; what is unknown is let through, since clients send back what they were given and each version
 * has its own names. The walk takes nulls out, and PATCH means them: it is checked on a copy.
 */
function checkBody(shape: string, body: unknown, call: ArmCall): Refused | undefined {
    if (shape === anyBody) {
        return typeof body === "object" && body !== null && !Array.isArray(body)
            ? undefined
            : refuse("InvalidRequestContent", {
                  message: "The request content was invalid: a JSON object is expected.",
              });
    }
    const patch = call.operation.endsWith("Update");
    const checked: unknown = patch ? structuredClone(body) : body;
    const problem = check(shape, checked).find(({ rule }) => rule !== "unknown");
    if (problem) return refusalOf(problem);
    if (patch) adopt(body, checked);
    return undefined;
}

/** Takes the normal form of values (numbers that came as texts, the case of enums) from the checked copy. */
function adopt(body: unknown, checked: unknown): void {
    if (typeof body !== "object" || body === null || typeof checked !== "object" || checked === null) return;
    const given = body as Record<string, unknown>;
    for (const [name, normal] of Object.entries(checked)) {
        if (typeof normal === "object") adopt(given[name], normal);
        else given[name] = normal;
    }
}

function refusalOf({ at, rule, limit, got }: Problem): Refused {
    if (at === "")
        return refuse("InvalidRequestContent", {
            message: `The request content was invalid: ${limit} is expected.`,
        });
    return rule === "required"
        ? missingProperty(at)
        : invalidProperty(at, got, `The value must be ${limit}.`);
}

const ofBatchItself: Readonly<Record<string, unknown>> = errorCodes;

/** The gateway's refusals are bare; those of the Batch provider name a target and what support asks for. */
function errorBody(refused: Refused, received: Received): unknown {
    const { code, message } = rendered(refused);
    const fromBatch =
        /\/providers\/microsoft\.batch\//i.test(received.path) &&
        refused.status !== 401 &&
        code in ofBatchItself;
    if (!fromBatch) return armErrorBody(refused);
    const values = refused.values?.length
        ? [{ key: "Reason", value: message }, ...refused.values.filter(({ key }) => key !== "Reason")]
        : undefined;
    const reason = refused.values?.find(({ key }) => key === "Reason");
    if (reason && values) values[0] = reason;
    return armErrorBody(
        {
            ...refused,
            message: `${message}\nRequestId:${received.requestId}\nTime:${isoText(received.now)}`,
            ...(values ? { values } : {}),
        },
        "BatchAccount",
    );
}
