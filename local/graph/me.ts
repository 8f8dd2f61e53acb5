import { refuse } from "../http/operation";
import type { JsonObject } from "../model/json";
import { givenPrincipals } from "./givenPrincipals";
import { all, badRequest, bodyOf, shown, type GraphOperation } from "./records";

/** There are no users here, so that every token is an application's. */
const me: GraphOperation = {
    id: "me_GetUser",
    method: "GET",
    path: "/v1.0/me",
    handle: () =>
        refuse("InvalidRequestContent", {
            message: "/me request is only valid with delegated authentication flow.",
            values: [{ key: "code", value: "BadRequest" }],
        }),
};

/** Who is behind an object id, as those ask who list role assignments. */
const getByIds: GraphOperation = {
    id: "directoryObjects_getByIds",
    method: "POST",
    path: "/v1.0/directoryObjects/getByIds",
    body: "any",
    handle(call, services) {
        const { ids } = bodyOf(call);
        if (!Array.isArray(ids)) return badRequest("Property 'ids' is required and must be a list.");
        const wanted = new Set(ids.map(String));
        const typed =
            (type: string) =>
            (item: JsonObject): JsonObject => ({
                "@odata.type": `#microsoft.graph.${type}`,
                ...item,
            });
        const known = [
            ...all(services.store, "applications").map(shown).map(typed("application")),
            ...[...all(services.store, "servicePrincipals").map(shown), ...givenPrincipals(services)].map(
                typed("servicePrincipal"),
            ),
        ];
        const value = known.filter((item) => wanted.has(String(item["id"])));
        return {
            status: 200,
            body: { "@odata.context": `${call.origin}/v1.0/$metadata#directoryObjects`, value },
        };
    },
};

export const otherOperations: readonly GraphOperation[] = [me, getByIds];
