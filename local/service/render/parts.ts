import { isoText } from "../../model/instant";
import type { Instant } from "../../model/instant";
import type { JsonObject } from "../../model/json";
import { isObject } from "../../model/json";
import type { FailureInfo } from "../../model/pool";

/** What goes in and never comes out again. */
const secrets = new Set(["password", "sshPrivateKey", "protectedSettings", "accountKey", "sasKey"]);

/** A declared value as it may be shown. */
export function withoutSecrets(value: unknown): unknown {
    if (Array.isArray(value)) return value.map(withoutSecrets);
    if (!isObject(value)) return value;
    const shown: JsonObject = {};
    for (const [name, inner] of Object.entries(value)) {
        if (!secrets.has(name)) shown[name] = withoutSecrets(inner);
    }
    return shown;
}

export function when(instant: Instant | undefined): string | undefined {
    return instant === undefined ? undefined : isoText(instant);
}

/** Properties without a value are not on the wire at all. */
export function given(properties: JsonObject): JsonObject {
    for (const [name, value] of Object.entries(properties)) {
        // eslint-disable-next-line @typescript-eslint/no-dynamic-delete -- the object was made for this call
        if (value === undefined) delete properties[name];
    }
    return properties;
}

interface Stated {
    state: string;
    stateTransitionTime: Instant;
    previousState?: string;
    previousStateTransitionTime?: Instant;
}

export function stateOf(record: Stated): JsonObject {
    return {
        state: record.state,
        stateTransitionTime: isoText(record.stateTransitionTime),
        ...(record.previousState === undefined
            ? {}
            : {
                  previousState: record.previousState,
                  previousStateTransitionTime: when(record.previousStateTransitionTime),
              }),
    };
}

/** What start, preparation and release tasks tell of their run. */
export function runOf(info: {
    state: "running" | "completed";
    startTime: Instant;
    endTime?: Instant;
    exitCode?: number;
    failureInfo?: FailureInfo;
    retryCount: number;
    lastRetryTime?: Instant;
    result?: string;
}): JsonObject {
    return given({
        state: info.state,
        startTime: isoText(info.startTime),
        endTime: when(info.endTime),
        exitCode: info.exitCode,
        failureInfo: info.failureInfo,
        retryCount: info.retryCount,
        lastRetryTime: when(info.lastRetryTime),
        result: info.result,
    });
}
