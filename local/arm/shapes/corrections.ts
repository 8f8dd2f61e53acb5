import { isIPv4 } from "node:net";
import type { Corrections } from "../../http/check";
import { durationOf } from "../../model/instant";
import { limits } from "../../../catalog";

function isAddressRange(text: string): boolean {
    const [address = "", bits = "32", ...rest] = text.split("/");
    return isIPv4(address) && /^\d{1,2}$/.test(bits) && Number(bits) <= 32 && rest.length === 0;
}

/** Shape name of a body that only has to be an object: the provider's own shapes are not known here. */
export const anyBody = "any object";

function durationBetween(value: unknown, least: number, most: number, text: string): string | undefined {
    const length = typeof value === "string" ? durationOf(value) : undefined;
    return length === undefined || (length >= least * 1000 && length <= most * 1000) ? undefined : text;
}

function between(value: unknown, least: number, most: number): string | undefined {
    return typeof value !== "number" || (value >= least && value <= most)
        ? undefined
        : `from ${least} to ${most}`;
}

/** Rules of the model documentation (2024-07-01) that the published shapes leave out. */
export const corrections: Corrections = {
    PoolProperties: [
        {
            name: "range",
            property: "taskSlotsPerNode",
            broken: (value) => between(value, 1, limits.taskSlotsPerNode.value),
        },
        {
            name: "length",
            property: "displayName",
            broken: (value) =>
                String(value).length > limits.displayNameLength.value
                    ? `at most ${limits.displayNameLength.value} characters long`
                    : undefined,
        },
    ],
    IPRule: [
        {
            name: "address",
            property: "value",
            broken: (value) =>
                isAddressRange(String(value)) ? undefined : "an IPv4 address or a CIDR range of them",
        },
    ],
    FixedScaleSettings: [
        {
            name: "range",
            property: "targetDedicatedNodes",
            broken: (value) => between(value, 0, 2_147_483_647),
        },
        {
            name: "range",
            property: "targetLowPriorityNodes",
            broken: (value) => between(value, 0, 2_147_483_647),
        },
        {
            name: "range",
            property: "resizeTimeout",
            broken: (value) =>
                durationBetween(value, limits.resizeTimeoutMin.value, Infinity, "at least PT5M"),
        },
    ],
    AutoScaleSettings: [
        {
            name: "range",
            property: "evaluationInterval",
            broken: (value) =>
                durationBetween(
                    value,
                    limits.evaluationIntervalMin.value,
                    limits.evaluationIntervalMax.value,
                    "from PT5M to PT168H",
                ),
        },
    ],
    ScaleSettings: [
        {
            name: "one of",
            broken: (_, { fixedScale, autoScale }) =>
                (fixedScale === undefined) === (autoScale === undefined)
                    ? "exactly one of fixedScale and autoScale"
                    : undefined,
        },
    ],
    StartTask: [
        {
            name: "range",
            property: "maxTaskRetryCount",
            broken: (value) => between(value, -1, 2_147_483_647),
        },
        {
            name: "command",
            property: "commandLine",
            broken: (value) => (String(value).trim() === "" ? "a command line" : undefined),
        },
    ],
    ResourceFile: [
        {
            name: "one of",
            broken: (_, { autoStorageContainerName, storageContainerUrl, httpUrl }) =>
                [autoStorageContainerName, storageContainerUrl, httpUrl].filter(
                    (given) => given !== undefined,
                ).length === 1
                    ? undefined
                    : "exactly one of autoStorageContainerName, storageContainerUrl and httpUrl",
        },
    ],
};
