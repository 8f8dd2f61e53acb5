import type { Filter, FilterValue } from "../../model/filter";
import type { TaskState } from "../../model/task";
import { stateCodes } from "./taskRow";

/** The fields of a task that a filter may name, and the column of each. */
const columns: Readonly<Record<string, string>> = {
    id: "id",
    state: "state",
    statetransitiontime: "stateTime",
    creationtime: "created",
    lastmodified: "modified",
    lastmodifiedtime: "modified",
    "executioninfo/starttime": "startTime",
    "executioninfo/endtime": "endTime",
    "executioninfo/exitcode": "exitCode",
    "executioninfo/result": "result",
};

const operators = { eq: "=", ne: "<>", lt: "<", le: "<=", gt: ">", ge: ">=" } as const;

export interface SqlCondition {
    text: string;
    values: (string | number)[];
}

/** Fields were checked against the allowed ones before; an unknown one here is a bug. */
export function sqlOf(filter: Filter): SqlCondition {
    switch (filter.op) {
        case "and":
        case "or": {
            const [left, right] = [sqlOf(filter.left), sqlOf(filter.right)];
            return {
                text: `(${left.text} ${filter.op} ${right.text})`,
                values: [...left.values, ...right.values],
            };
        }
        case "not": {
            const operand = sqlOf(filter.operand);
            return { text: `NOT ${operand.text}`, values: operand.values };
        }
        case "startswith":
            return {
                text: `substr(${columnOf(filter.field)}, 1, ?) = ?`,
                values: [filter.value.length, filter.value],
            };
        default: {
            const column = columnOf(filter.field);
            if (filter.value.kind === "null")
                return { text: `${column} IS ${filter.op === "ne" ? "NOT " : ""}NULL`, values: [] };
            return { text: `${column} ${operators[filter.op]} ?`, values: [valueOf(column, filter.value)] };
        }
    }
}

function columnOf(field: string): string {
    const column = columns[field.toLowerCase()];
    if (!column) throw new Error(`no column for the filter field ${field}`);
    return column;
}

function valueOf(column: string, value: Exclude<FilterValue, { kind: "null" }>): string | number {
    if (column === "state") return stateCodes[String(value.value) as TaskState] ?? -1;
    return typeof value.value === "boolean" ? Number(value.value) : value.value;
}
