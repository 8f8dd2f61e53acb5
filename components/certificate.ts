import * as pulumi from "@pulumi/pulumi";
import type * as keyvault from "@pulumi/azure-native/keyvault";
import { assignRole } from "./roles";
import { orUnknown } from "./unknowns";
import type { VmExtension } from "./poolParts";
import type { Os } from "./shell";

/** A vault, or its address and resource id. */
export type VaultReference =
    keyvault.Vault | { readonly id: pulumi.Input<string>; readonly uri: pulumi.Input<string> };

/** A user-assigned identity, or what there is to know of one. */
export interface CertificateIdentity {
    /** Resource id. */
    readonly id: pulumi.Input<string>;
    readonly principalId: pulumi.Input<string>;
    readonly clientId: pulumi.Input<string>;
}

/** Where a certificate is and who fetches it. */
export interface KeyVaultCertificateArgs {
    readonly vault: VaultReference;
    /** Name of the certificate in the vault. */
    readonly name: string;
    /** Version. @default the newest: nodes fetch renewed ones by themselves */
    readonly version?: string;
    /** Identity of the pool that reads it; the pool gets it and it gets the role on the vault. */
    readonly identity: CertificateIdentity;
    /** False when the role is given elsewhere. @default true */
    readonly grant?: boolean;
}

/**
 * A certificate that nodes have before their start task, brought by the Key Vault extension of their virtual machines. Batch's own
 * certificates were retired on 2024-02-29.
 */
export class Certificate {
    private constructor(
        readonly args: KeyVaultCertificateArgs | undefined,
        /** Set for what the service does not have any more. */
        readonly thumbprint: string | undefined,
    ) {}

    /** A certificate of a vault. */
    static fromKeyVault(args: KeyVaultCertificateArgs): Certificate {
        return new Certificate(args, undefined);
    }

    /**
     * A certificate of the Batch account, which the service has not had since 2024-02-29: a pool with one is refused at preview.
     * @deprecated use {@link Certificate.fromKeyVault}
     */
    static fromThumbprint(thumbprint: string): Certificate {
        return new Certificate(undefined, thumbprint);
    }
}

function vaultUri(vault: VaultReference): pulumi.Output<string> {
    const uri =
        "uri" in vault ? vault.uri : vault.properties.apply((properties) => orUnknown(properties.vaultUri));
    return pulumi.output(uri).apply((text) => (text.endsWith("/") ? text : `${text}/`));
}

/** Resource id of a vault. */
export const vaultId = (vault: VaultReference): pulumi.Input<string> => vault.id;

/** The one extension that brings the certificates of a pool; a machine can have it once. */
export function certificateExtension(certificates: readonly Certificate[], os: Os): VmExtension | undefined {
    const given = certificates.flatMap(({ args }) => (args === undefined ? [] : [args]));
    const [first] = given;
    if (first === undefined) return undefined;
    const urls = given.map(
        ({ vault, name, version }) =>
            pulumi.interpolate`${vaultUri(vault)}secrets/${name}${version === undefined ? "" : `/${version}`}`,
    );
    const place =
        os === "windows"
            ? { certificateStoreLocation: "LocalMachine", certificateStoreName: "MY" }
            : { certificateStoreLocation: "/var/lib/waagent/Microsoft.Azure.KeyVault.Store" };
    return {
        name: "keyvault-certificates",
        publisher: "Microsoft.Azure.KeyVault",
        type: os === "windows" ? "KeyVaultForWindows" : "KeyVaultForLinux",
        version: os === "windows" ? "3.0" : "2.0",
        autoUpgradeMinorVersion: true,
        settings: pulumi.output({
            secretsManagementSettings: {
                pollingIntervalInS: "3600",
                requireInitialSync: true,
                observedCertificates: urls,
                ...place,
            },
            authenticationSettings: {
                msiEndpoint: "http://169.254.169.254/metadata/identity",
                msiClientId: first.identity.clientId,
            },
        }) as unknown as pulumi.Output<Record<string, unknown>>,
    };
}

/** Identities that fetch certificates. */
export function certificateIdentities(certificates: readonly Certificate[]): pulumi.Input<string>[] {
    const ids = certificates.flatMap(({ args }) => (args === undefined ? [] : [args.identity.id]));
    return [...new Set(ids)];
}

/** Lets the identities read the vaults, once each pair. */
export function grantVaults(
    name: string,
    certificates: readonly Certificate[],
    parent: pulumi.Resource,
): pulumi.Resource[] {
    const pairs = new Map<unknown, Set<unknown>>();
    const made: pulumi.Resource[] = [];
    for (const { args } of certificates) {
        if (args === undefined || args.grant === false) continue;
        const granted = pairs.get(args.vault) ?? new Set();
        pairs.set(args.vault, granted);
        if (granted.has(args.identity)) continue;
        granted.add(args.identity);
        made.push(
            assignRole(
                made.length === 0 ? `${name}-vault` : `${name}-vault-${made.length + 1}`,
                "Key Vault Secrets User",
                vaultId(args.vault),
                { principalId: args.identity.principalId },
                { parent },
            ),
        );
    }
    return made;
}
