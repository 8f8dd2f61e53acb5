import type { ResourceRecord } from "../../model/account";
import { exists } from "../lookup";
import { listOf, objectOf, textOf } from "../merge";
import { idKeyOf } from "../resourceId";
import type { ArmServices } from "../services";

/**
 * What a resource leaves on another one: a private endpoint is seen on the Batch account as a connection, an association with a
 * network security perimeter as a configuration.
 */
export function linksOf(record: ResourceRecord, services: ArmServices): ResourceRecord[] {
    const properties = objectOf(record.body["properties"]);
    if (record.type === "microsoft.network/privateendpoints") {
        const manual = listOf(properties["manualPrivateLinkServiceConnections"]).map((link) => ({
            link,
            status: "Pending",
        }));
        const own = listOf(properties["privateLinkServiceConnections"]).map((link) => ({
            link,
            status: "Approved",
        }));
        return [...own, ...manual].flatMap(({ link, status }) => {
            const asked = objectOf(link["properties"]);
            const description =
                status === "Approved" ? "Auto-Approved" : (textOf(asked["requestMessage"]) ?? "");
            return below(
                record,
                textOf(asked["privateLinkServiceId"]),
                "privateEndpointConnections",
                record.name,
                services,
                {
                    privateEndpoint: { id: record.id },
                    groupIds: asked["groupIds"] ?? ["batchAccount"],
                    privateLinkServiceConnectionState: { status, description, actionsRequired: "None" },
                    provisioningState: "Succeeded",
                },
            );
        });
    }
    if (record.type === "microsoft.network/networksecurityperimeters/resourceassociations") {
        const perimeter = record.id.split("/").slice(0, -2).join("/");
        const guid = objectOf(objectOf(services.store.resources.get(idKeyOf(perimeter))?.body)["properties"])[
            "perimeterGuid"
        ];
        const target = textOf(objectOf(properties["privateLinkResource"])["id"]);
        return below(
            record,
            target,
            "networkSecurityPerimeterConfigurations",
            `${String(guid)}.${record.name}`,
            services,
            {
                provisioningState: "Accepted",
                provisioningIssues: [],
                networkSecurityPerimeter: {
                    id: perimeter,
                    perimeterGuid: guid,
                    location: record.body["location"],
                },
                resourceAssociation: {
                    name: record.name,
                    accessMode: properties["accessMode"] ?? "Learning",
                },
                profile: {
                    name: textOf(objectOf(properties["profile"])["id"])?.split("/").at(-1) ?? "",
                    accessRules: [],
                },
            },
        );
    }
    return [];
}

/** Only Batch accounts show such things here. */
function below(
    source: ResourceRecord,
    account: string | undefined,
    type: string,
    name: string,
    services: ArmServices,
    properties: object,
): ResourceRecord[] {
    if (account === undefined || !/\/providers\/microsoft\.batch\/batchaccounts\/[^/]+$/i.test(account))
        return [];
    if (!exists(account, services)) return [];
    const id = `${account}/${type}/${name}`;
    return [
        {
            ...source,
            key: idKeyOf(id),
            id,
            name,
            type: `microsoft.batch/batchaccounts/${type.toLowerCase()}`,
            body: { properties },
        },
    ];
}
