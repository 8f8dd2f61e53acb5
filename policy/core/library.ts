// What goes beyond the documented face of @pulumi/policy, in one place. Each part does without when the library has changed inside.

import { Secret } from "@pulumi/policy";
import { rememberLast } from "./last";

interface Guarded {
    readonly __isSpecialProxy?: boolean;
    readonly __getSpecialProxyTarget?: object;
}

/**
 * The properties behind the library's guard, which throws at an unknown value: our own reader counts unknown values instead. Without
 * the guard's back door the guard itself is read, and the library says that the rule could not run.
 */
export function withoutGuard(properties: object): object {
    const guarded = properties as Guarded;
    return guarded.__isSpecialProxy === true ? (guarded.__getSpecialProxyTarget ?? properties) : properties;
}

/** A plain copy of what remedies get: the library's proxies around secrets break the methods of arrays. */
export function plainCopy(properties: unknown): unknown {
    if (typeof properties !== "object" || properties === null) return properties;
    const guarded = properties as Guarded;
    if (guarded.__isSpecialProxy === true) return plainCopy(guarded.__getSpecialProxyTarget);
    if (properties instanceof Secret) return plainCopy(properties.value);
    if (Array.isArray(properties)) return properties.map(plainCopy);
    return Object.fromEntries(Object.entries(properties).map(([name, value]) => [name, plainCopy(value)]));
}

interface Deserializer {
    deserializeProperties: (properties: object, secrets: boolean) => object;
}

/**
 * The library decodes a resource anew for each rule. Our rules never change what they are shown, so one copy serves them all; what
 * remedies get (with secrets) stays as it is.
 */
export function decodeOnce(): void {
    let library: Deserializer;
    try {
        // eslint-disable-next-line @typescript-eslint/no-require-imports -- it may not be there
        library = require("@pulumi/policy/deserialize") as Deserializer;
    } catch {
        return;
    }
    const { deserializeProperties } = library;
    if (typeof deserializeProperties !== "function") return;
    const decode = rememberLast((properties: object) => deserializeProperties(properties, false));
    library.deserializeProperties = (properties, secrets) =>
        secrets ? deserializeProperties(properties, secrets) : decode(properties);
}

interface ConfigureCall {
    requestDeserialize: (bytes: Buffer) => { getPolicyconfigMap(): { keys(): Iterable<string> } };
}

/**
 * Looks at the names of the rules that are configured. The engine lets a name pass that no rule has, and the library shows each rule
 * its own configuration alone.
 */
export function watchConfiguredNames(see: (names: string[]) => void): void {
    let call: ConfigureCall | undefined;
    try {
        // eslint-disable-next-line @typescript-eslint/no-require-imports -- it may not be there
        const protocol = require("@pulumi/pulumi/proto/analyzer_grpc_pb") as {
            AnalyzerService?: { configure?: ConfigureCall };
        };
        call = protocol.AnalyzerService?.configure;
    } catch {
        return;
    }
    if (typeof call?.requestDeserialize !== "function") return;
    const { requestDeserialize } = call;
    call.requestDeserialize = (bytes) => {
        const request = requestDeserialize(bytes);
        see([...request.getPolicyconfigMap().keys()]);
        return request;
    };
}
