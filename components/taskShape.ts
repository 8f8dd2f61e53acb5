import { isEventual } from "./diagnostics";
import type { TaskArgs } from "./taskCollection";

// A program in JavaScript and a file of JSON Lines have no compiler that sees these; most would be left out without a word.

type Look = (value: unknown, add: (inner: string, reason: string) => void) => void;

/** True for an object that is no list. */
export const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
    typeof value === "object" && value !== null && !Array.isArray(value);

/** What a value is, for messages. */
export function kindOf(value: unknown): string {
    if (value === null || value === undefined) return String(value);
    if (Array.isArray(value)) return "a list";
    if (isEventual(value)) return "an Output";
    if (typeof value === "string") return `the text '${value.slice(0, 80)}'`;
    return typeof value === "object" ? "an object" : `the ${typeof value} ${String(value)}`;
}

/** An object with no other properties than these. */
const record = (names: readonly string[], example: string): Look => {
    return (value, add) => {
        if (!isRecord(value)) {
            add("", `it is ${kindOf(value)}: write ${example}`);
            return;
        }
        for (const name of Object.keys(value))
            if (!names.includes(name)) add("", `it has no '${name}', only ${names.join(", ")}`);
    };
};

const dependencies: Look = (value, add) => {
    record(["taskIds", "ranges"], 'dependsOn: { taskIds: ["first"] }')(value, add);
    if (!isRecord(value)) return;
    for (const name of ["taskIds", "ranges"])
        if (value[name] !== undefined && !Array.isArray(value[name]))
            add(`.${name}`, `it is ${kindOf(value[name])}: give a list`);
    const { taskIds } = value;
    const odd = Array.isArray(taskIds) && taskIds.find((id) => typeof id !== "string" || isOutputText(id));
    if (odd !== undefined && odd !== false) add(".taskIds", notAnId(odd));
};

/** A list of value objects. */
const valueObjects = (made: string): Look => {
    return (value, add) => {
        if (!Array.isArray(value)) add("", `it is ${kindOf(value)}: give a list`);
        else
            value.forEach((item, index) => {
                if (!isRecord(item) || !isRecord(item["body"]))
                    add(`[${index}]`, `it is ${kindOf(item)}, not a value of ${made}`);
            });
    };
};

const looks: {
    readonly [name in keyof TaskArgs | "environmentSettings" | "userIdentity"]: Look | undefined;
} = {
    id: undefined,
    commandLine: undefined,
    displayName: undefined,
    resourceFiles: valueObjects("ResourceFile; make it by ResourceFile.fromUrl, .fromBlob or .of"),
    outputFiles: valueObjects("OutputFile; make it by OutputFile.toContainer or .of"),
    environment: (value, add) => {
        if (!isRecord(value)) add("", `it is ${kindOf(value)}: write environment: { NAME: "value" }`);
    },
    user: (value, add) => {
        if (!isRecord(value) || !isRecord(value["body"]))
            add("", `it is ${kindOf(value)}, not a value of UserIdentity: make it by one of its functions`);
    },
    constraints: record(
        ["maxWallClockTime", "retentionTime", "maxRetries"],
        'constraints: { maxWallClockTime: "10m" }',
    ),
    requiredSlots: undefined,
    dependsOn: dependencies,
    exitConditions: undefined,
    containerSettings: undefined,
    affinityInfo: undefined,
    multiInstanceSettings: undefined,
    applicationPackageReferences: undefined,
    // In the service's own words.
    environmentSettings: (value, add) => {
        if (!Array.isArray(value)) add("", `it is ${kindOf(value)}: give a list of names and values`);
    },
    userIdentity: undefined,
};

/** Every property that a task may have. */
export const taskProperties: readonly string[] = Object.keys(looks);

/**
 * Says what of a task is no task's at all, or of another kind than it must be.
 * @param add is given the path within the task, such as `.dependsOn`
 */
export function checkShape(task: object, add: (path: string, reason: string) => void): void {
    for (const name in task) {
        const value: unknown = (task as Readonly<Record<string, unknown>>)[name];
        if (!(name in looks)) {
            const all = taskProperties.join(", ");
            add("", `'${name}' is not a property of a task; there are ${all}`);
            continue;
        }
        const look = looks[name as keyof typeof looks];
        if (look === undefined || value === undefined || isEventual(value)) continue;
        look(value, (inner, reason) => add(`.${name}${inner}`, reason));
    }
}

/** True for the words into which an Output turns where a text is made of it. */
export const isOutputText = (text: unknown): boolean =>
    typeof text === "string" && text.includes("on an [Output<T>] is not supported");

/** Why something is no id. */
export function notAnId(id: unknown): string {
    if (isOutputText(id) || isEventual(id))
        return "it is made of an Output, and ids must be known at once: make the whole list of the Output, as in `tasks: output.apply((value) => [{ id: value, ... }])`";
    return `it is ${kindOf(id)}, not an id: ids are texts`;
}
