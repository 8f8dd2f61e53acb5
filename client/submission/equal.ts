import type { BatchTask, BatchTaskConstraints, BatchTaskCreateOptions } from "../models";
import { isLinkOf } from "../sas";

/** Properties that the service takes and never gives back. */
const writeOnly = new Set(["password", "accountKey", "sasKey", "sshPrivateKey"]);

/**
 * True when a task of the service is the one that was sent: everything that was sent is there and alike. The service adds
 * defaults of its own, which do not count; nor do signatures of SAS links, which are new with every submission.
 */
export function sameTask(sent: unknown, found: unknown): boolean {
    if (Array.isArray(sent)) {
        if (sent.length === 0 && found === undefined) return true;
        return (
            Array.isArray(found) &&
            sent.length === found.length &&
            sent.every((item, index) => sameTask(item, found[index]))
        );
    }
    if (typeof sent === "object" && sent !== null) {
        const other = (found ?? {}) as Record<string, unknown>;
        return (
            typeof other === "object" &&
            Object.entries(sent).every(
                ([name, value]) => writeOnly.has(name) || value === undefined || sameTask(value, other[name]),
            )
        );
    }
    if (sent === null || sent === undefined) return found === null || found === undefined;
    if (typeof sent === "string" && typeof found === "string") return sent === found || sameText(sent, found);
    return sent === found;
}

/** What a task has only when somebody gave it. guess: the service adds none of it; no answer is known in which it did. */
const givenAlone = [
    "displayName",
    "containerSettings",
    "resourceFiles",
    "outputFiles",
    "environmentSettings",
    "multiInstanceSettings",
    "dependsOn",
    "applicationPackageReferences",
] as const;

/** True when a task of the service is what is declared, and has nothing that was declared once. */
export const isDeclared = (declared: BatchTaskCreateOptions, found: BatchTask): boolean =>
    isDeclaredBut("constraints", declared, found) &&
    sameTask(declared.constraints ?? {}, found.constraints) &&
    hasNoOtherLimits(declared.constraints ?? {}, found.constraints ?? {});

/** The same, whatever one property is. */
export const isDeclaredBut = (
    property: keyof BatchTaskCreateOptions,
    declared: BatchTaskCreateOptions,
    found: BatchTask,
): boolean =>
    found.id === declared.id &&
    sameTask({ ...declared, [property]: undefined }, found) &&
    givenAlone.every((name) => declared[name] !== undefined || isEmpty(found[name]));

const WEEK = 7 * 24 * 60 * 60;
const CENTURY = 100 * 52 * WEEK;

/** Limits of time that were not declared are those of every task: none, and files that are kept for a week. */
function hasNoOtherLimits(declared: BatchTaskConstraints, found: BatchTaskConstraints): boolean {
    return (["maxWallClockTime", "retentionTime"] as const).every((name) => {
        const seconds = duration(found[name] ?? "");
        if (declared[name] !== undefined || seconds === undefined || seconds > CENTURY) return true;
        return name === "retentionTime" && seconds === WEEK;
    });
}

const isEmpty = (value: unknown): boolean =>
    value === undefined ||
    value === null ||
    value === "" ||
    (typeof value === "object" && Object.values(value).every(isEmpty));

function sameText(sent: string, found: string): boolean {
    const [left, right] = [duration(sent), duration(found)];
    if (left !== undefined || right !== undefined) return left === right;
    if (sent.startsWith("sas+")) return isLinkOf(sent, found);
    if (sent.includes("?") && found.includes("?")) return withoutSignature(sent) === withoutSignature(found);
    // Enumerated values come back in the service's own case.
    return sent.toLowerCase() === found.toLowerCase() && /^[a-z]+$/i.test(sent);
}

function withoutSignature(text: string): string {
    const [path, query = ""] = text.split("?", 2);
    return /(^|&)sig=/.test(query) ? (path ?? "") : text;
}

// PT60M and PT1H are one duration.
function duration(text: string): number | undefined {
    const match = /^P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?)?$/.exec(text);
    if (match === null || text.length < 3) return undefined;
    const [days, hours, minutes, seconds] = match
        .slice(1)
        .map((part) => Number((part as string | undefined) ?? 0));
    return (((days ?? 0) * 24 + (hours ?? 0)) * 60 + (minutes ?? 0)) * 60 + (seconds ?? 0);
}
