// The functions of the provider: reading any known resource, the actions of the table, and who we are.
import { claimsOf, type Cloud } from "../azure/cloud";
import { expect } from "../azure/http";
import type { Limits } from "../protocol/plugin";
import { isObject, without, type Properties } from "../protocol/values";
import type { Arm } from "./arm";
import { expandPath, pathInputs } from "./naming";
import { fromWire } from "./shape";
import { actionRows, resourceRows } from "./types";

export async function invokeFunction(
    token: string,
    args: Properties,
    cloud: Cloud,
    arm: Arm,
    limits: Limits,
): Promise<Properties> {
    const name = token.replace(/^azure-native:/, "");
    if (name === "authorization:getClientConfig") return clientConfig(cloud, limits);
    if (name === "authorization:getClientToken") return clientToken(args, cloud, limits);
    const action = actionRows[name];
    if (action) {
        const place = expandPath(action.path, args, () => cloud.subscriptionId());
        const body = without(args, ["expand", ...pathInputs(action.path)]);
        const query = typeof args.expand === "string" ? `?$expand=${encodeURIComponent(args.expand)}` : "";
        const content = action.method === "POST" && Object.keys(body).length > 0 ? body : undefined;
        const reply = await arm.send(action.method, place + query, action.version, limits.signal, content);
        const answer = expect(
            reply,
            { method: action.method, url: new URL(place, "https://resource.manager") },
            [200],
        );
        return isObject(answer.body) ? answer.body : {};
    }
    const row = resourceRows[name.replace(":get", ":")];
    if (!row || !name.includes(":get")) {
        throw new Error(
            `the stand-in for azure-native does not know the function ${token}. Install the real plugin for it.`,
        );
    }
    const place = expandPath(row.path, { ...row.fixed, ...args }, () => cloud.subscriptionId());
    const body = await arm.find(place, row.version, limits.signal);
    if (!isObject(body)) throw new Error(`GET ${place}: Status=404 Code="ResourceNotFound"`);
    return { ...fromWire(row, body), azureApiVersion: row.version };
}

async function clientConfig(cloud: Cloud, { signal }: Limits): Promise<Properties> {
    const { audience } = await cloud.resourceManager(signal);
    const claims = claimsOf(await cloud.token(audience, signal));
    return {
        clientId: cloud.settings.clientId ?? claims.appid ?? "",
        objectId: claims.oid ?? "",
        subscriptionId: cloud.subscriptionId(),
        tenantId: cloud.settings.tenantId ?? claims.tid ?? "",
    };
}

async function clientToken(args: Properties, cloud: Cloud, { signal }: Limits): Promise<Properties> {
    const { audience } = await cloud.resourceManager(signal);
    const endpoint = typeof args.endpoint === "string" && args.endpoint !== "" ? args.endpoint : audience;
    return { token: await cloud.token(endpoint, signal) };
}
