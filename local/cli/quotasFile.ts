/** Reads `--quotas FILE`: the quotas of a Batch account, by the names under which the resource manager shows them. */
import { readFileSync } from "node:fs";
import type { AccountQuotas } from "../model/account";
import { isObject, type JsonObject } from "../model/json";
import { messageOf, wrongUsage } from "./problems";

const numbers = {
    dedicatedCoreQuota: "dedicatedCores",
    lowPriorityCoreQuota: "spotCores",
    poolQuota: "pools",
    activeJobAndJobScheduleQuota: "activeJobsAndSchedules",
} as const satisfies Record<string, keyof AccountQuotas>;
const families = "dedicatedCoreQuotaPerVMFamily";
const known = [...Object.keys(numbers), families];

export function readQuotas(file: string): Partial<AccountQuotas> {
    try {
        return parseQuotas(JSON.parse(readFileSync(file, "utf8")) as unknown);
    } catch (error) {
        throw wrongUsage(`--quotas ${file}: ${messageOf(error)}`);
    }
}

/** @throws an Error that names the place, what is there and what is allowed. */
export function parseQuotas(value: unknown): Partial<AccountQuotas> {
    const file = object(value, "the file", known);
    const quotas: Partial<AccountQuotas> = {};
    for (const [name, field] of Object.entries(numbers))
        if (file[name] !== undefined) quotas[field] = whole(file[name], name);
    const rows = file[families];
    if (rows === undefined) return quotas;
    if (!Array.isArray(rows))
        throw new Error(`${families} is ${JSON.stringify(rows)}; allowed: a list of { name, coreQuota }`);
    quotas.dedicatedCoresPerFamily = rows.map((row: unknown, index) => {
        const at = `${families}[${index}]`;
        const { name, coreQuota } = object(row, at, ["name", "coreQuota"]);
        if (typeof name !== "string" || name === "")
            throw new Error(
                `${at}.name is ${JSON.stringify(name)}; allowed: a family such as standardDSv5Family`,
            );
        return { name, coreQuota: whole(coreQuota, `${at}.coreQuota`) };
    });
    return quotas;
}

function object(value: unknown, at: string, names: readonly string[]): JsonObject {
    if (!isObject(value)) throw new Error(`${at} is no object; allowed: an object with ${names.join(", ")}`);
    const other = Object.keys(value).find((name) => !names.includes(name));
    if (other !== undefined) throw new Error(`${at} has ${other}; allowed: ${names.join(", ")}`);
    return value;
}

function whole(value: unknown, at: string): number {
    if (typeof value === "number" && Number.isInteger(value) && value >= 0) return value;
    throw new Error(`${at} is ${JSON.stringify(value)}; allowed: a whole number from 0 on`);
}
