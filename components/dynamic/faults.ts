import type {
    BatchTaskContainerSettings,
    EnvironmentSetting,
    OutputFile,
    ResourceFile,
    UserIdentity,
} from "../../client";
import { ID_PATTERN, limits } from "../../catalog";
import { seconds } from "../durations";
import { isOutputText, kindOf } from "../taskShape";
import { items, known } from "./known";
import type { Unsure } from "./known";

/** Something that the service would refuse: where, what was given, and what is allowed. The engine shows it as it is. */
export interface Fault {
    readonly property: string;
    readonly reason: string;
}

/** An optional input. */
export type Maybe<T> = Unsure<T> | undefined;

/** Collects faults of one body; every value is read through `known`, so that nothing is said of what is still to come. */
export class Faults {
    readonly found: Fault[] = [];

    add(property: string, reason: string): void {
        this.found.push({ property, reason });
    }

    id(property: string, value: Maybe<string>): void {
        const id = known(value);
        if (id !== undefined && !ID_PATTERN.test(id))
            this.add(
                property,
                `'${String(id).slice(0, 80)}' is not an id: use 1 to ${limits.idLength.value} letters, digits, hyphens and underscores`,
            );
    }

    displayName(property: string, value: Maybe<string>): void {
        const length = known(value)?.length ?? 0;
        if (length > limits.displayNameLength.value)
            this.add(
                property,
                `${length} characters are too many: it can have ${limits.displayNameLength.value}`,
            );
    }

    text(property: string, value: Maybe<string>, what = "it"): void {
        const text: unknown = known(value);
        if (text === undefined) return;
        if (typeof text !== "string") this.add(property, `${what} is ${kindOf(text)}: give a text`);
        else if (text.trim() === "") this.add(property, `${what} is empty: give one`);
        else if (isOutputText(text)) this.add(property, `${what} ${OUTPUT_TEXT}`);
    }

    /** A text that must be there. */
    needed(property: string, value: Maybe<string>, what: string): void {
        if (value === undefined) this.add(property, `${what} is missing: give one`);
        else this.text(property, value, what);
    }

    whole(property: string, value: Maybe<number>, min: number, max = Infinity): void {
        const number = known(value);
        if (number === undefined || (Number.isInteger(number) && number >= min && number <= max)) return;
        const range = max === Infinity ? `${min} and above` : `${min} to ${max}`;
        this.add(property, `${number} is out of range: it can be a whole number, ${range}`);
    }

    /** @param range in seconds */
    duration(property: string, value: Maybe<string>, range: { above?: number; max?: number } = {}): void {
        const text = known(value);
        if (text === undefined) return;
        const length = seconds(text);
        const { above, max = Infinity } = range;
        if (length === undefined) this.add(property, `'${text}' is not a duration: write 'PT30M'`);
        else if (above !== undefined && length <= above)
            this.add(property, `'${text}' is too short: it must be above ${above} s`);
        else if (length > max) this.add(property, `'${text}' is too long: it can be ${max} s`);
    }

    /** -1 stands for no limit. */
    retries(property: string, value: Maybe<number>): void {
        this.whole(property, value, -1);
    }

    /** A range whose ends are whole numbers in order. */
    range(property: string, range: Unsure<{ start: number; end: number }>, min: number): void {
        const [start, end] = [known(range.start), known(range.end)];
        this.whole(`${property}.start`, range.start, min);
        this.whole(`${property}.end`, range.end, min);
        if (start !== undefined && end !== undefined && start > end)
            this.add(property, `${start} to ${end} is no range: its start is above its end`);
    }
}

const OUTPUT_TEXT =
    "has an Output in a text of its own, which gives no value: write pulumi.interpolate`...` for the text";

/** What every kind of task has. */
export interface TaskPart {
    readonly commandLine: string;
    readonly resourceFiles?: ResourceFile[];
    readonly outputFiles?: OutputFile[];
    readonly environmentSettings?: EnvironmentSetting[];
    readonly userIdentity?: UserIdentity;
    readonly containerSettings?: BatchTaskContainerSettings;
    readonly constraints?: { maxWallClockTime?: string; retentionTime?: string; maxTaskRetryCount?: number };
}

const SOURCES = ["httpUrl", "storageContainerUrl", "autoStorageContainerName"] as const;

/** Checks what every kind of task has: commands, files, environment, user, container, limits. */
export function checkTaskPart(task: Unsure<TaskPart>, path: string, faults: Faults): void {
    // A task that is not known at all arrives as a text.
    if (typeof (task as unknown) === "object")
        faults.needed(`${path}commandLine`, task.commandLine, "the command line");
    checkConstraints(task.constraints, `${path}constraints.`, faults);
    items(task.resourceFiles).forEach((file, index) => {
        const given = SOURCES.filter((name) => file[name] !== undefined);
        if (given.length !== 1 && known(file) !== undefined)
            faults.add(
                `${path}resourceFiles[${index}]`,
                `it has ${given.length === 0 ? "no source" : given.join(" and ")}: give one of ${SOURCES.join(", ")}`,
            );
    });
    items(task.outputFiles).forEach((file, index) =>
        faults.text(`${path}outputFiles[${index}].filePattern`, file.filePattern, "the pattern"),
    );
    const seen = new Set<string>();
    items(task.environmentSettings).forEach((setting, index) => {
        const name = known(setting.name);
        if (name === undefined) return;
        const property = `${path}environmentSettings[${index}].name`;
        if (name === "" || name.includes("="))
            faults.add(property, `'${name}' is not the name of a variable`);
        if (seen.has(name)) faults.add(property, `'${name}' is set twice`);
        seen.add(name);
        const value: unknown = known(setting.value);
        if (value !== undefined && typeof value !== "string")
            faults.add(property, `'${name}' is ${kindOf(value)}: give a text`);
        else if (isOutputText(value)) faults.add(property, `'${name}' ${OUTPUT_TEXT}`);
    });
    if (known(task.userIdentity?.username) !== undefined && known(task.userIdentity?.autoUser) !== undefined)
        faults.add(`${path}userIdentity`, "give either username or autoUser, not both");
    faults.text(`${path}containerSettings.imageName`, task.containerSettings?.imageName, "the image");
}

/** Limits of a task. */
export function checkConstraints(
    constraints: Maybe<NonNullable<TaskPart["constraints"]>>,
    path: string,
    faults: Faults,
): void {
    faults.duration(`${path}maxWallClockTime`, constraints?.maxWallClockTime, { above: 0 });
    faults.duration(`${path}retentionTime`, constraints?.retentionTime);
    faults.retries(`${path}maxTaskRetryCount`, constraints?.maxTaskRetryCount);
}
