/** A page by its title. */
export interface Link {
    readonly title: string;
    readonly url: string;
}

const learn = (title: string, path: string): Link => ({
    title,
    url: `https://learn.microsoft.com/azure/batch/${path}`,
});

/** The pages that rules send people to. */
export const links = {
    bestPractices: learn("Azure Batch best practices", "best-practices"),
    securityPractices: learn("Batch security and compliance best practices", "security-best-practices"),
    entra: learn("Authenticate Azure Batch services with Microsoft Entra ID", "batch-aad-auth"),
    privateEndpoints: learn("Use private endpoints with Azure Batch accounts", "private-connectivity"),
    publicAccess: learn("Use public network access with Azure Batch accounts", "public-network-access"),
    customerKey: learn(
        "Configure customer-managed keys for your Azure Batch account",
        "batch-customer-managed-key",
    ),
    accounts: learn("Batch accounts and Azure Storage accounts", "accounts"),
    accountSetup: learn("Create a Batch account with the Azure portal", "batch-account-create-portal"),
    diagnostics: learn("Monitor Azure Batch: diagnostic logs and metrics", "monitor-batch"),
    quotas: learn("Batch service quotas and limits", "batch-quota-limit"),
    packages: learn(
        "Deploy applications to compute nodes with Batch application packages",
        "batch-application-packages",
    ),
    images: learn("Node agent SKUs and virtual machine images", "batch-linux-nodes"),
    vmSizes: learn("Choose VM sizes and images for pools", "batch-pool-vm-sizes"),
    diskEncryption: learn("Create a pool with disk encryption enabled", "disk-encryption"),
    endpoints: learn("Configure or disable remote access to compute nodes", "pool-endpoint-configuration"),
    noPublicIp: learn(
        "Create an Azure Batch pool without public IP addresses",
        "simplified-node-communication-pool-no-public-ip",
    ),
    simplified: learn("Use simplified compute node communication", "simplified-compute-node-communication"),
    virtualNetwork: learn("Create an Azure Batch pool in a virtual network", "batch-virtual-network"),
    zones: learn("Create an Azure Batch pool across Availability Zones", "create-pool-availability-zones"),
    poolIdentity: learn("Configure managed identities in Batch pools", "managed-identity-pools"),
    mounts: learn("Mount a virtual file system on a Batch pool", "virtual-file-mount"),
    resourceFiles: learn("Creating and using resource files", "resource-files"),
    users: learn("Run tasks under user accounts in Batch", "batch-user-accounts"),
    nodesAndPools: learn("Nodes and pools in Azure Batch", "nodes-and-pools"),
    jobsAndTasks: learn("Jobs and tasks in Azure Batch", "jobs-and-tasks"),
    parallel: learn("Run tasks concurrently on Batch compute nodes", "batch-parallel-node-tasks"),
    spot: learn("Run Batch workloads on cost-effective Spot VMs", "batch-spot-vms"),
    autoscale: learn(
        "Create a formula to automatically scale compute nodes in a Batch pool",
        "batch-automatic-scaling",
    ),
    containers: learn("Use Azure Batch to run container workloads", "batch-docker-container-workloads"),
    keyVaultCertificates: learn(
        "Enable automatic certificate rotation in a Batch pool",
        "automatic-certificate-rotation",
    ),
    errors: learn("Task and application error handling", "batch-job-task-error-checking"),
} as const satisfies Record<string, Link>;
