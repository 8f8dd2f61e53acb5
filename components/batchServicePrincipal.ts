import * as azuread from "@pulumi/azuread";
import * as pulumi from "@pulumi/pulumi";
import { Problems } from "./diagnostics";
import { seconds } from "./durations";
import type { Duration } from "./durations";
import type { FederatedIdentity } from "./federatedIdentity";
import { reported } from "./reported";
import type { Principal } from "./roles";

/** Arguments of {@link BatchServicePrincipal}. */
export interface BatchServicePrincipalArgs {
    /** What people see. Changes in place. @default the logical name */
    readonly displayName?: pulumi.Input<string>;
    /** Whose tokens stand for it, by names of 3 to 120 letters, digits, hyphens and underscores; 20 at most. @default nobody's */
    readonly federations?: Readonly<Record<string, FederatedIdentity>>;
    /**
     * A client secret for what can have no federation. With `expires` a new one is made when that changes or `rotate` does.
     * @default none
     */
    readonly clientSecret?: {
        /** Time that it is valid. @default that of Entra ID, two years */
        readonly expires?: Duration;
        /** Any value: another makes a new secret before the old one goes. */
        readonly rotate?: pulumi.Input<string>;
    };
}

const NAME = /^[A-Za-z0-9][A-Za-z0-9_-]{2,119}$/;
/** "Important considerations and restrictions for federated identity credentials", read 2026-11. */
const MOST = 20;

/**
 * An identity for a pipeline or a cluster that submits: an application of Entra ID with its service principal. It has no secret unless
 * one is asked for.
 * @example
 * const ci = new BatchServicePrincipal("ci", {
 *     federations: { main: FederatedIdentity.githubActions({ repository: "me/render", branch: "main" }) },
 * });
 * account.grantSubmit("ci", ci);
 */
@reported()
export class BatchServicePrincipal extends pulumi.ComponentResource implements Principal {
    readonly application: azuread.Application;
    readonly servicePrincipal: azuread.ServicePrincipal;
    readonly federations: ReadonlyMap<string, azuread.ApplicationFederatedIdentityCredential>;
    /** What whoever signs in names. */
    readonly clientId: pulumi.Output<string>;
    /** Object id of the service principal, which gets roles. */
    readonly principalId: pulumi.Output<string>;
    readonly principalType = "ServicePrincipal";
    /** Undefined unless one was asked for. Secret. */
    readonly clientSecret: pulumi.Output<string> | undefined;

    constructor(name: string, args: BatchServicePrincipalArgs = {}, opts?: pulumi.ComponentResourceOptions) {
        const problems = new Problems(`BatchServicePrincipal '${name}'`);
        const federations = Object.entries(args.federations ?? {});
        for (const [key] of federations) {
            if (NAME.test(key)) continue;
            problems.add(
                "BATCH1003",
                `federations["${key}"]`,
                `'${key}' is not a name: use 3 to 120 letters, digits, hyphens and underscores, a letter or digit first`,
            );
        }
        if (federations.length > MOST)
            problems.add(
                "BATCH1014",
                "federations",
                `${federations.length} federations: it can be ${MOST} at most, make another service principal`,
            );
        const expires = args.clientSecret?.expires;
        const lifetime = expires === undefined ? undefined : seconds(expires);
        if (expires !== undefined && (lifetime === undefined || lifetime < 3600)) {
            problems.add(
                "BATCH1005",
                "clientSecret.expires",
                `'${expires}': it can be an hour or more, such as '90d'`,
            );
        }
        problems.throwIfAny();

        super("pulumi-azure-batch:index:BatchServicePrincipal", name, {}, opts);
        const child = { parent: this };
        this.application = new azuread.Application(
            name,
            { displayName: args.displayName ?? name, signInAudience: "AzureADMyOrg" },
            child,
        );
        this.servicePrincipal = new azuread.ServicePrincipal(
            name,
            { clientId: this.application.clientId },
            child,
        );
        this.federations = new Map(
            federations.map(([key, { issuer, subject, audiences }]) => [
                key,
                new azuread.ApplicationFederatedIdentityCredential(
                    `${name}-${key}`,
                    {
                        applicationId: this.application.id,
                        displayName: key,
                        issuer,
                        subject,
                        audiences: [...audiences],
                    },
                    // An application has each name, and each pair of issuer and subject, once.
                    { ...child, deleteBeforeReplace: true },
                ),
            ]),
        );
        this.clientId = this.application.clientId;
        this.principalId = this.servicePrincipal.objectId;
        if (args.clientSecret !== undefined) {
            const { rotate } = args.clientSecret;
            const password = new azuread.ApplicationPassword(
                name,
                {
                    applicationId: this.application.id,
                    endDateRelative: lifetime === undefined ? undefined : `${Math.floor(lifetime / 3600)}h`,
                    rotateWhenChanged: rotate === undefined ? undefined : { rotate },
                },
                child,
            );
            this.clientSecret = pulumi.secret(password.value);
        }
        this.registerOutputs({ clientId: this.clientId, principalId: this.principalId });
    }
}
