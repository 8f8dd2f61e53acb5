/** The public face of identity: cloud metadata, OpenID configuration, keys, token endpoints, managed identity. */
import { randomUUID } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { LocalIdentity } from "./index";
import { metadata } from "./metadata";
import type { SignInError } from "./signIn";

interface Answer {
    status: number;
    body: unknown;
}

interface Asked {
    tenant: string;
    query: URLSearchParams;
    request: IncomingMessage;
    version: "1.0" | "2.0";
}

interface Endpoint {
    method: "GET" | "POST";
    path: RegExp;
    answer(identity: LocalIdentity, asked: Asked): Answer | Promise<Answer>;
}

const formLimit = 64 * 1024;
const tokenLifetime = 3600;

const endpoints: readonly Endpoint[] = [
    { method: "GET", path: /^\/metadata\/endpoints\/?$/i, answer: metadataEndpoint },
    { method: "GET", path: /^\/msi\/token\/?$/i, answer: managedIdentityToken },
    { method: "GET", path: /^\/(?<tenant>[^/]+)\/discovery\/instance$/i, answer: instanceDiscovery },
    {
        method: "GET",
        path: /^\/(?<tenant>[^/]+)(?<v2>\/v2\.0)?\/\.well-known\/openid-configuration$/i,
        answer: openIdConfiguration,
    },
    {
        method: "GET",
        path: /^\/(?<tenant>[^/]+)\/discovery(?<v2>\/v2\.0)?\/keys$/i,
        answer: (identity) => ok(identity.jwks),
    },
    { method: "POST", path: /^\/(?<tenant>[^/]+)\/oauth2(?<v2>\/v2\.0)?\/token$/i, answer: token },
];

/**
 * A handler for the resource manager's port. Resolves to false, with the request untouched, where the path is not identity's.
 */
export function identityEndpoints(
    identity: LocalIdentity,
): (request: IncomingMessage, response: ServerResponse) => Promise<boolean> {
    return async (request, response) => {
        const url = request.url ?? "/";
        const mark = url.indexOf("?");
        const path = mark < 0 ? url : url.slice(0, mark);
        for (const endpoint of endpoints) {
            const match = request.method === endpoint.method ? endpoint.path.exec(path) : null;
            if (!match) continue;
            const { tenant = "", v2 } = match.groups ?? {};
            const query = new URLSearchParams(mark < 0 ? "" : url.slice(mark + 1));
            const version = v2 === undefined ? "1.0" : "2.0";
            send(
                response,
                await endpoint.answer(identity, { tenant: decoded(tenant), query, request, version }),
            );
            return true;
        }
        return false;
    };
}

function metadataEndpoint(identity: LocalIdentity, { query }: Asked): Answer {
    return ok(metadata(identity.base, query.get("api-version") ?? ""));
}

function openIdConfiguration(identity: LocalIdentity, { tenant, version }: Asked): Answer {
    if (!isTenant(identity, tenant)) return tenantNotFound(tenant);
    const authority = `${identity.base}/${tenant}`;
    const v2 = version === "2.0" ? "/v2.0" : "";
    const issuer = isAdfs(tenant) ? authority : identity.issuers[version === "1.0" ? 0 : 1];
    return ok({
        token_endpoint: `${authority}/oauth2${v2}/token`,
        token_endpoint_auth_methods_supported: [
            "client_secret_post",
            "private_key_jwt",
            "client_secret_basic",
        ],
        jwks_uri: `${authority}/discovery${v2}/keys`,
        response_modes_supported: ["query", "fragment", "form_post"],
        subject_types_supported: ["pairwise"],
        id_token_signing_alg_values_supported: ["RS256"],
        response_types_supported: ["code", "id_token", "code id_token", "id_token token"],
        scopes_supported: ["openid", "profile", "email", "offline_access"],
        issuer,
        request_uri_parameter_supported: false,
        authorization_endpoint: `${authority}/oauth2${v2}/authorize`,
        device_authorization_endpoint: `${authority}/oauth2${v2}/devicecode`,
        end_session_endpoint: `${authority}/oauth2${v2}/logout`,
        claims_supported: ["sub", "iss", "aud", "exp", "iat", "nbf", "oid", "tid", "ver", "appid", "azp"],
        cloud_instance_name: new URL(identity.base).host,
        msgraph_host: new URL(identity.base).host,
    });
}

function instanceDiscovery(identity: LocalIdentity): Answer {
    const { host } = new URL(identity.base);
    return ok({
        tenant_discovery_endpoint: `${identity.base}/${identity.tenantId}/v2.0/.well-known/openid-configuration`,
        "api-version": "1.1",
        metadata: [{ preferred_network: host, preferred_cache: host, aliases: [host] }],
    });
}

async function token(identity: LocalIdentity, { tenant, request, version }: Asked): Promise<Answer> {
    if (!isTenant(identity, tenant)) return tenantNotFound(tenant);
    const form = await readForm(request);
    if (!form) {
        return refusal({
            status: 400,
            error: "invalid_request",
            code: 900144,
            message: "The request body is no readable form.",
        });
    }
    addBasicCredentials(form, request.headers.authorization);
    const application = await identity.signIn(form);
    if ("error" in application) return refusal(application);
    const audience = audienceOf(form);
    if (audience === undefined) {
        const given = form.get("scope") ?? form.get("resource") ?? "";
        const message = `The provided value for scope '${given}' is not valid. Client credential flows must have a scope value with /.default suffixed to the resource identifier.`;
        return refusal({ status: 400, error: "invalid_scope", code: 1002012, message });
    }
    const access_token = await identity.issueToken({
        objectId: application.objectId,
        applicationId: application.clientId,
        audience,
        lifetime: tokenLifetime,
        version: tokenVersion(audience, version),
    });
    return ok(
        version === "2.0"
            ? { token_type: "Bearer", expires_in: tokenLifetime, ext_expires_in: tokenLifetime, access_token }
            : {
                  token_type: "Bearer",
                  expires_in: String(tokenLifetime),
                  ext_expires_in: String(tokenLifetime),
                  expires_on: String(Math.floor(Date.now() / 1000) + tokenLifetime),
                  not_before: String(Math.floor(Date.now() / 1000)),
                  resource: audience,
                  access_token,
              },
    );
}

/** Managed identity as App Service words it (api-version 2019-08-01), which every azure-identity knows. */
async function managedIdentityToken(identity: LocalIdentity, { query, request }: Asked): Promise<Answer> {
    const version = query.get("api-version");
    if (version !== "2019-08-01") {
        return msiRefusal(400, `The api-version '${version ?? ""}' is not supported. Allowed: 2019-08-01.`);
    }
    const header = request.headers["x-identity-header"];
    const choice = identity.chooseManagedIdentity(Array.isArray(header) ? undefined : header, query);
    if ("problem" in choice) return msiRefusal(choice.problem === "header" ? 401 : 400, choice.message);
    const resource = query.get("resource");
    if (!resource)
        return msiRefusal(
            400,
            "The query parameter 'resource' is missing, such as https://management.azure.com/.",
        );
    const { objectId, clientId, resourceIds } = choice.found;
    const access_token = await identity.issueToken({
        objectId,
        applicationId: clientId,
        audience: resource,
        lifetime: tokenLifetime,
        resourceId: resourceIds[0],
    });
    const expires_on = String(Math.floor(Date.now() / 1000) + tokenLifetime);
    return ok({ access_token, expires_on, resource, token_type: "Bearer", client_id: clientId });
}

/** `scope` of the v2 endpoint is `RESOURCE/.default` among others, `resource` of the v1 endpoint is the audience itself. */
function audienceOf(form: URLSearchParams): string | undefined {
    const suffix = "/.default";
    const scope = (form.get("scope") ?? "").split(/\s+/).find((part) => part.endsWith(suffix));
    const audience = scope === undefined ? form.get("resource") : scope.slice(0, -suffix.length);
    return audience ? audience : undefined;
}

/** Azure's own resources (https://...) take v1 tokens from either endpoint; an application's (api://... or an id) what was asked for. */
function tokenVersion(audience: string, endpoint: "1.0" | "2.0"): "1.0" | "2.0" {
    return /^https?:/i.test(audience) ? "1.0" : endpoint;
}

function isTenant(identity: LocalIdentity, tenant: string): boolean {
    return isAdfs(tenant) || tenant.toLowerCase() === identity.tenantId;
}

/** An ADFS authority is the one form for which no client asks Microsoft whether it knows the host. */
function isAdfs(tenant: string): boolean {
    return tenant.toLowerCase() === "adfs";
}

function tenantNotFound(tenant: string): Answer {
    const message = `Tenant '${tenant}' not found. Check to make sure you have the correct tenant ID and are signing into the correct cloud.`;
    return refusal({ status: 400, error: "invalid_request", code: 90002, message });
}

function refusal({ status, error, code, message }: SignInError): Answer {
    const [trace, correlation] = [randomUUID(), randomUUID()];
    const timestamp = `${new Date().toISOString().slice(0, 19).replace("T", " ")}Z`;
    return {
        status,
        body: {
            error,
            error_description: `AADSTS${code}: ${message} Trace ID: ${trace} Correlation ID: ${correlation} Timestamp: ${timestamp}`,
            error_codes: [code],
            timestamp,
            trace_id: trace,
            correlation_id: correlation,
        },
    };
}

function msiRefusal(status: number, message: string): Answer {
    return {
        status,
        body: {
            statusCode: status,
            message,
            error: status === 401 ? "unauthorized" : "invalid_request",
            error_description: message,
        },
    };
}

async function readForm(request: IncomingMessage): Promise<URLSearchParams | undefined> {
    const chunks: Buffer[] = [];
    let size = 0;
    try {
        for await (const chunk of request) {
            const bytes = chunk as Buffer;
            size += bytes.length;
            if (size > formLimit) return undefined;
            chunks.push(bytes);
        }
    } catch {
        return undefined;
    }
    return new URLSearchParams(Buffer.concat(chunks).toString("utf8"));
}

/** RFC 6749, 2.3.1: name and password are form-encoded inside. */
function addBasicCredentials(form: URLSearchParams, authorization: string | undefined): void {
    const encoded = /^Basic\s+(\S+)$/i.exec(authorization ?? "")?.[1];
    if (encoded === undefined || form.has("client_secret")) return;
    const text = Buffer.from(encoded, "base64").toString("utf8");
    const colon = text.indexOf(":");
    if (colon < 0) return;
    if (!form.has("client_id")) form.set("client_id", decoded(text.slice(0, colon)));
    form.set("client_secret", decoded(text.slice(colon + 1)));
}

function decoded(text: string): string {
    try {
        return decodeURIComponent(text);
    } catch {
        return text;
    }
}

function ok(body: unknown): Answer {
    return { status: 200, body };
}

function send(response: ServerResponse, { status, body }: Answer): void {
    if (response.destroyed) return;
    const text = JSON.stringify(body);
    response.writeHead(status, {
        "Content-Type": "application/json; charset=utf-8",
        "Content-Length": Buffer.byteLength(text),
        "Cache-Control": "no-store",
        // What was not read of a refused body must not be taken for the next request.
        ...(response.req.complete ? {} : { Connection: "close" }),
    });
    response.end(text);
}
