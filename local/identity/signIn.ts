/** The client credentials grant: which application signs in, and whether its secret or its assertion proves it. */
import { createLocalJWKSet, decodeJwt, errors, importJWK, jwtVerify, type JWTPayload } from "jose";
import { isSecret, type Application, type ApplicationDirectory, type Credential } from "./applications";
import { IssuerProblem } from "./foreignIssuers";
import { sameAudience } from "./tokens";

/** A refusal as Entra words it. */
export interface SignInError {
    status: 400 | 401;
    error: string;
    /** The number after AADSTS. */
    code: number;
    message: string;
}

export interface SignInContext {
    applications: ApplicationDirectory;
    /** Our own issuers and keys: managed identities' tokens may be federated credentials. */
    ownIssuers: readonly string[];
    ownKeys: ReturnType<typeof createLocalJWKSet>;
    /** Of any other issuer; throws an IssuerProblem where they cannot be had. */
    foreignKeys(issuer: string): Promise<ReturnType<typeof createLocalJWKSet>>;
    /** What an assertion may name as its audience: the token endpoints and the issuer. */
    assertionAudiences: readonly string[];
    now: number;
}

const assertionType = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
const exchangeAudience = "api://AzureADTokenExchange";

export async function signIn(
    form: URLSearchParams,
    context: SignInContext,
): Promise<Application | SignInError> {
    const grant = form.get("grant_type");
    if (!grant) return missing("grant_type");
    if (grant !== "client_credentials") {
        return invalid(
            "unsupported_grant_type",
            70003,
            `The app requested an unsupported grant type '${grant}'. Allowed: client_credentials.`,
        );
    }
    const clientId = form.get("client_id");
    if (!clientId) return missing("client_id");
    const application = context.applications(clientId);
    if (!application) {
        const message = `Application with identifier '${clientId}' was not found in the directory.`;
        return invalid("unauthorized_client", 700016, message);
    }
    const secret = form.get("client_secret");
    const assertion = form.get("client_assertion");
    if (secret) return checkSecret(application, secret, context.now) ?? application;
    if (assertion) {
        if (form.get("client_assertion_type") !== assertionType) return missing("client_assertion_type");
        return (await checkAssertion(application, assertion, context)) ?? application;
    }
    return unproven(
        7000216,
        "'client_assertion', 'client_secret' or 'request' is required for the 'client_credentials' grant type.",
    );
}

function checkSecret(application: Application, secret: string, now: number): SignInError | undefined {
    const matching = application.credentials.filter(
        (credential) => credential.kind === "secret" && isSecret(credential, secret),
    );
    if (matching.length === 0) {
        const text =
            "Invalid client secret provided. Ensure the secret being sent in the request is the client secret value, not the " +
            `client secret ID, for a secret added to app '${application.clientId}'.`;
        return unproven(7000215, text);
    }
    if (matching.some((credential) => !hasExpired(credential, now))) return undefined;
    return unproven(
        7000222,
        `The provided client secret keys for app '${application.clientId}' are expired.`,
    );
}

async function checkAssertion(
    application: Application,
    assertion: string,
    context: SignInContext,
): Promise<SignInError | undefined> {
    let claims: JWTPayload;
    try {
        claims = decodeJwt(assertion);
    } catch {
        return invalid("invalid_request", 50027, "JWT token is invalid or malformed.");
    }
    // An application that speaks for itself is its own issuer; every other issuer is a federation.
    return claims.iss === application.clientId
        ? checkOwnAssertion(application, assertion, context)
        : checkFederated(application, assertion, claims, context);
}

async function checkOwnAssertion(
    application: Application,
    assertion: string,
    context: SignInContext,
): Promise<SignInError | undefined> {
    for (const credential of application.credentials) {
        if (credential.kind !== "key" || hasExpired(credential, context.now)) continue;
        try {
            await jwtVerify(
                assertion,
                await importJWK(credential.publicKey, credential.publicKey.alg ?? "RS256"),
                {
                    algorithms: ["RS256", "PS256"],
                    issuer: application.clientId,
                    subject: application.clientId,
                    audience: [...context.assertionAudiences],
                    requiredClaims: ["exp"],
                    currentDate: new Date(context.now),
                },
            );
            return undefined;
        } catch (error) {
            if (!(error instanceof errors.JWSSignatureVerificationFailed)) return assertionProblem(error);
        }
    }
    return unproven(
        700027,
        "The certificate with identifier used to sign the client assertion is not registered on application.",
    );
}

async function checkFederated(
    application: Application,
    assertion: string,
    claims: JWTPayload,
    context: SignInContext,
): Promise<SignInError | undefined> {
    const match = application.credentials.find(
        (credential) =>
            credential.kind === "federated" &&
            credential.issuer === claims.iss &&
            credential.subject === claims.sub &&
            (credential.audiences.length > 0 ? credential.audiences : [exchangeAudience]).some((allowed) =>
                [claims.aud ?? []].flat().some((audience) => sameAudience(audience, allowed)),
            ),
    );
    if (!match) {
        const text =
            "No matching federated identity record found for presented assertion. " +
            `Assertion issuer: '${String(claims.iss)}', subject: '${String(claims.sub)}', audience: '${String(claims.aud)}'.`;
        return unproven(70021, text);
    }
    const issuer = claims.iss ?? "";
    try {
        const keys = context.ownIssuers.includes(issuer)
            ? context.ownKeys
            : await context.foreignKeys(issuer);
        await jwtVerify(assertion, keys, {
            algorithms: ["RS256"],
            issuer,
            requiredClaims: ["exp"],
            currentDate: new Date(context.now),
        });
        return undefined;
    } catch (error) {
        return error instanceof IssuerProblem ? unproven(50166, error.message) : assertionProblem(error);
    }
}

function assertionProblem(error: unknown): SignInError {
    if (
        error instanceof errors.JWTExpired ||
        (error instanceof errors.JWTClaimValidationFailed && error.claim === "nbf")
    ) {
        return unproven(700024, "Client assertion is not within its valid time range.");
    }
    if (error instanceof errors.JWTClaimValidationFailed && error.claim === "aud") {
        return unproven(700023, "Client assertion audience claim does not match Realm issuer.");
    }
    return unproven(700027, "Client assertion failed signature validation.");
}

function hasExpired(credential: Credential, now: number): boolean {
    return credential.kind !== "federated" && credential.expires !== undefined && credential.expires <= now;
}

function missing(parameter: string): SignInError {
    return invalid(
        "invalid_request",
        900144,
        `The request body must contain the following parameter: '${parameter}'.`,
    );
}

function invalid(error: string, code: number, message: string): SignInError {
    return { status: 400, error, code, message };
}

function unproven(code: number, message: string): SignInError {
    return { status: 401, error: "invalid_client", code, message };
}
