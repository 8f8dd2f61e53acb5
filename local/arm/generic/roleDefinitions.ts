import { roles } from "../../../catalog";
import { refuse } from "../../http/operation";
import type { Method } from "../../http/operation";
import type { JsonObject } from "../../model/json";
import { page } from "../paging";
import { deny } from "../refusals";
import { objectOf } from "../merge";
import type { Handler } from "./handler";
import { putResource } from "./write";
import { shownResource } from "./shown";

/** Names of the built-in roles by their fixed ids. */
const builtIn: Readonly<Record<string, string>> = Object.fromEntries(
    Object.entries(roles).map(([name, { id }]) => [id, name]),
);

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
