import { refuse } from "../http/operation";
import type { RefusalCode, Refused } from "../http/operation";

/** Codes of the resource manager's gateway and of other providers, beside those of the catalogue. */
const codes = {
    AccountNameInvalid: 400,
    ApplicationPackageBlobNotReady: 409,
    ApplicationPackageFormatNotSupported: 400,
    ApplicationPackageQuotaReached: 409,
    ApplicationPackageUpdateNotAllowed: 409,
    ApplicationQuotaReached: 409,
    BadRequest: 400,
    ConflictError: 409,
    ContainerNotFound: 404,
    InvalidResourceGroupLocation: 409,
    InvalidResourceLocation: 409,
    InvalidResourceNamespace: 404,
    InvalidResourceType: 404,
    InvalidSubscriptionId: 400,
    LocationRequired: 400,
    MethodNotAllowed: 405,
    ParentResourceNotFound: 404,
    RoleAssignmentNotFound: 404,
    RoleAssignmentUpdateNotPermitted: 400,
    RoleDefinitionDoesNotExist: 404,
    ResourceNotFound: 404,
    VaultAlreadyExists: 409,
    VaultNameNotValid: 400,
    VaultPurgeProtected: 403,
} as const;

type OwnCode = keyof typeof codes;
type Details = Omit<Refused, "refused">;

/** Refuses with a code that the catalogue does not list; it carries its status and text itself. */
export function deny(code: OwnCode, message: string, details: Details = {}): Refused {
    return refuse(code as RefusalCode, { status: codes[code], message, ...details });
}

export function resourceNotFound(type: string, name: string, resourceGroup?: string): Refused {
    const place = resourceGroup === undefined ? "" : ` under resource group '${resourceGroup}'`;
    return deny("ResourceNotFound", `The Resource '${type}/${name}'${place} was not found.`);
}

export function resourceGroupNotFound(name: string): Refused {
    return refuse("ResourceGroupNotFound", { message: `Resource group '${name}' could not be found.` });
}

/** The request body holds a value that is not allowed; says where, what was given and what is allowed. */
export function invalidProperty(path: string, given: unknown, allowed: string): Refused {
    return refuse("InvalidPropertyValue", {
        values: [
            { key: "PropertyName", value: path.split(".").at(-1) ?? path },
            { key: "PropertyPath", value: path },
            { key: "PropertyValue", value: typeof given === "string" ? given : JSON.stringify(given) },
            { key: "Reason", value: allowed },
        ],
    });
}

export function missingProperty(path: string): Refused {
    return refuse("MissingRequiredProperty", {
        values: [
            { key: "PropertyName", value: path.split(".").at(-1) ?? path },
            { key: "PropertyPath", value: path },
        ],
    });
}
