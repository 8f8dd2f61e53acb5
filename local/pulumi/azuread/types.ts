// The types of the azuread plugin that have a stand-in, a row each: the Graph collection and the names of properties there.
// Property names on the left are those of @pulumi/azuread 6.9; on the right, of Microsoft Graph v1.0.

export interface GraphRow {
    /** The collection; `{input}` is an id that an input gives. */
    collection: string;
    /** Inputs with their name in Graph; a dotted name lies deeper. */
    properties: Readonly<Record<string, string>>;
    /** Outputs with their name in Graph. */
    outputs: Readonly<Record<string, string>>;
    required: readonly string[];
    /** Inputs that replace the object when they change. */
    replaceOn?: readonly string[];
    /** What a program sees as id, with `{id}` for the object's. @default {id} */
    id?: string;
    /** Where there is no collection to write to: actions that add and remove an entry of this list of the parent. */
    actions?: { add: string; remove: string; entry: string; list: string; key: string };
    secrets?: readonly string[];
}

const application = {
    displayName: "displayName",
    description: "description",
    notes: "notes",
    signInAudience: "signInAudience",
    serviceManagementReference: "serviceManagementReference",
};
const applicationOutputs = {
    clientId: "appId",
    objectId: "id",
    publisherDomain: "publisherDomain",
    disabledByMicrosoft: "disabledByMicrosoftStatus",
};

export const graphRows: Readonly<Record<string, GraphRow>> = {
    Application: {
        collection: "/applications",
        properties: { ...application, identifierUris: "identifierUris", tags: "tags" },
        outputs: applicationOutputs,
        required: ["displayName"],
        id: "/applications/{id}",
    },
    ApplicationRegistration: {
        collection: "/applications",
        properties: { ...application, homepageUrl: "web.homePageUrl" },
        outputs: applicationOutputs,
        required: ["displayName"],
        id: "/applications/{id}",
    },
    ServicePrincipal: {
        collection: "/servicePrincipals",
        properties: {
            clientId: "appId",
            accountEnabled: "accountEnabled",
            alternativeNames: "alternativeNames",
            appRoleAssignmentRequired: "appRoleAssignmentRequired",
            description: "description",
            notes: "notes",
            tags: "tags",
        },
        outputs: {
            objectId: "id",
            displayName: "displayName",
            applicationTenantId: "appOwnerOrganizationId",
            servicePrincipalNames: "servicePrincipalNames",
            signInAudience: "signInAudience",
            type: "servicePrincipalType",
        },
        required: ["clientId"],
        replaceOn: ["clientId"],
        id: "/servicePrincipals/{id}",
    },
    ApplicationPassword: {
        collection: "{applicationId}",
        properties: { displayName: "displayName", startDate: "startDateTime", endDate: "endDateTime" },
        outputs: { keyId: "keyId", value: "secretText", startDate: "startDateTime", endDate: "endDateTime" },
        required: ["applicationId"],
        replaceOn: [
            "applicationId",
            "displayName",
            "startDate",
            "endDate",
            "endDateRelative",
            "rotateWhenChanged",
        ],
        actions: {
            add: "addPassword",
            remove: "removePassword",
            entry: "passwordCredential",
            list: "passwordCredentials",
            key: "keyId",
        },
        secrets: ["value"],
    },
    ApplicationFederatedIdentityCredential: {
        collection: "{applicationId}/federatedIdentityCredentials",
        properties: {
            displayName: "name",
            audiences: "audiences",
            issuer: "issuer",
            subject: "subject",
            description: "description",
        },
        outputs: { credentialId: "id" },
        required: ["applicationId", "displayName", "audiences", "issuer", "subject"],
        replaceOn: ["applicationId", "displayName"],
    },
};
