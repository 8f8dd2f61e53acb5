import { errorCodes, managementErrorCodes } from "../../catalog";
import type { ErrorCode } from "../../catalog";
import type { Refused } from "./operation";

const rows: Readonly<Record<string, ErrorCode>> = { ...managementErrorCodes, ...errorCodes };

/** What a client sent is told back in part only; there is room for what is said after a text that was cut. */
function brief(text: string): string {
    return text.length > 2_200 ? `${text.slice(0, 2_000)}…` : text;
}

/** Status and text of a refusal: the code's own row where the refusal says nothing else. */
export function rendered(refused: Refused): { code: string; status: number; message: string } {
    const row = rows[refused.refused] ?? { status: 500, message: refused.refused };
    return {
        code: refused.refused,
        status: refused.status ?? row.status,
        message: brief(refused.message ?? row.message),
    };
}

/** The data plane's error body. Clients read the code, the text and the values; the text ends with what support asks for. */
export function batchErrorBody(
    refused: Refused,
    context: { origin: string; requestId: string; isoTime: string },
): object {
    const { code, message } = rendered(refused);
    return {
        "odata.metadata": `${context.origin}/$metadata#Microsoft.Azure.Batch.Protocol.Entities.Container.errors/@Element`,
        code,
        message: {
            lang: "en-US",
            value: `${message}\nRequestId:${context.requestId}\nTime:${context.isoTime}`,
        },
        ...(refused.values?.length
            ? { values: refused.values.map(({ key, value }) => ({ key: brief(key), value: brief(value) })) }
            : {}),
    };
}

/** The resource manager's error body. */
export function armErrorBody(refused: Refused, target?: string): object {
    const { code, message } = rendered(refused);
    return {
        error: {
            code: code === "AuthenticationFailedARM" ? "AuthenticationFailed" : code,
            message,
            ...(target ? { target } : {}),
            ...(refused.values?.length
                ? {
                      details: refused.values.map(({ key, value }) => ({
                          code: brief(key),
                          message: brief(value),
                      })),
                  }
                : {}),
        },
    };
}
