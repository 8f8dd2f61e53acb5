/** Opens the identity of a data directory. */
import { readFileSync } from "node:fs";
import { createLocalJWKSet } from "jose";
import { secretCredential, type Application, type ApplicationDirectory } from "./applications";
import { keysOfIssuer } from "./foreignIssuers";
import type { Identity, TokenClaims } from "./identity";
import { openKeys, type Keys } from "./keys";
import { ManagedIdentities, type Choice, type ManagedIdentity } from "./managedIdentities";
import { signIn, type SignInError } from "./signIn";
import { Tokens } from "./tokens";

export { openKeys } from "./keys";
export type { Keys } from "./keys";
export { readSecrets, identityDirectory } from "./secrets";
export type { Secrets } from "./secrets";
export { verifySharedKey } from "./sharedKey";
export type { SignedRequest } from "./sharedKey";
export { identityEndpoints } from "./endpoints";
export { secretCredential } from "./applications";
export type { Application, ApplicationDirectory, Credential } from "./applications";
export type { ManagedIdentity } from "./managedIdentities";

export interface IdentityOptions {
    /** Scheme, host and port of the resource manager endpoint, which is also the authority; no trailing slash. */
    issuerBase: string;
    /** Further names and addresses the server certificate is for. */
    hosts?: readonly string[];
}

export async function openIdentity(dataDirectory: string, options: IdentityOptions): Promise<LocalIdentity> {
    return LocalIdentity.of(await openKeys(dataDirectory, { hosts: options.hosts }), options.issuerBase);
}

export class LocalIdentity implements Identity {
    readonly tenantId: string;
    readonly subscriptionId: string;
    readonly client: Identity["client"];
    readonly identityHeader: string;
    readonly caFile: string;
    readonly caBundleFile: string;
    readonly tls: Identity["tls"];
    readonly #tokens: Tokens;
    readonly #managed = new ManagedIdentities();
    readonly #clientApplication: Application;
    #applications: ApplicationDirectory = () => undefined;

    private constructor(
        keys: Keys,
        tokens: Tokens,
        /** The authority's address. */
        readonly base: string,
    ) {
        ({
            tenantId: this.tenantId,
            subscriptionId: this.subscriptionId,
            client: this.client,
            identityHeader: this.identityHeader,
        } = keys.secrets);
        ({ caFile: this.caFile, caBundleFile: this.caBundleFile, tls: this.tls } = keys);
        this.#tokens = tokens;
        const { clientId, clientSecret, objectId } = this.client;
        this.#clientApplication = { clientId, objectId, credentials: [secretCredential(clientSecret)] };
        this.#managed.register(this.identityHeader, { clientId, objectId, resourceIds: [] });
    }

    /** For a service that must listen (with the keys) before it knows its port. */
    static async of(keys: Keys, issuerBase: string): Promise<LocalIdentity> {
        const base = issuerBase.replace(/\/+$/, "");
        const { tenantId } = keys.secrets;
        const issuers = [`${base}/${tenantId}/`, `${base}/${tenantId}/v2.0`] as const;
        return new LocalIdentity(keys, await Tokens.open(keys.tokenKey, tenantId, issuers), base);
    }

    get issuers(): readonly string[] {
        return this.#tokens.issuers;
    }

    /** Of the tokens that Azure's own resources take. */
    get issuer(): string {
        return this.#tokens.issuers[0];
    }

    get jwks(): { keys: object[] } {
        return this.#tokens.jwks;
    }

    issueToken(claims: TokenClaims): Promise<string> {
        return this.#tokens.issue(claims);
    }

    verifyToken(token: string, audiences: readonly string[]): ReturnType<Identity["verifyToken"]> {
        return this.#tokens.verify(token, audiences);
    }

    registerManagedIdentity(header: string, identity: ManagedIdentity): void {
        this.#managed.register(header, identity);
    }

    forgetManagedIdentity(header: string): void {
        this.#managed.forget(header);
    }

    chooseManagedIdentity(header: string | undefined, query: URLSearchParams): Choice {
        return this.#managed.choose(header, query);
    }

    useApplications(directory: ApplicationDirectory): void {
        this.#applications = directory;
    }

    signIn(form: URLSearchParams): Promise<Application | SignInError> {
        const { base, tenantId } = this;
        return signIn(form, {
            applications: (clientId) =>
                clientId.toLowerCase() === this.client.clientId
                    ? this.#clientApplication
                    : this.#applications(clientId),
            ownIssuers: this.issuers,
            ownKeys: createLocalJWKSet(this.#tokens.jwks),
            foreignKeys: (issuer) => keysOfIssuer(issuer, readFileSync(this.caBundleFile, "utf8")),
            assertionAudiences: [
                ...this.issuers,
                `${base}/${tenantId}/oauth2/v2.0/token`,
                `${base}/${tenantId}/oauth2/token`,
                `${base}/adfs/oauth2/token`,
            ],
            now: Date.now(),
        });
    }
}
