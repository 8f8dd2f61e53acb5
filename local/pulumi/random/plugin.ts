// The stand-in for the random plugin: what is drawn once stays until an input changes; nothing is asked of anyone.
import { diffInputs } from "../protocol/diff";
import type { CheckFailure, Diff, Plugin, ResourceRef, State } from "../protocol/plugin";
import type { Properties } from "../protocol/values";
import { randomRows, type RandomRow } from "./types";

export class RandomPlugin implements Plugin {
    readonly name = "random";
    readonly notice = "this is Batch Local's stand-in for the random plugin (the real one is not installed)";

    configure(): void {
        // it has no settings
    }

    check(
        resource: ResourceRef,
        news: Properties,
    ): Promise<{ inputs: Properties; failures: CheckFailure[] }> {
        const row = rowOf(resource.type);
        const inputs = { ...row.defaults, ...news };
        const missing = (row.required ?? []).filter((name) => inputs[name] === undefined);
        const failures = missing.map((property) => ({
            property,
            reason: `missing required property '${property}'`,
        }));
        return Promise.resolve({ inputs, failures });
    }

    diff(resource: ResourceRef, state: { inputs: Properties }, news: Properties): Diff {
        rowOf(resource.type);
        // every input of these types draws anew
        const replaceOn = new Set([...Object.keys(state.inputs), ...Object.keys(news)]);
        return { changes: diffInputs(state.inputs, news, { replaceOn }), deleteBeforeReplace: false };
    }

    preview(_resource: ResourceRef, inputs: Properties, old: Properties | undefined): Properties {
        return { ...old, ...inputs };
    }

    create(resource: ResourceRef, inputs: Properties): Promise<State> {
        const row = rowOf(resource.type);
        const { id, outputs } = row.draw(inputs);
        return Promise.resolve({ id, outputs: { ...inputs, ...outputs }, secrets: [...(row.secrets ?? [])] });
    }

    read(
        resource: ResourceRef,
        id: string,
        state: { inputs: Properties; outputs: Properties },
    ): Promise<State & { inputs: Properties }> {
        const { secrets } = rowOf(resource.type);
        return Promise.resolve({
            id,
            outputs: state.outputs,
            inputs: state.inputs,
            secrets: [...(secrets ?? [])],
        });
    }

    update(
        resource: ResourceRef,
        id: string,
        state: { outputs: Properties },
        news: Properties,
    ): Promise<State> {
        const { secrets } = rowOf(resource.type);
        return Promise.resolve({ id, outputs: { ...state.outputs, ...news }, secrets: [...(secrets ?? [])] });
    }

    delete(): Promise<void> {
        return Promise.resolve();
    }

    invoke(token: string): Promise<Properties> {
        return Promise.reject(new Error(`random has no function ${token}`));
    }
}

function rowOf(type: string): RandomRow {
    const row = randomRows[type.split(":").at(-1) ?? ""];
    if (row) return row;
    throw new Error(
        `the stand-in for random does not know ${type}. It knows ${Object.keys(randomRows).join(", ")}. ` +
            "Install the real plugin for others.",
    );
}
