import { refuse } from "../../http/operation";
import type { Method } from "../../http/operation";
import type { JsonObject } from "../../model/json";
import { page } from "../paging";
import { deny } from "../refusals";
import { objectOf } from "../merge";
import type { Handler } from "./handler";
import { putResource } from "./write";
import { shownResource } from "./shown";

/** Built-in roles that Batch programs give, by their fixed ids: "Azure built-in roles". */
const builtIn: Readonly<Record<string, string>> = {
    "8e3af657-a8ff-443c-a75c-2fe8c4bcb635": "Owner",
    "b24988ac-6180-42a0-ab88-20f7382dd24c": "Contributor",
    "acdd72a7-3385-48ef-bd42-f606fba81ae7": "Reader",
    "18d7d88d-d35e-4fb5-a5c3-7773c20a72d9": "User Access Administrator",
    "29fe4964-1e60-436b-bd3a-77fd4c178b3c": "Azure Batch Account Contributor",
    "11076f67-66f6-4be0-8f6b-f0609fd05cc9": "Azure Batch Account Reader",
    "6aaa78f1-f7de-44ca-8722-c64a23943cae": "Azure Batch Data Contributor",
    "48e5e92e-a480-4e71-aa9c-2778f4c13781": "Azure Batch Job Submitter",
    "a35466a1-cfd6-450a-b35e-683fcdf30363": "Azure Batch Service Orchestration Role",
    "17d1049b-9a84-46fb-8f53-869881c3d3ab": "Storage Account Contributor",
    "ba92f5b4-2d11-453d-a403-e96b0029c9fe": "Storage Blob Data Contributor",
    "b7e6dc6d-f1e8-4753-8033-0f276bb0955b": "Storage Blob Data Owner",
    "2a2b9908-6ea1-4ae2-8e65-a410df84e7d1": "Storage Blob Data Reader",
    "db58b8e5-c6ad-4a2a-8342-4190687cbf4a": "Storage Blob Delegator",
    "974c5e8b-45b9-4653-ba55-5f855dd0fb88": "Storage Queue Data Contributor",
    "0a9a7e1f-b9d0-4cc4-a60d-0319b160aaa3": "Storage Table Data Contributor",
    "7f951dda-4ed3-4680-a7ca-43fe172d538d": "AcrPull",
    "8311e382-0749-4cb8-b61a-304f252e45ec": "AcrPush",
    "00482a5a-887f-4fb3-b363-3b7fe8e74483": "Key Vault Administrator",
    "db79e9a7-68ee-4b58-9aeb-b90e7c24fcba": "Key Vault Certificate User",
    "a4417e6f-fecd-4de8-b567-7b0420556985": "Key Vault Certificates Officer",
    "21090545-7ca7-4776-b22c-e363652d74d2": "Key Vault Reader",
    "b86a8fe4-44ce-4948-aee5-eccb2c155cd7": "Key Vault Secrets Officer",
    "4633458b-17de-408a-b874-0445c86b69e6": "Key Vault Secrets User",
    "e40ec5ca-96e0-45a2-b4ff-59039f2c2b59": "Managed Identity Contributor",
    "f1a07417-d97a-45cb-824c-7a7467783830": "Managed Identity Operator",
    "4d97b98b-1d4f-4787-a291-c67834d212e7": "Network Contributor",
    "3913510d-42f4-4e42-8a64-420c390055eb": "Monitoring Metrics Publisher",
    "43d0d8ad-25c7-4714-9337-8ba259a9fe05": "Monitoring Reader",
    "92aaf0da-9dab-42b6-94a3-d43ce8d16293": "Log Analytics Contributor",
};

function shownRole(scope: string, guid: string, roleName: string): JsonObject {
    // Every role can be named from every scope; the id that is shown is that of the scope asked.
    const from = /^\/subscriptions\/[^/]+/i.exec(scope)?.[0] ?? "";
    return {
        id: `${from}/providers/Microsoft.Authorization/roleDefinitions/${guid}`,
        name: guid,
        type: "Microsoft.Authorization/roleDefinitions",
        properties: {
            roleName,
            type: "BuiltInRole",
            description: roleName,
            assignableScopes: ["/"],
            permissions: [],
        },
    };
}

const get: Handler = (call, id, services) => {
    const custom = services.store.resources
        .list()
        .filter(({ type }) => type === "microsoft.authorization/roledefinitions");
    if (!id.collection) {
        const guid = id.name.toLowerCase();
        const roleName = builtIn[guid];
        if (roleName !== undefined) return { status: 200, body: shownRole(id.scope, guid, roleName) };
        const found = custom.find(({ name }) => name.toLowerCase() === guid);
        if (found) return { status: 200, body: shownResource(found, services) };
        return deny(
            "RoleDefinitionDoesNotExist",
            `The specified role definition with ID '${id.name}' does not exist.`,
        );
    }
    const [, wanted] = /roleName eq '([^']+)'/i.exec(call.query.get("$filter") ?? "") ?? [];
    const rows = [
        ...Object.entries(builtIn).map(([guid, roleName]) => ({
            key: guid,
            body: shownRole(id.scope, guid, roleName),
        })),
        ...custom.map((record) => ({
            key: record.name.toLowerCase(),
            body: shownResource(record, services),
        })),
    ];
    const found = rows
        .filter(({ body }) => wanted === undefined || objectOf(body["properties"])["roleName"] === wanted)
        .sort((a, b) => (a.key < b.key ? -1 : 1));
    return page(call, found, ({ body }) => body);
};

const put: Handler = (call, id, services) =>
    id.collection ? refuse("UnsupportedHttpVerb") : putResource(call, id, services);

export const roleDefinitions: Partial<Record<Method, Handler>> = { GET: get, PUT: put };
