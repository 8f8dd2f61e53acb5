import type { input as inputs } from "@pulumi/azure-native/types";
import * as pulumi from "@pulumi/pulumi";
import { identityReference } from "../identity";
import type { PoolSettings } from "../poolArgs";
import type {
    ContainerRegistry,
    Containers,
    OsDisk,
    PoolNetwork,
    SecurityProfile,
    UpgradePolicy,
    UserAccount,
    VmExtension,
} from "../poolParts";
import { listOrNothing } from "../taskParts";

/** What is said of the machines of a pool. */
export interface MachineSpec extends Pick<
    PoolSettings,
    | "image"
    | "osDisk"
    | "dataDisks"
    | "diskEncryption"
    | "security"
    | "containers"
    | "placement"
    | "licenseType"
    | "serviceArtifactId"
    | "windowsUpdates"
> {
    readonly extensions: readonly VmExtension[];
}

/** The machines as azure-native takes them. */
export function machineArgs(spec: MachineSpec): inputs.batch.VirtualMachineConfigurationArgs {
    const encryption = listOrNothing(spec.diskEncryption, (target) => target);
    return {
        imageReference: spec.image.location,
        nodeAgentSkuId: spec.image.nodeAgentSkuId,
        osDisk: osDisk(spec.osDisk, spec.security),
        dataDisks: listOrNothing(
            spec.dataDisks?.map((disk, index) => ({ ...disk, lun: disk.lun ?? index })),
            ({ sizeGB, lun, storage, caching }) => ({
                diskSizeGB: sizeGB,
                lun,
                storageAccountType: storage,
                caching,
            }),
        ),
        diskEncryptionConfiguration: encryption === undefined ? undefined : { targets: encryption },
        securityProfile: securityProfile(spec.security),
        containerConfiguration: containers(spec.containers),
        nodePlacementConfiguration:
            spec.placement === undefined
                ? undefined
                : { policy: spec.placement === "zonal" ? "Zonal" : "Regional" },
        extensions: listOrNothing(spec.extensions, extension),
        licenseType: spec.licenseType,
        serviceArtifactReference:
            spec.serviceArtifactId === undefined ? undefined : { id: spec.serviceArtifactId },
        windowsConfiguration:
            spec.windowsUpdates === undefined ? undefined : { enableAutomaticUpdates: spec.windowsUpdates },
    } as inputs.batch.VirtualMachineConfigurationArgs;
}

function osDisk(
    disk: OsDisk | undefined,
    security: SecurityProfile | undefined,
): inputs.batch.OSDiskArgs | undefined {
    const encryption =
        security?.diskEncryption ?? (security?.type === "confidentialVM" ? "VMGuestStateOnly" : undefined);
    if (disk === undefined && encryption === undefined) return undefined;
    const managedDisk = {
        ...(disk?.storage === undefined ? {} : { storageAccountType: disk.storage }),
        ...(encryption === undefined ? {} : { securityProfile: { securityEncryptionType: encryption } }),
    };
    return {
        diskSizeGB: disk?.sizeGB,
        caching: disk?.caching,
        writeAcceleratorEnabled: disk?.writeAccelerator,
        ephemeralOSDiskSettings: disk?.ephemeral === true ? { placement: "CacheDisk" } : undefined,
        managedDisk: Object.keys(managedDisk).length === 0 ? undefined : managedDisk,
    } as inputs.batch.OSDiskArgs;
}

function securityProfile(
    security: SecurityProfile | undefined,
): inputs.batch.SecurityProfileArgs | undefined {
    if (security === undefined) return undefined;
    const { type, secureBoot, vTpm, encryptionAtHost } = security;
    return {
        securityType: type,
        encryptionAtHost,
        uefiSettings:
            secureBoot === undefined && vTpm === undefined
                ? undefined
                : { secureBootEnabled: secureBoot, vTpmEnabled: vTpm },
    };
}

/** A registry as both planes take it. */
export function registryArgs(registry: ContainerRegistry): inputs.batch.ContainerRegistryArgs {
    return {
        registryServer: registry.server,
        identityReference: identityReference(registry.identity),
        userName: registry.userName,
        password: registry.password === undefined ? undefined : pulumi.secret(registry.password),
    };
}

function containers(given: Containers | undefined): inputs.batch.ContainerConfigurationArgs | undefined {
    return given === undefined
        ? undefined
        : {
              type: given.type ?? "DockerCompatible",
              containerImageNames: listOrNothing(given.images, (image) => image),
              containerRegistries: listOrNothing(given.registries, registryArgs),
          };
}

function extension(given: VmExtension): inputs.batch.VMExtensionArgs {
    return {
        name: given.name,
        publisher: given.publisher,
        type: given.type,
        typeHandlerVersion: given.version,
        autoUpgradeMinorVersion: given.autoUpgradeMinorVersion,
        enableAutomaticUpgrade: given.enableAutomaticUpgrade,
        provisionAfterExtensions: listOrNothing(given.after, (name) => name),
        settings: given.settings,
        protectedSettings:
            given.protectedSettings === undefined ? undefined : pulumi.secret(given.protectedSettings),
    };
}

/** The network as azure-native takes it; undefined when nothing was said. */
export function networkArgs(
    subnetId: pulumi.Input<string> | undefined,
    network: PoolNetwork | undefined,
): inputs.batch.NetworkConfigurationArgs | undefined {
    if (subnetId === undefined && network === undefined) return undefined;
    const ips = network?.publicIps;
    const nat = listOrNothing(network?.inboundNatPools, (pool) => ({
        name: pool.name,
        protocol: pool.protocol ?? "TCP",
        backendPort: pool.backendPort,
        frontendPortRangeStart: pool.frontendPorts[0],
        frontendPortRangeEnd: pool.frontendPorts[1],
        networkSecurityGroupRules: listOrNothing(pool.rules, (rule) => ({
            access: rule.access,
            priority: rule.priority,
            sourceAddressPrefix: rule.source,
            sourcePortRanges: listOrNothing(rule.sourcePorts, (port) => port),
        })),
    }));
    return {
        subnetId,
        dynamicVnetAssignmentScope: network?.dynamicVnetAssignment,
        enableAcceleratedNetworking: network?.acceleratedNetworking,
        endpointConfiguration: nat === undefined ? undefined : { inboundNatPools: nat },
        publicIPAddressConfiguration:
            ips === undefined
                ? undefined
                : ips === "managed" || ips === "none"
                  ? { provision: ips === "none" ? "NoPublicIPAddresses" : "BatchManaged" }
                  : { provision: "UserManaged", ipAddressIds: [...ips] },
    } as inputs.batch.NetworkConfigurationArgs;
}

/** User accounts as azure-native takes them. @param draw gives a password for an account that has none */
export function userAccountArgs(
    accounts: readonly UserAccount[] | undefined,
    draw: (account: UserAccount) => pulumi.Input<string>,
): inputs.batch.UserAccountArgs[] | undefined {
    return listOrNothing(accounts, (account) => {
        const { password, elevated, uid, gid, sshPrivateKey, loginMode } = account.options;
        const linux = uid !== undefined || gid !== undefined || sshPrivateKey !== undefined;
        return {
            name: account.name,
            password: pulumi.secret(password ?? draw(account)),
            elevationLevel: elevated === true ? "Admin" : "NonAdmin",
            linuxUserConfiguration: linux
                ? {
                      uid,
                      gid,
                      sshPrivateKey: sshPrivateKey === undefined ? undefined : pulumi.secret(sshPrivateKey),
                  }
                : undefined,
            windowsUserConfiguration: loginMode === undefined ? undefined : { loginMode },
        } as inputs.batch.UserAccountArgs;
    });
}

/** The upgrade policy as azure-native takes it. @param pause as the service writes durations */
export function upgradePolicyArgs(
    policy: UpgradePolicy | undefined,
    pause: string | undefined,
): inputs.batch.UpgradePolicyArgs | undefined {
    if (policy === undefined) return undefined;
    const { automaticOs, rolling } = policy;
    return {
        mode: policy.mode,
        automaticOSUpgradePolicy:
            automaticOs === undefined
                ? undefined
                : {
                      enableAutomaticOSUpgrade: automaticOs.enable,
                      disableAutomaticRollback: automaticOs.disableRollback,
                      osRollingUpgradeDeferral: automaticOs.defer,
                      useRollingUpgradePolicy: automaticOs.useRollingPolicy,
                  },
        rollingUpgradePolicy:
            rolling === undefined
                ? undefined
                : {
                      maxBatchInstancePercent: rolling.maxBatchPercent,
                      maxUnhealthyInstancePercent: rolling.maxUnhealthyPercent,
                      maxUnhealthyUpgradedInstancePercent: rolling.maxUnhealthyUpgradedPercent,
                      pauseTimeBetweenBatches: pause,
                      prioritizeUnhealthyInstances: rolling.prioritizeUnhealthy,
                      enableCrossZoneUpgrade: rolling.crossZone,
                      rollbackFailedInstancesOnPolicyBreach: rolling.rollBackFailed,
                  },
    } as inputs.batch.UpgradePolicyArgs;
}
