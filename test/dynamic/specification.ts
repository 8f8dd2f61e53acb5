// The service's own description, where it lies beside the repository.
import fs from "node:fs";
import path from "node:path";
import { root } from "./stack";

export interface Schema {
    readonly $ref?: string;
    readonly allOf?: readonly Schema[];
    readonly type?: string;
    readonly format?: string;
    readonly enum?: readonly string[];
    readonly properties?: Readonly<Record<string, Schema>>;
    readonly items?: Schema;
}

export type Schemas = Readonly<Record<string, Schema>>;

/** The bodies by their names; undefined where the description is not there. */
export function readSpecification(): Schemas | undefined {
    const file = path.resolve(root, "../shared/specs/data-plane-2025-06-01.json");
    if (!fs.existsSync(file)) return undefined;
    const { components } = JSON.parse(fs.readFileSync(file, "utf8")) as { components: { schemas: Schemas } };
    return components.schemas;
}
