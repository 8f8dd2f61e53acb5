import type { Source } from "./source";

/** A built-in role: its definition has one id in every subscription. */
export interface Role {
    readonly id: string;
    readonly source: Source;
}

const page = (category: string): Source => ({
    title: `Azure built-in roles for ${category}`,
    url: `https://learn.microsoft.com/azure/role-based-access-control/built-in-roles/${category.toLowerCase().replaceAll(" ", "-")}`,
    date: "2026-11-27",
});
const batch: Source = {
    title: "Role-based access control for Azure Batch service",
    url: "https://learn.microsoft.com/azure/batch/batch-role-based-access-control",
    date: "2026-11-27",
};
const [privileged, general, storage, containers, security, identity, network, monitor] = [
    "Privileged",
    "General",
    "Storage",
    "Containers",
    "Security",
    "Identity",
    "Networking",
    "Monitor",
].map(page) as [Source, Source, Source, Source, Source, Source, Source, Source];

/** Built-in roles that Batch programs give. */
export const roles = {
    /** Accounts, pools, jobs, applications, and the account's keys. */
    "Azure Batch Account Contributor": { id: "29fe4964-1e60-436b-bd3a-77fd4c178b3c", source: batch },
    /** Reads all of an account. */
    "Azure Batch Account Reader": { id: "11076f67-66f6-4be0-8f6b-f0609fd05cc9", source: batch },
    /** Pools, jobs and applications; of the account it reads the properties. */
    "Azure Batch Data Contributor": { id: "6aaa78f1-f7de-44ca-8722-c64a23943cae", source: batch },
    /** Jobs and schedules; reads pools and applications. Not pools that the service makes for a job. */
    "Azure Batch Job Submitter": { id: "48e5e92e-a480-4e71-aa9c-2778f4c13781", source: batch },
    "Azure Batch Service Orchestration Role": {
        id: "a35466a1-cfd6-450a-b35e-683fcdf30363",
        source: { ...batch, title: "Create a Batch account in the Azure portal" },
    },
    Owner: { id: "8e3af657-a8ff-443c-a75c-2fe8c4bcb635", source: privileged },
    Contributor: { id: "b24988ac-6180-42a0-ab88-20f7382dd24c", source: privileged },
    "User Access Administrator": { id: "18d7d88d-d35e-4fb5-a5c3-7773c20a72d9", source: privileged },
    Reader: { id: "acdd72a7-3385-48ef-bd42-f606fba81ae7", source: general },
    "Storage Account Contributor": { id: "17d1049b-9a84-46fb-8f53-869881c3d3ab", source: storage },
    "Storage Blob Data Contributor": { id: "ba92f5b4-2d11-453d-a403-e96b0029c9fe", source: storage },
    "Storage Blob Data Owner": { id: "b7e6dc6d-f1e8-4753-8033-0f276bb0955b", source: storage },
    "Storage Blob Data Reader": { id: "2a2b9908-6ea1-4ae2-8e65-a410df84e7d1", source: storage },
    "Storage Blob Delegator": { id: "db58b8e5-c6ad-4a2a-8342-4190687cbf4a", source: storage },
    "Storage Queue Data Contributor": { id: "974c5e8b-45b9-4653-ba55-5f855dd0fb88", source: storage },
    "Storage Table Data Contributor": { id: "0a9a7e1f-b9d0-4cc4-a60d-0319b160aaa3", source: storage },
    AcrPull: { id: "7f951dda-4ed3-4680-a7ca-43fe172d538d", source: containers },
    AcrPush: { id: "8311e382-0749-4cb8-b61a-304f252e45ec", source: containers },
    "Key Vault Administrator": { id: "00482a5a-887f-4fb3-b363-3b7fe8e74483", source: security },
    "Key Vault Certificate User": { id: "db79e9a7-68ee-4b58-9aeb-b90e7c24fcba", source: security },
    "Key Vault Certificates Officer": { id: "a4417e6f-fecd-4de8-b567-7b0420556985", source: security },
    "Key Vault Crypto Service Encryption User": {
        id: "e147488a-f6f5-4113-8e2d-b22465e65bf6",
        source: security,
    },
    "Key Vault Reader": { id: "21090545-7ca7-4776-b22c-e363652d74d2", source: security },
    "Key Vault Secrets Officer": { id: "b86a8fe4-44ce-4948-aee5-eccb2c155cd7", source: security },
    "Key Vault Secrets User": { id: "4633458b-17de-408a-b874-0445c86b69e6", source: security },
    "Managed Identity Contributor": { id: "e40ec5ca-96e0-45a2-b4ff-59039f2c2b59", source: identity },
    "Managed Identity Operator": { id: "f1a07417-d97a-45cb-824c-7a7467783830", source: identity },
    "Network Contributor": { id: "4d97b98b-1d4f-4787-a291-c67834d212e7", source: network },
    "Monitoring Metrics Publisher": { id: "3913510d-42f4-4e42-8a64-420c390055eb", source: monitor },
    "Monitoring Reader": { id: "43d0d8ad-25c7-4714-9337-8ba259a9fe05", source: monitor },
    "Log Analytics Contributor": { id: "92aaf0da-9dab-42b6-94a3-d43ce8d16293", source: monitor },
} as const satisfies Record<string, Role>;

/** Name of a role in {@link roles}. */
export type RoleName = keyof typeof roles;
