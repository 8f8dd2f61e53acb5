// The stand-in for the azure-native plugin: the real one's calls, driven by the table of resource types.
import { Cloud, readSettings } from "../azure/cloud";
import { expect, HttpClient, type Reply } from "../azure/http";
import { diffInputs, driftedInputs } from "../protocol/diff";
import {
    PartialState,
    type Autonaming,
    type CheckFailure,
    type Diff,
    type Limits,
    type Plugin,
    type ResourceRef,
    type State,
} from "../protocol/plugin";
import { hasUnknown, isObject, UNKNOWN, without, type Properties } from "../protocol/values";
import { Arm } from "./arm";
import { invokeFunction } from "./functions";
import { expandPath, fillNames, isMadeUp, nameInput, parseId, pathInputs } from "./naming";
import { settle } from "./polling";
import { fromWire, identityToInput, toWire } from "./shape";
import { resourceRows, type ResourceRow } from "./types";

type Before = { inputs: Properties; outputs: Properties };

export class AzureNativePlugin implements Plugin {
    readonly name = "azure-native";
    readonly notice =
        "this is Batch Local's stand-in for the azure-native plugin (the real one is not installed): " +
        "it makes the same ARM requests for the resource types that it knows";
    private cloudNow: Cloud | undefined;
    private readonly locations = new Map<string, Promise<unknown>>();

    configure(config: Properties): void {
        this.cloudNow = new Cloud(readSettings(config), new HttpClient());
    }

    private get cloud(): Cloud {
        if (!this.cloudNow) throw new Error("azure-native is not configured");
        return this.cloudNow;
    }

    private get arm(): Arm {
        return new Arm(this.cloud);
    }

    async check(
        resource: ResourceRef,
        news: Properties,
        old: Properties,
        autonaming: Autonaming | undefined,
        limits: Limits,
    ): Promise<{ inputs: Properties; failures: CheckFailure[] }> {
        const row = rowOf(resource.type);
        const inputs = { ...news };
        const failures = fillNames(row, resource.name, inputs, old, autonaming);
        if (row.located !== false && inputs.location === undefined) {
            const location = await this.defaultLocation(row, inputs, limits);
            if (location !== undefined) inputs.location = location;
        }
        for (const input of pathInputs(row.path)) {
            if (inputs[input] === undefined && !failures.some(({ property }) => property === input)) {
                failures.push({ property: input, reason: `missing required property '${input}'` });
            }
        }
        return { inputs, failures };
    }

    /** The setting, else that of the resource group, as far as it can be read. */
    private async defaultLocation(
        row: ResourceRow,
        inputs: Properties,
        { signal }: Limits,
    ): Promise<unknown> {
        if (this.cloud.settings.location) return this.cloud.settings.location;
        const group = inputs.resourceGroupName;
        if (typeof group !== "string" || nameInput(row.path) === "resourceGroupName") return undefined;
        if (hasUnknown(group)) return UNKNOWN;
        const known = this.locations.get(group.toLowerCase());
        if (known) return known;
        const found = this.locationOf(inputs, signal).catch(() => undefined); // the PUT tells what is wrong
        this.locations.set(group.toLowerCase(), found);
        const location = await found;
        if (location === undefined) this.locations.delete(group.toLowerCase());
        return location;
    }

    private async locationOf(inputs: Properties, signal: AbortSignal): Promise<unknown> {
        const place = expandPath(GROUP_PATH, inputs, () => this.cloud.subscriptionId());
        const body = await this.arm.find(place, "2020-10-01", signal);
        return isObject(body) ? body.location : undefined;
    }

    diff(resource: ResourceRef, state: Before, news: Properties): Diff {
        const row = rowOf(resource.type);
        const changes = diffInputs(state.inputs, news, {
            replaceOn: new Set([...pathInputs(row.path), ...(row.replaceOn ?? [])]),
            same: (key, old, value) =>
                isSame(key, old, value) || isWhatItIs(row, key, old, value, state.outputs),
        });
        return { changes, deleteBeforeReplace: !isMadeUp(row, resource.name, state.inputs) };
    }

    preview(resource: ResourceRef, inputs: Properties, old: Properties | undefined): Properties {
        const row = rowOf(resource.type);
        return { ...old, ...without(inputs, pathInputs(row.path)), azureApiVersion: row.version };
    }

    async create(resource: ResourceRef, inputs: Properties, limits: Limits): Promise<State> {
        const row = rowOf(resource.type);
        const place = this.placeOf(row, inputs);
        const existing = await this.arm.find(place, row.version, limits.signal);
        if (existing !== undefined && !row.singleton) {
            throw new Error(`cannot create already existing resource '${place}'`);
        }
        return this.write(row, place, "PUT", this.bodyOf(row, inputs), limits);
    }

    async read(
        resource: ResourceRef,
        id: string,
        before: Before,
        limits: Limits,
    ): Promise<(State & { inputs: Properties }) | undefined> {
        const row = rowOf(resource.type);
        const body = await this.arm.find(id, row.version, limits.signal);
        if (body === undefined) return undefined;
        const state = stateFrom(row, id, body);
        if (Object.keys(before.inputs).length === 0) return { ...state, inputs: parseId(row.path, id) ?? {} };
        const old = withInputIdentity(before.outputs);
        return { ...state, inputs: driftedInputs(before.inputs, old, withInputIdentity(state.outputs)) };
    }

    async update(
        resource: ResourceRef,
        id: string,
        before: Before,
        news: Properties,
        limits: Limits,
    ): Promise<State> {
        const row = rowOf(resource.type);
        const body = this.bodyOf(row, news);
        const unset = (row.keep ?? []).filter((member) => news[member] === undefined);
        if (unset.length > 0) {
            const current = await this.arm.find(id, row.version, limits.signal);
            keepLists(row, body, isObject(current) ? current : {}, unset);
        }
        const dropped = droppedIdentities(before.inputs.identity, news.identity);
        for (const identity of dropped) setIn(body, ["identity", "userAssignedIdentities", identity], null);
        return this.write(row, id, dropped.length > 0 ? "PATCH" : "PUT", body, limits);
    }

    async delete(resource: ResourceRef, id: string, _before: Before, limits: Limits): Promise<void> {
        const row = rowOf(resource.type);
        if (row.singleton) {
            await this.write(row, id, "PUT", row.singleton, limits);
            return;
        }
        const reply = await this.arm.send("DELETE", id, row.version, limits.signal);
        if (reply.status === 404) return;
        expect(reply, at("DELETE", id), [200, 202, 204]);
        if (row.longDelete) await this.settle(row, reply, "delete", id, limits);
    }

    invoke(token: string, args: Properties, limits: Limits): Promise<Properties> {
        return invokeFunction(token, args, this.cloud, this.arm, limits);
    }

    private placeOf(row: ResourceRow, inputs: Properties): string {
        return expandPath(row.path, inputs, () => this.cloud.subscriptionId());
    }

    private bodyOf(row: ResourceRow, inputs: Properties): Properties {
        return toWire(row, without(inputs, pathInputs(row.path)));
    }

    private async write(
        row: ResourceRow,
        place: string,
        method: "PUT" | "PATCH",
        body: unknown,
        limits: Limits,
    ): Promise<State> {
        const reply = await this.arm.send(method, place, row.version, limits.signal, body);
        expect(reply, at(method, place), [200, 201, 202]);
        let result: unknown;
        try {
            result = await this.settle(row, reply, "write", place, limits);
        } catch (error) {
            throw await this.partial(row, place, error);
        }
        const id = idOf(result) ?? place;
        // read after write: the answer of a PUT may lack what the service fills in; not being able to read is no failure
        const current = await this.arm.find(id, row.version, limits.signal).catch(() => undefined);
        return stateFrom(row, id, current ?? result);
    }

    /** What was accepted stays in the state even when it did not come up; how it is now is read without the old limits. */
    private async partial(row: ResourceRow, place: string, error: unknown): Promise<unknown> {
        const body = await this.arm
            .find(place, row.version, AbortSignal.timeout(30_000))
            .catch(() => undefined);
        if (body === undefined) return error;
        const message = error instanceof Error ? error.message : String(error);
        return new PartialState(message, stateFrom(row, idOf(body) ?? place, body));
    }

    private settle(
        row: ResourceRow,
        reply: Reply,
        kind: "write" | "delete",
        place: string,
        { signal }: Limits,
    ): Promise<unknown> {
        return settle(reply, kind, {
            resource: place,
            signal,
            get: (url) => this.arm.send("GET", url, row.version, signal),
        });
    }
}

const GROUP_PATH = "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}";

/** @throws Error with what is known, when the table has no such row */
export function rowOf(type: string): ResourceRow {
    const row = resourceRows[type.replace(/^azure-native:/, "")];
    if (row) return row;
    throw new Error(
        `the stand-in for azure-native does not know ${type}. It knows ${Object.keys(resourceRows).join(", ")}. ` +
            "Install the real plugin for others.",
    );
}

function stateFrom(row: ResourceRow, id: string, body: unknown): State {
    const outputs = fromWire(row, isObject(body) ? body : {});
    delete outputs.id;
    return { id, outputs: { ...outputs, azureApiVersion: row.version } };
}

function idOf(body: unknown): string | undefined {
    return isObject(body) && typeof body.id === "string" ? body.id : undefined;
}

function at(method: string, place: string): { method: string; url: URL } {
    return { method, url: new URL(place, "https://resource.manager") };
}

function isSame(key: string, old: unknown, value: unknown): boolean {
    if (typeof old !== "string" || typeof value !== "string") return false;
    if (key === "location") return plainLocation(old) === plainLocation(value);
    return key === "resourceGroupName" && old.toLowerCase() === value.toLowerCase();
}

function plainLocation(location: string): string {
    return location.replace(/\s/g, "").toLowerCase();
}

/** Saying what the service chose already is no reason to replace. */
function isWhatItIs(
    row: ResourceRow,
    key: string,
    old: unknown,
    value: unknown,
    outputs: Properties,
): boolean {
    if (old !== undefined || value === undefined || !row.replaceOn?.includes(key)) return false;
    return isSame(key, outputs[key], value) || JSON.stringify(outputs[key]) === JSON.stringify(value);
}

function withInputIdentity(outputs: Properties): Properties {
    return "identity" in outputs ? { ...outputs, identity: identityToInput(outputs.identity) } : outputs;
}

function identitiesOf(identity: unknown): string[] {
    const ids = isObject(identity) ? identity.userAssignedIdentities : undefined;
    return Array.isArray(ids) ? ids.map(String) : [];
}

function droppedIdentities(old: unknown, now: unknown): string[] {
    const kept = new Set(identitiesOf(now).map((id) => id.toLowerCase()));
    // without user-assigned identities of its own the type "None" or "SystemAssigned" says it all
    return kept.size === 0 ? [] : identitiesOf(old).filter((id) => !kept.has(id.toLowerCase()));
}

function keepLists(row: ResourceRow, body: Properties, current: Properties, members: string[]): void {
    const inner = row.flattened === false ? current : current.properties;
    for (const member of members) {
        const value = isObject(inner) ? inner[member] : undefined;
        if (value !== undefined)
            setIn(body, row.flattened === false ? [member] : ["properties", member], value);
    }
}

function setIn(target: Properties, path: string[], value: unknown): void {
    let place = target;
    for (const key of path.slice(0, -1)) {
        const next = place[key];
        place = place[key] = isObject(next) ? next : {};
    }
    place[path.at(-1) ?? ""] = value;
}
