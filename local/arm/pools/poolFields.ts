import type { Field, Fields } from "./fields";

const oneOf = (...values: string[]): Field => ({ values });
const shape = (fields: Fields, as?: string): Field => ({ fields, ...(as ? { as } : {}) });
const secret: Field = { secret: true };

const caching = oneOf("None", "ReadOnly", "ReadWrite");
const storageAccountType = oneOf("Standard_LRS", "Premium_LRS", "StandardSSD_LRS");
const elevationLevel = oneOf("NonAdmin", "Admin");
const managedDisk = shape({ storageAccountType });
const registry = shape({ password: secret });

const virtualMachineConfiguration = shape({
    imageReference: shape({ id: { as: "virtualMachineImageId" } }),
    nodeAgentSkuId: { as: "nodeAgentSKUId" },
    dataDisks: shape({ caching, storageAccountType, managedDisk }),
    osDisk: shape({
        caching,
        managedDisk,
        ephemeralOSDiskSettings: shape({ placement: oneOf("CacheDisk") }),
    }),
    containerConfiguration: shape({
        type: { values: ["DockerCompatible", "CriCompatible"], camel: true },
        containerRegistries: registry,
    }),
    diskEncryptionConfiguration: shape({ targets: oneOf("OsDisk", "TemporaryDisk") }),
    nodePlacementConfiguration: shape({ policy: oneOf("Regional", "Zonal") }),
    extensions: shape({ protectedSettings: secret }),
    securityProfile: shape({ securityType: oneOf("trustedLaunch", "confidentialVM") }),
});

const networkConfiguration = shape({
    dynamicVnetAssignmentScope: { as: "dynamicVNetAssignmentScope" },
    endpointConfiguration: shape({
        inboundNatPools: shape(
            {
                protocol: oneOf("TCP", "UDP"),
                networkSecurityGroupRules: shape({ access: oneOf("Allow", "Deny") }),
            },
            "inboundNATPools",
        ),
    }),
    publicIPAddressConfiguration: shape({
        provision: oneOf("BatchManaged", "UserManaged", "NoPublicIPAddresses"),
    }),
});

const startTask = shape({
    userIdentity: shape({
        userName: { as: "username" },
        autoUser: shape({ scope: oneOf("Task", "Pool"), elevationLevel }),
    }),
    containerSettings: shape({
        registry,
        workingDirectory: { values: ["TaskWorkingDirectory", "ContainerImageDefault"], camel: true },
    }),
});

/**
 * Pool properties whose names or values differ between the planes, by their resource manager name.
 * Both follow the specifications of 2025-06-01 and, for what those dropped, 2024-07-01.
 */
export const poolFields: Fields = {
    deploymentConfiguration: shape({ virtualMachineConfiguration }),
    networkConfiguration,
    taskSchedulingPolicy: shape({
        nodeFillType: oneOf("Spread", "Pack"),
        jobDefaultOrder: oneOf("None", "CreationTime"),
    }),
    userAccounts: shape({
        password: secret,
        elevationLevel,
        linuxUserConfiguration: shape({ sshPrivateKey: secret }),
        windowsUserConfiguration: shape({ loginMode: oneOf("Batch", "Interactive") }),
    }),
    startTask,
    mountConfiguration: shape({
        azureBlobFileSystemConfiguration: shape({ accountKey: secret, sasKey: secret }),
        azureFileShareConfiguration: shape({ accountKey: secret }),
        cifsMountConfiguration: shape({ userName: { as: "username" }, password: secret }),
    }),
    targetNodeCommunicationMode: oneOf("Default", "Classic", "Simplified"),
};
