// Shapes of the Batch data plane, api-version 2025-06-01, under the names of its REST reference: virtualMachines.
// What a request must hold is required; an answer holds what `$select` asked for, so its parts are optional.
import type { ContainerRegistryReference } from "./shared";

export interface VirtualMachineConfiguration {
    imageReference: BatchVmImageReference;
    nodeAgentSKUId: string;
    windowsConfiguration?: WindowsConfiguration;
    dataDisks?: DataDisk[];
    licenseType?: string;
    containerConfiguration?: BatchContainerConfiguration;
    diskEncryptionConfiguration?: DiskEncryptionConfiguration;
    nodePlacementConfiguration?: BatchNodePlacementConfiguration;
    extensions?: VMExtension[];
    osDisk?: BatchOsDisk;
    securityProfile?: SecurityProfile;
    serviceArtifactReference?: ServiceArtifactReference;
}

export interface BatchVmImageReference {
    publisher?: string;
    offer?: string;
    sku?: string;
    version?: string;
    virtualMachineImageId?: string;
    exactVersion?: string;
    sharedGalleryImageId?: string;
    communityGalleryImageId?: string;
}

export interface WindowsConfiguration {
    enableAutomaticUpdates?: boolean;
}

export interface DataDisk {
    lun: number;
    caching?: CachingType;
    diskSizeGB: number;
    managedDisk?: ManagedDisk;
}

export type CachingType = "none" | "readonly" | "readwrite";

export interface ManagedDisk {
    diskEncryptionSet?: DiskEncryptionSetParameters;
    storageAccountType?: StorageAccountType;
    securityProfile?: BatchVmDiskSecurityProfile;
}

export interface DiskEncryptionSetParameters {
    id?: string;
}

export type StorageAccountType = "standard_lrs" | "premium_lrs" | "standardssd_lrs";

export interface BatchVmDiskSecurityProfile {
    securityEncryptionType?: SecurityEncryptionTypes;
}

export type SecurityEncryptionTypes = "DiskWithVMGuestState" | "NonPersistedTPM" | "VMGuestStateOnly";

export interface BatchContainerConfiguration {
    type: ContainerType;
    containerImageNames?: string[];
    containerRegistries?: ContainerRegistryReference[];
}

export type ContainerType = "dockerCompatible" | "criCompatible";

export interface DiskEncryptionConfiguration {
    customerManagedKey?: DiskCustomerManagedKey;
    targets?: DiskEncryptionTarget[];
}

export interface DiskCustomerManagedKey {
    identityReference?: BatchPoolIdentityReference;
    keyUrl?: string;
    rotationToLatestKeyVersionEnabled?: boolean;
}

export interface BatchPoolIdentityReference {
    resourceId?: string;
}

export type DiskEncryptionTarget = "osdisk" | "temporarydisk";

export interface BatchNodePlacementConfiguration {
    policy?: BatchNodePlacementPolicyType;
}

export type BatchNodePlacementPolicyType = "regional" | "zonal";

export interface VMExtension {
    name: string;
    publisher: string;
    type: string;
    typeHandlerVersion?: string;
    autoUpgradeMinorVersion?: boolean;
    enableAutomaticUpgrade?: boolean;
    settings?: Record<string, unknown>;
    protectedSettings?: Record<string, unknown>;
    provisionAfterExtensions?: string[];
}

export interface BatchOsDisk {
    ephemeralOSDiskSettings?: BatchDiffDiskSettings;
    caching?: CachingType;
    diskSizeGB?: number;
    managedDisk?: ManagedDisk;
    writeAcceleratorEnabled?: boolean;
}

export interface BatchDiffDiskSettings {
    placement?: DiffDiskPlacement;
}

export type DiffDiskPlacement = "cachedisk";

export interface SecurityProfile {
    encryptionAtHost?: boolean;
    proxyAgentSettings?: ProxyAgentSettings;
    securityType?: SecurityTypes;
    uefiSettings?: BatchUefiSettings;
}

export interface ProxyAgentSettings {
    enabled?: boolean;
    imds?: HostEndpointSettings;
    wireServer?: HostEndpointSettings;
}

export interface HostEndpointSettings {
    inVMAccessControlProfileReferenceId?: string;
    mode?: HostEndpointSettingsModeTypes;
}

export type HostEndpointSettingsModeTypes = "Audit" | "Enforce";

export type SecurityTypes = "trustedLaunch" | "confidentialvm";

export interface BatchUefiSettings {
    secureBootEnabled?: boolean;
    vTpmEnabled?: boolean;
}

export interface ServiceArtifactReference {
    id: string;
}
