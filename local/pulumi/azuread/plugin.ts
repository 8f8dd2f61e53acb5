// The stand-in for the azuread plugin: objects of Microsoft Graph at the cloud's own Graph endpoint.
import { claimsOf, Cloud, readSettings } from "../azure/cloud";
import { expect, HttpClient, type Reply, type Request } from "../azure/http";
import { diffInputs, driftedInputs } from "../protocol/diff";
import type { CheckFailure, Diff, Limits, Plugin, ResourceRef, State } from "../protocol/plugin";
import { isObject, type Properties } from "../protocol/values";
import { graphRows, type GraphRow } from "./types";

type Before = { inputs: Properties; outputs: Properties };

export class AzureAdPlugin implements Plugin {
    readonly name = "azuread";
    readonly notice =
        "this is Batch Local's stand-in for the azuread plugin (the real one is not installed): " +
        "it speaks Microsoft Graph for the resource types that it knows";
    private cloudNow: Cloud | undefined;

    configure(config: Properties): void {
        this.cloudNow = new Cloud(readSettings(config), new HttpClient());
    }

    private get cloud(): Cloud {
        if (!this.cloudNow) throw new Error("azuread is not configured");
        return this.cloudNow;
    }

    check(
        resource: ResourceRef,
        news: Properties,
    ): Promise<{ inputs: Properties; failures: CheckFailure[] }> {
        const missing = rowOf(resource.type).required.filter((name) => news[name] === undefined);
        const failures = missing.map((property) => ({
            property,
            reason: `missing required property '${property}'`,
        }));
        return Promise.resolve({ inputs: news, failures });
    }

    diff(resource: ResourceRef, state: Before, news: Properties): Diff {
        const replaceOn = new Set(rowOf(resource.type).replaceOn ?? []);
        return { changes: diffInputs(state.inputs, news, { replaceOn }), deleteBeforeReplace: false };
    }

    preview(_resource: ResourceRef, inputs: Properties, old: Properties | undefined): Properties {
        return { ...old, ...inputs };
    }

    async create(resource: ResourceRef, inputs: Properties, { signal }: Limits): Promise<State> {
        const row = rowOf(resource.type);
        const place = placeOf(row, inputs);
        const sent = toGraph(row, inputs);
        const { actions } = row;
        const reply = actions
            ? await this.send("POST", `${place}/${actions.add}`, signal, { [actions.entry]: sent })
            : await this.send("POST", place, signal, sent);
        const body = expect(reply, at("POST", place), [200, 201]).body;
        return stateFrom(row, inputs, isObject(body) ? body : {});
    }

    async read(
        resource: ResourceRef,
        id: string,
        before: Before,
        { signal }: Limits,
    ): Promise<(State & { inputs: Properties }) | undefined> {
        const row = rowOf(resource.type);
        const place = row.actions ? placeOf(row, before.inputs) : placeOfId(row, id, before.inputs);
        const reply = await this.send("GET", place, signal);
        if (reply.status === 404) return undefined;
        const body = expect(reply, at("GET", place), [200]).body;
        const found = row.actions ? entryOf(row.actions, body, before.outputs) : body;
        if (!isObject(found)) return undefined;
        const state = stateFrom(row, before.inputs, found);
        // Graph tells a secret once, when it is made
        const kept = Object.fromEntries((row.secrets ?? []).map((name) => [name, before.outputs[name]]));
        const outputs = { ...state.outputs, ...kept };
        return { ...state, outputs, inputs: driftedInputs(before.inputs, before.outputs, outputs) };
    }

    async update(
        resource: ResourceRef,
        id: string,
        before: Before,
        news: Properties,
        limits: Limits,
    ): Promise<State> {
        const row = rowOf(resource.type);
        const place = placeOfId(row, id, news);
        const cleared = Object.keys(before.inputs).filter((name) => news[name] === undefined);
        const sent = toGraph(row, { ...Object.fromEntries(cleared.map((name) => [name, null])), ...news });
        expect(await this.send("PATCH", place, limits.signal, sent), at("PATCH", place), [200, 204]);
        const state = await this.read(resource, id, { inputs: news, outputs: before.outputs }, limits);
        if (!state) throw new Error(`${id} is gone`);
        return state;
    }

    async delete(resource: ResourceRef, id: string, before: Before, { signal }: Limits): Promise<void> {
        const row = rowOf(resource.type);
        const { actions } = row;
        const place = actions
            ? `${placeOf(row, before.inputs)}/${actions.remove}`
            : placeOfId(row, id, before.inputs);
        const method = actions ? "POST" : "DELETE";
        const body = actions ? { [actions.key]: before.outputs[actions.key] } : undefined;
        const reply = await this.send(method, place, signal, body);
        if (reply.status !== 404) expect(reply, at(method, place), [200, 204]);
    }

    async invoke(token: string, _args: Properties, { signal }: Limits): Promise<Properties> {
        if (token !== "azuread:index/getClientConfig:getClientConfig") {
            throw new Error(
                `the stand-in for azuread does not know the function ${token}. Install the real plugin for it.`,
            );
        }
        const { microsoftGraphResourceId } = await this.cloud.metadata(signal);
        const claims = claimsOf(await this.cloud.token(trimmed(microsoftGraphResourceId), signal));
        const { clientId, tenantId } = this.cloud.settings;
        return {
            id: `${tenantId ?? String(claims.tid)}-${clientId ?? String(claims.appid)}`,
            clientId: clientId ?? claims.appid,
            objectId: claims.oid,
            tenantId: tenantId ?? claims.tid,
        };
    }

    private async send(
        method: Request["method"],
        place: string,
        signal: AbortSignal,
        body?: unknown,
    ): Promise<Reply> {
        const { microsoftGraphResourceId } = await this.cloud.metadata(signal);
        if (!microsoftGraphResourceId)
            throw new Error("the metadata of this cloud names no microsoftGraphResourceId");
        const graph = trimmed(microsoftGraphResourceId);
        const token = await this.cloud.token(graph, signal);
        const headers = { Authorization: `Bearer ${token}` };
        return this.cloud.http.send({ method, url: new URL(`${graph}/v1.0${place}`), headers, body, signal });
    }
}

function rowOf(type: string): GraphRow {
    const row = graphRows[type.split(":").at(-1) ?? ""];
    if (row) return row;
    throw new Error(
        `the stand-in for azuread does not know ${type}. It knows ${Object.keys(graphRows).join(", ")}. ` +
            "Install the real plugin for others.",
    );
}

function placeOf(row: GraphRow, inputs: Properties): string {
    return row.collection.replace(/\{(\w+)\}/g, (_, name: string) => String(inputs[name]));
}

function placeOfId(row: GraphRow, id: string, inputs: Properties): string {
    return row.id ? id : `${placeOf(row, inputs)}/${id.split("/").at(-1) ?? id}`;
}

function toGraph(row: GraphRow, inputs: Properties): Properties {
    const body: Properties = {};
    for (const [name, graph] of Object.entries(row.properties)) {
        if (inputs[name] === undefined) continue;
        const [outer = graph, inner] = graph.split(".");
        body[outer] = inner === undefined ? inputs[name] : { [inner]: inputs[name] };
    }
    return body;
}

function stateFrom(row: GraphRow, inputs: Properties, body: Properties): State {
    const outputs: Properties = { ...inputs };
    for (const [name, graph] of Object.entries({ ...row.properties, ...row.outputs })) {
        const [outer = graph, inner] = graph.split(".");
        const value = body[outer];
        const found = inner === undefined ? value : isObject(value) ? value[inner] : undefined;
        if (found !== undefined && found !== null) outputs[name] = found;
    }
    const key = String(body[row.actions?.key ?? "id"]);
    const id = row.id?.replace("{id}", key) ?? `${placeOf(row, inputs)}/${key}`;
    return { id, outputs, secrets: [...(row.secrets ?? [])] };
}

function entryOf(actions: { list: string; key: string }, body: unknown, outputs: Properties): unknown {
    const list = isObject(body) ? body[actions.list] : undefined;
    const entries = Array.isArray(list) ? (list as unknown[]) : [];
    return entries.find((entry) => isObject(entry) && entry[actions.key] === outputs[actions.key]);
}

function at(method: string, place: string): { method: string; url: URL } {
    return { method, url: new URL(place, "https://graph") };
}

function trimmed(url: string): string {
    return url.replace(/\/+$/, "");
}
