// The resource manager's endpoint: absolute URLs, api-versions, tokens.
import type { Cloud } from "../azure/cloud";
import { expect, type Reply, type Request } from "../azure/http";

const USER_AGENT = "batchlocal-stand-in-for-azure-native";

export class Arm {
    constructor(private readonly cloud: Cloud) {}

    /** @param place a path or an absolute URL; the api-version is added where there is none */
    async send(
        method: Request["method"],
        place: string,
        version: string,
        signal: AbortSignal,
        body?: unknown,
    ): Promise<Reply> {
        const { endpoint, audience } = await this.cloud.resourceManager(signal);
        const url = new URL(place, `${endpoint}/`);
        if (url.origin !== new URL(endpoint).origin) {
            // a token must not go to whom an answer names
            throw new Error(`${url.origin} is not the resource manager (${endpoint}): not followed`);
        }
        if (!url.searchParams.has("api-version")) url.searchParams.set("api-version", version);
        const token = await this.cloud.token(audience, signal);
        const headers = { Authorization: `Bearer ${token}`, "User-Agent": USER_AGENT };
        return this.cloud.http.send({ method, url, headers, body, signal });
    }

    /** @returns the body, or undefined when there is no such resource */
    async find(place: string, version: string, signal: AbortSignal): Promise<unknown> {
        const reply = await this.send("GET", place, version, signal);
        if (reply.status === 404 || reply.status === 204) return undefined;
        return expect(reply, { method: "GET", url: new URL(place, "https://resource.manager") }, [200]).body;
    }
}
