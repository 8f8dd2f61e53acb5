// Which cloud this is and who is calling: the metadata endpoint, then a token by client secret or managed identity.
import type { Properties } from "../protocol/values";
import { expect, type HttpClient } from "./http";

/** What the provider's settings and ARM_* variables say. */
export interface Settings {
    metadataHost: string | undefined;
    subscriptionId: string | undefined;
    tenantId: string | undefined;
    clientId: string | undefined;
    clientSecret: string | undefined;
    location: string | undefined;
    useMsi: boolean;
}

interface Metadata {
    resourceManager: string;
    microsoftGraphResourceId: string;
    authentication: { loginEndpoint: string; audiences: string[] };
}

interface Token {
    value: string;
    /** Milliseconds since 1970. */
    expires: number;
}

const EARLY = 5 * 60_000;

export function readSettings(config: Properties, env: NodeJS.ProcessEnv = process.env): Settings {
    const text = (key: string, ...variables: string[]) => {
        const value = config[key];
        if (typeof value === "string" && value !== "") return value;
        return variables.map((name) => env[name]).find((found) => found !== undefined && found !== "");
    };
    return {
        metadataHost: text("metadataHost", "ARM_METADATA_HOSTNAME", "ARM_METADATA_HOST"),
        subscriptionId: text("subscriptionId", "ARM_SUBSCRIPTION_ID"),
        tenantId: text("tenantId", "ARM_TENANT_ID"),
        clientId: text("clientId", "ARM_CLIENT_ID"),
        clientSecret: text("clientSecret", "ARM_CLIENT_SECRET"),
        location: text("location"),
        useMsi: config.useMsi === true || /^true$/i.test(text("useMsi", "ARM_USE_MSI") ?? ""),
    };
}

export class Cloud {
    private metadataOnce: Promise<Metadata> | undefined;
    private readonly tokens = new Map<string, Promise<Token>>();

    constructor(
        readonly settings: Settings,
        readonly http: HttpClient,
        private readonly env: NodeJS.ProcessEnv = process.env,
    ) {}

    subscriptionId(): string {
        return required(this.settings.subscriptionId, "subscriptionId", "ARM_SUBSCRIPTION_ID");
    }

    /** Whom this plugin speaks to. */
    metadata(signal: AbortSignal): Promise<Metadata> {
        this.metadataOnce ??= this.fetchMetadata(signal).catch((error: unknown) => {
            this.metadataOnce = undefined;
            throw error;
        });
        return this.metadataOnce;
    }

    async resourceManager(signal: AbortSignal): Promise<{ endpoint: string; audience: string }> {
        const { resourceManager, authentication } = await this.metadata(signal);
        return {
            endpoint: trimmed(resourceManager),
            audience: authentication.audiences[0] ?? resourceManager,
        };
    }

    private async fetchMetadata(signal: AbortSignal): Promise<Metadata> {
        const host = this.settings.metadataHost;
        if (!host) {
            throw new Error(
                "no metadata host: this stand-in speaks only to an endpoint that is named by the setting metadataHost " +
                    "or by ARM_METADATA_HOSTNAME, as Batch Local sets it. To deploy to Azure, install the real plugin.",
            );
        }
        const url = new URL(
            "/metadata/endpoints?api-version=2022-09-01",
            /^https?:\/\//.test(host) ? host : `https://${host}`,
        );
        const reply = expect(
            await this.http.send({ method: "GET", url, signal }),
            { method: "GET", url },
            [200],
        );
        const found = reply.body as Partial<Metadata> | undefined;
        if (
            !found?.resourceManager ||
            !found.authentication?.loginEndpoint ||
            !found.authentication.audiences?.[0]
        ) {
            throw new Error(
                `${url.href} does not describe a cloud: resourceManager, loginEndpoint and audiences are needed`,
            );
        }
        return found as Metadata;
    }

    /** A token for the audience, from memory while it lasts. */
    async token(audience: string, signal: AbortSignal): Promise<string> {
        const known = this.tokens.get(audience);
        if (known) {
            const token = await known.catch(() => undefined);
            if (token && token.expires - EARLY > Date.now()) return token.value;
        }
        const fresh = this.fetchToken(audience, signal);
        this.tokens.set(audience, fresh);
        return (await fresh).value;
    }

    private fetchToken(audience: string, signal: AbortSignal): Promise<Token> {
        const { clientId, clientSecret, tenantId, useMsi } = this.settings;
        if (clientId && clientSecret && tenantId)
            return this.bySecret(audience, signal, { clientId, clientSecret, tenantId });
        if (useMsi || (this.env.IDENTITY_ENDPOINT && this.env.IDENTITY_HEADER))
            return this.byIdentity(audience, signal);
        throw new Error(
            "no credentials: set tenantId, clientId and clientSecret (or ARM_TENANT_ID, ARM_CLIENT_ID and ARM_CLIENT_SECRET), " +
                "or useMsi with IDENTITY_ENDPOINT and IDENTITY_HEADER. The stand-in knows no other way to sign in.",
        );
    }

    private async bySecret(
        audience: string,
        signal: AbortSignal,
        secret: { clientId: string; clientSecret: string; tenantId: string },
    ): Promise<Token> {
        const { authentication } = await this.metadata(signal);
        const login = trimmed(authentication.loginEndpoint);
        const discovery = new URL(`${login}/${secret.tenantId}/v2.0/.well-known/openid-configuration`);
        const found = expect(
            await this.http.send({ method: "GET", url: discovery, signal }),
            { method: "GET", url: discovery },
            [200],
        ).body as { issuer?: string; token_endpoint?: string } | undefined;
        if (!found?.token_endpoint || !found.issuer)
            throw new Error(`${discovery.href} names no token_endpoint`);
        const authority = new URL(login).origin;
        if (new URL(found.issuer).origin !== authority && !/^https:\/\/(login|sts)\./.test(found.issuer)) {
            throw new Error(`issuer ${found.issuer} does not match authority ${authority}`);
        }
        const form = new URLSearchParams({
            client_id: secret.clientId,
            client_secret: secret.clientSecret,
            grant_type: "client_credentials",
            scope: `${audience}/.default openid offline_access profile`,
        });
        const url = new URL(found.token_endpoint);
        const reply = await this.http.send({ method: "POST", url, body: form.toString(), signal });
        return tokenOf(expect(reply, { method: "POST", url }, [200]).body, url);
    }

    private async byIdentity(audience: string, signal: AbortSignal): Promise<Token> {
        const endpoint = required(this.env.IDENTITY_ENDPOINT, "useMsi", "IDENTITY_ENDPOINT");
        const header = required(this.env.IDENTITY_HEADER, "useMsi", "IDENTITY_HEADER");
        const url = new URL(endpoint);
        url.searchParams.set("api-version", "2019-08-01");
        url.searchParams.set("resource", audience);
        if (this.settings.clientId) url.searchParams.set("client_id", this.settings.clientId);
        // App Service's endpoint is plain HTTP on loopback, so it does not go through the ARM client.
        const answer = await fetch(url, { headers: { "X-Identity-Header": header }, signal });
        if (!answer.ok) throw new Error(`GET ${url.origin}${url.pathname}: status ${answer.status}`);
        return tokenOf(await answer.json(), url);
    }
}

function tokenOf(body: unknown, url: URL): Token {
    const { access_token, expires_in, expires_on } = (body ?? {}) as Record<
        string,
        string | number | undefined
    >;
    if (typeof access_token !== "string")
        throw new Error(`${url.origin}${url.pathname} gave no access_token`);
    const expires =
        expires_on === undefined ? Date.now() + Number(expires_in ?? 3600) * 1000 : Number(expires_on) * 1000;
    return { value: access_token, expires };
}

/** The claims of a token, unverified: who it is that we are. */
export function claimsOf(token: string): Record<string, unknown> {
    const part = token.split(".")[1];
    if (part === undefined) throw new Error("the access token is no JWT");
    return JSON.parse(Buffer.from(part, "base64url").toString("utf8")) as Record<string, unknown>;
}

function trimmed(url: string): string {
    return url.replace(/\/+$/, "");
}

function required(value: string | undefined, setting: string, variable: string): string {
    if (value) return value;
    throw new Error(`${setting} is not set: set the provider's setting or ${variable}`);
}
