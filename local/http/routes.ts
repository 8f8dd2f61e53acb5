import findMyWay from "find-my-way";
import type { ArmCall, Method, Operation } from "./operation";

/** An operation found for a path, or what else is known of that path. */
export type Route<S, C extends ArmCall> =
    | { operation: Operation<S, C>; params: Record<string, string> }
    | { missing: "path" | "method" | "version" };

export type Router<S, C extends ArmCall> = (method: string, path: string, version: string) => Route<S, C>;

const methods: readonly Method[] = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"];

/** api-versions are compared by their date. */
export function versionOrder(version: string): string {
    return version.slice(0, 10);
}

function has(operation: { since?: string; until?: string }, version: string): boolean {
    const date = versionOrder(version);
    return (
        (operation.since === undefined || date >= versionOrder(operation.since)) &&
        (operation.until === undefined || date <= versionOrder(operation.until))
    );
}

/** A router over operations; several of one method and path are told apart by version. */
export function router<S, C extends ArmCall>(operations: readonly Operation<S, C>[]): Router<S, C> {
    const tree = findMyWay({
        caseSensitive: false,
        ignoreTrailingSlash: true,
        ignoreDuplicateSlashes: true,
        maxParamLength: 8192,
    });
    const byPlace = new Map<string, Operation<S, C>[]>();
    for (const operation of operations) {
        const place = `${operation.method} ${operation.path.replace(/:\w+/g, ":")}`;
        const known = byPlace.get(place);
        if (known) {
            known.push(operation);
            continue;
        }
        const candidates = [operation];
        byPlace.set(place, candidates);
        tree.on(operation.method, operation.path, () => undefined, candidates);
    }
    const find = (method: Method, path: string) => {
        const found = tree.find(method, path);
        if (!found) return undefined;
        const params = Object.fromEntries(
            Object.entries(found.params).map(([name, value]) => [name, value ?? ""]),
        );
        return { candidates: found.store as Operation<S, C>[], params };
    };
    return (method, path, version) => {
        const verb = methods.find((known) => known === method);
        const found = verb && find(verb, path);
        if (found) {
            const operation = found.candidates.find((candidate) => has(candidate, version));
            return operation ? { operation, params: found.params } : { missing: "version" };
        }
        const elsewhere = methods.some((other) => other !== method && find(other, path));
        return { missing: elsewhere ? "method" : "path" };
    };
}
