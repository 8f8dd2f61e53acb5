import type { Declared, Properties } from "./judge";

type Changes = Record<string, unknown>;

/** What makes a rule about one resource find something, and what does not. Changes are by path, upon a good resource. */
export interface ResourceCase {
    readonly rule: string;
    readonly type: string;
    readonly base: Properties;
    readonly fires: readonly {
        readonly changes: Changes;
        readonly finds: RegExp | readonly RegExp[];
        readonly config?: Properties;
    }[];
    /** The base itself is always one. */
    readonly quiet?: readonly { readonly changes: Changes; readonly config?: Properties }[];
    /** Values that are not known yet: no finding, but counted under this path. */
    readonly unknown: readonly {
        readonly changes: Changes;
        readonly path: string;
        readonly config?: Properties;
    }[];
    /** What the remedy makes of the first case that fires. */
    readonly remedied?: Changes;
}

/** The same for a rule about a stack; `at` is the resource that is told. */
export interface StackCase {
    readonly rule: string;
    readonly fires: readonly {
        readonly stack: readonly Declared[];
        readonly at: string;
        readonly finds: RegExp;
        readonly config?: Properties;
    }[];
    readonly quiet?: readonly { readonly stack: readonly Declared[]; readonly config?: Properties }[];
    readonly unknown: readonly { readonly stack: readonly Declared[]; readonly path: string }[];
}
