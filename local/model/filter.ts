/** A parsed OData filter: fields are paths of the wire, such as `executionInfo/exitCode`. */
export type Filter =
    | { op: "and" | "or"; left: Filter; right: Filter }
    | { op: "not"; operand: Filter }
    | { op: "eq" | "ne" | "lt" | "le" | "gt" | "ge"; field: string; value: FilterValue }
    | { op: "startswith"; field: string; value: string };

/** Dates are instants (number, with `date` set) so that a store can compare them. */
export type FilterValue =
    | { kind: "string"; value: string }
    | { kind: "number"; value: number }
    | { kind: "date"; value: number }
    | { kind: "boolean"; value: boolean }
    | { kind: "null" };
